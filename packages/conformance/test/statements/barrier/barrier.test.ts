import {
  asyncWith,
  CancelledError,
  closeCoroutine,
  type Coroutine,
  createTask,
  Exception,
  getRunningLoop,
  RuntimeError,
  sleep,
  ValueError,
  wait,
} from "@yieldstar/loop";
import { Barrier, BrokenBarrierError } from "@yieldstar/sync";
import { timeout } from "@yieldstar/timeout";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same, sameScript } from "../../../src/same.ts";
import { awaiting, outcome, t } from "../outcomes.ts";

/**
 * For the Python snippets, and indented like them: the outcome of a call or an await; a barrier's repr and properties.
 */
const helpers = `
      import itertools, re

      def shown(barrier):
          text = re.sub(r"<(?:\\w+\\.)*(\\w+) object at 0x[0-9a-f]+ ", r"<\\1 ", str(barrier))
          return f"{text} {barrier.parties} {barrier.n_waiting} {barrier.broken}"

      def outcome(call):
          try:
              return f"returned {call()!r}"
          except BaseException as error:
              return f"raised {error!r}"

      async def awaiting(awaitable):
          try:
              return f"returned {await awaitable!r}"
          except BaseException as error:
              return f"raised {error!r}"
`;

function shown(barrier: Barrier): string {
  const { parties, nWaiting, broken } = barrier;
  return `${String(barrier)} ${repr(parties)} ${repr(nWaiting)} ${repr(broken)}`;
}

/** In the order of Python's `itertools.permutations`, of all items or of `length` items. */
function permutations<T>(items: readonly T[], length = items.length): T[][] {
  if (length === 0) return [[]];
  return items.flatMap((item, index) =>
    permutations(
      items.filter((_, other) => other !== index),
      length - 1,
    ).map((rest) => [item].concat(rest)),
  );
}

describe("BR: barriers", () => {
  it("BR-01: a barrier for fewer than one party raises ValueError", () =>
    sameScript(
      `
      ${helpers}
      for parties in (0, -1, 0.5):
          print(outcome(lambda: asyncio.Barrier(parties)))
      print(shown(asyncio.Barrier(1)), shown(asyncio.Barrier(3)))
    `,
      (print) => {
        for (const parties of [0, -1, 0.5]) print(outcome(() => new Barrier(parties)));
        print(shown(new Barrier(1)), shown(new Barrier(3)));
      },
    ));

  it("BR-02: wait() returns the order of arrival; the last task does not wait and goes on first", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker(name, delay):
              await asyncio.sleep(delay)
              asyncio.get_running_loop().call_soon(print, "an iteration after", name, "came")
              print(name, await barrier.wait(), t(), shown(barrier))

          barrier = asyncio.Barrier(3)
          await asyncio.gather(worker("c", 3), worker("a", 1), worker("b", 2))
          print(shown(barrier))
    `,
      function* (print) {
        function* worker(name: string, delay: number): Coroutine {
          yield* sleep(delay);
          getRunningLoop().callSoon(() => print("an iteration after", name, "came"));
          print(name, yield* barrier.wait(), t(), shown(barrier));
        }
        const barrier = new Barrier(3);
        yield* wait([createTask(worker("c", 3)), createTask(worker("a", 1)), createTask(worker("b", 2))]);
        print(shown(barrier));
      },
    ));

  it("BR-02: async with binds the index, and leaving does nothing", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker(name):
              async with barrier as index:
                  print(name, index, shown(barrier))
                  await asyncio.sleep(1)
                  if index == 1:
                      raise ValueError("x")
                  return index

          barrier = asyncio.Barrier(2)
          print(await asyncio.gather(*[awaiting(worker(name)) for name in "abcd"]), shown(barrier))
    `,
      function* (print) {
        const barrier = new Barrier(2);
        const worker = (name: string): Coroutine<number> =>
          asyncWith(barrier, function* (index) {
            print(name, index, shown(barrier));
            yield* sleep(1);
            if (index === 1) throw new ValueError("x");
            return index;
          });
        const tasks = ["a", "b", "c", "d"].map((name) => createTask(awaiting(worker(name))));
        yield* wait(tasks);
        print(
          tasks.map((task) => task.result()),
          shown(barrier),
        );
      },
    ));

  it("BR-02: a barrier for one task never makes it wait", () =>
    same(
      `
      ${helpers}
      async def main():
          barrier = asyncio.Barrier(1)
          asyncio.get_running_loop().call_soon(print, "next iteration")
          print(await barrier.wait(), await barrier.wait(), shown(barrier))
          async with barrier as index:
              print(index)
    `,
      function* (print) {
        const barrier = new Barrier(1);
        getRunningLoop().callSoon(() => print("next iteration"));
        print(yield* barrier.wait(), yield* barrier.wait(), shown(barrier));
        yield* asyncWith(barrier, function* (index) {
          print(index);
        });
      },
    ));

  it("BR-03: a barrier can be reused, and a task that arrives while it drains waits until the last one has left", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker(name):
              for round in range(3):
                  print(name, "comes", round, shown(barrier))
                  print(name, "leaves", round, await barrier.wait(), shown(barrier))

          barrier = asyncio.Barrier(3)
          await asyncio.gather(*[worker(name) for name in "abc"])
          print(shown(barrier), t())
    `,
      function* (print) {
        function* worker(name: string): Coroutine {
          for (let round = 0; round < 3; round += 1) {
            print(name, "comes", round, shown(barrier));
            print(name, "leaves", round, yield* barrier.wait(), shown(barrier));
          }
        }
        const barrier = new Barrier(3);
        yield* wait(["a", "b", "c"].map((name) => createTask(worker(name))));
        print(shown(barrier), t());
      },
    ));

  it("BR-03: more tasks than parties pass the barrier in rounds", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker(name):
              print(name, await barrier.wait(), shown(barrier))

          barrier = asyncio.Barrier(3)
          tasks = [asyncio.create_task(worker(name)) for name in "abcdefgh"]
          await asyncio.sleep(1)
          print(shown(barrier), [task.done() for task in tasks])
          print(await barrier.wait(), shown(barrier))
    `,
      function* (print) {
        function* worker(name: string): Coroutine {
          print(name, yield* barrier.wait(), shown(barrier));
        }
        const barrier = new Barrier(3);
        const tasks = Array.from("abcdefgh", (name) => createTask(worker(name)));
        yield* sleep(1);
        print(
          shown(barrier),
          tasks.map((task) => task.done()),
        );
        print(yield* barrier.wait(), shown(barrier));
      },
    ));

  it("BR-04: n_waiting counts while the barrier fills; parties, broken and the repr follow the states", () =>
    same(
      `
      ${helpers}
      async def main():
          barrier = asyncio.Barrier(3)
          print(shown(barrier))
          tasks = [asyncio.create_task(awaiting(barrier.wait()))]
          for _ in range(2):
              print(shown(barrier))
              await asyncio.sleep(0)
          tasks.append(asyncio.create_task(awaiting(barrier.wait())))
          await asyncio.sleep(1)
          print(shown(barrier))
          print(await barrier.wait(), shown(barrier))
          for _ in range(4):
              await asyncio.sleep(0)
              print(shown(barrier), [task.done() for task in tasks])
          tasks = [asyncio.create_task(awaiting(barrier.wait())) for _ in range(2)]
          await asyncio.sleep(1)
          await barrier.reset()
          print(shown(barrier))
          for _ in range(4):
              await asyncio.sleep(0)
              print(shown(barrier), [task.done() for task in tasks])
          tasks = [asyncio.create_task(awaiting(barrier.wait())) for _ in range(2)]
          await asyncio.sleep(1)
          await barrier.abort()
          print(shown(barrier))
          for _ in range(4):
              await asyncio.sleep(0)
              print(shown(barrier), [task.done() for task in tasks])
    `,
      function* (print) {
        const barrier = new Barrier(3);
        print(shown(barrier));
        let tasks = [createTask(awaiting(barrier.wait()))];
        const showIterations = function* (): Coroutine {
          for (let count = 0; count < 4; count += 1) {
            yield* sleep(0);
            print(
              shown(barrier),
              tasks.map((task) => task.done()),
            );
          }
        };
        for (let count = 0; count < 2; count += 1) {
          print(shown(barrier));
          yield* sleep(0);
        }
        tasks.push(createTask(awaiting(barrier.wait())));
        yield* sleep(1);
        print(shown(barrier));
        print(yield* barrier.wait(), shown(barrier));
        yield* showIterations();
        tasks = [1, 2].map(() => createTask(awaiting(barrier.wait())));
        yield* sleep(1);
        yield* barrier.reset();
        print(shown(barrier));
        yield* showIterations();
        tasks = [1, 2].map(() => createTask(awaiting(barrier.wait())));
        yield* sleep(1);
        yield* barrier.abort();
        print(shown(barrier));
        yield* showIterations();
      },
    ));

  it("BR-05: reset() sends the waiters away and leaves the barrier usable; without waiters it does nothing", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker(name):
              print(name, await awaiting(barrier.wait()), t(), shown(barrier))

          barrier = asyncio.Barrier(3)
          print(await barrier.reset(), shown(barrier))
          tasks = [asyncio.create_task(worker(name)) for name in "ab"]
          await asyncio.sleep(1)
          asyncio.get_running_loop().call_soon(print, "next iteration")
          print(await barrier.reset(), shown(barrier))
          # They come while it resets, and so wait until the last who was sent away has left.
          tasks += [asyncio.create_task(worker(name)) for name in "cde"]
          await asyncio.wait(tasks)
          print(shown(barrier))
    `,
      function* (print) {
        function* worker(name: string): Coroutine {
          print(name, yield* awaiting(barrier.wait()), t(), shown(barrier));
        }
        const barrier = new Barrier(3);
        print(yield* barrier.reset(), shown(barrier));
        const tasks = ["a", "b"].map((name) => createTask(worker(name)));
        yield* sleep(1);
        getRunningLoop().callSoon(() => print("next iteration"));
        print(yield* barrier.reset(), shown(barrier));
        tasks.push(...["c", "d", "e"].map((name) => createTask(worker(name))));
        yield* wait(tasks);
        print(shown(barrier));
      },
    ));

  it("BR-05: reset() repairs a broken barrier, even before the old waiters have left", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker(name):
              print(name, await awaiting(barrier.wait()), shown(barrier))

          barrier = asyncio.Barrier(2)
          await barrier.abort()
          print(shown(barrier), await barrier.reset(), shown(barrier))
          tasks = [asyncio.create_task(worker("a"))]
          await asyncio.sleep(1)
          await barrier.abort()
          print(shown(barrier), await barrier.reset(), shown(barrier), await barrier.reset(), shown(barrier))
          tasks += [asyncio.create_task(worker(name)) for name in "bc"]
          await asyncio.wait(tasks)
          print(shown(barrier))
    `,
      function* (print) {
        function* worker(name: string): Coroutine {
          print(name, yield* awaiting(barrier.wait()), shown(barrier));
        }
        const barrier = new Barrier(2);
        yield* barrier.abort();
        print(shown(barrier), yield* barrier.reset(), shown(barrier));
        const tasks = [createTask(worker("a"))];
        yield* sleep(1);
        yield* barrier.abort();
        print(shown(barrier), yield* barrier.reset(), shown(barrier), yield* barrier.reset(), shown(barrier));
        tasks.push(...["b", "c"].map((name) => createTask(worker(name))));
        yield* wait(tasks);
        print(shown(barrier));
      },
    ));

  it("BR-06: abort() sends away the waiters, and every later arrival until reset()", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker(name):
              print(name, await awaiting(barrier.wait()), shown(barrier))

          barrier = asyncio.Barrier(3)
          tasks = [asyncio.create_task(worker(name)) for name in "ab"]
          await asyncio.sleep(1)
          print(await barrier.abort(), shown(barrier))
          print(await awaiting(barrier.wait()), await awaiting(barrier.abort()), shown(barrier))
          await asyncio.wait(tasks)
          print(await awaiting(barrier.wait()), await awaiting(barrier.__aenter__()), shown(barrier))
          await barrier.reset()
          await asyncio.gather(*[worker(name) for name in "cde"])
    `,
      function* (print) {
        function* worker(name: string): Coroutine {
          print(name, yield* awaiting(barrier.wait()), shown(barrier));
        }
        const barrier = new Barrier(3);
        const tasks = ["a", "b"].map((name) => createTask(worker(name)));
        yield* sleep(1);
        print(yield* barrier.abort(), shown(barrier));
        print(yield* awaiting(barrier.wait()), yield* awaiting(barrier.abort()), shown(barrier));
        yield* wait(tasks);
        print(yield* awaiting(barrier.wait()), yield* awaiting(barrier.aenter()), shown(barrier));
        yield* barrier.reset();
        yield* wait(["c", "d", "e"].map((name) => createTask(worker(name))));
      },
    ));

  it("BR-06: BrokenBarrierError is a RuntimeError", () =>
    same(
      `
      async def main():
          barrier = asyncio.Barrier(2)
          await barrier.abort()
          try:
              await barrier.wait()
          except asyncio.BrokenBarrierError as error:
              classes = [Exception, RuntimeError, ValueError, asyncio.BrokenBarrierError]
              print([cls.__name__ for cls in classes if isinstance(error, cls)], error, error.__cause__)
    `,
      function* (print) {
        const barrier = new Barrier(2);
        yield* barrier.abort();
        try {
          yield* barrier.wait();
        } catch (error) {
          if (!(error instanceof BrokenBarrierError)) throw error;
          const classes = [Exception, RuntimeError, ValueError, BrokenBarrierError];
          print(
            classes.filter((cls) => error instanceof cls).map((cls) => cls.name),
            error,
            error.cause,
          );
        }
      },
    ));

  it("BR-07: a cancelled waiter frees its place, and the barrier goes on filling", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker(name):
              print(name, await awaiting(barrier.wait()), t(), shown(barrier))

          barrier = asyncio.Barrier(3)
          tasks = [asyncio.create_task(worker(name)) for name in "ab"]
          await asyncio.sleep(1)
          tasks[0].cancel("stop")
          print(shown(barrier))
          await asyncio.sleep(1)
          print(shown(barrier))
          tasks += [asyncio.create_task(worker(name)) for name in "cd"]
          await asyncio.wait(tasks)
          print(shown(barrier))
    `,
      function* (print) {
        function* worker(name: string): Coroutine {
          print(name, yield* awaiting(barrier.wait()), t(), shown(barrier));
        }
        const barrier = new Barrier(3);
        const tasks = ["a", "b"].map((name) => createTask(worker(name)));
        yield* sleep(1);
        tasks[0]?.cancel("stop");
        print(shown(barrier));
        yield* sleep(1);
        print(shown(barrier));
        tasks.push(...["c", "d"].map((name) => createTask(worker(name))));
        yield* wait(tasks);
        print(shown(barrier));
      },
    ));

  it("BR-07: a timeout removes a waiter, and the others still meet", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker(name, delay, limit):
              async def block():
                  async with asyncio.timeout(limit):
                      return await barrier.wait()

              await asyncio.sleep(delay)
              print(name, await awaiting(block()), t(), shown(barrier))

          barrier = asyncio.Barrier(2)
          plan = [("a", 0, 1), ("b", 1, 5), ("c", 2, 1), ("d", 3, 1), ("e", 4, 0)]
          await asyncio.gather(*[worker(*each) for each in plan])
    `,
      function* (print) {
        const barrier = new Barrier(2);
        function* worker(name: string, delay: number, limit: number): Coroutine {
          yield* sleep(delay);
          const block = asyncWith(timeout(limit), () => barrier.wait());
          print(name, yield* awaiting(block), t(), shown(barrier));
        }
        const plan: [string, number, number][] = [
          ["a", 0, 1],
          ["b", 1, 5],
          ["c", 2, 1],
          ["d", 3, 1],
          ["e", 4, 0],
        ];
        yield* wait(plan.map((each) => createTask(worker(...each))));
      },
    ));

  it("BR-07: arrivals, a cancel, reset() and abort() around the last arrival end as in CPython in every order", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker(name):
              try:
                  log.append(f"{name} {await barrier.wait()} {shown(barrier)}")
              except (asyncio.CancelledError, asyncio.BrokenBarrierError) as error:
                  log.append(f"{name} {error!r} {shown(barrier)}")

          def start(coroutine):
              tasks.append(asyncio.create_task(coroutine))

          names = ["arrive", "cancel", "reset", "abort", "newcomer"]
          for order, waits in itertools.product(itertools.permutations(names, 4), ([], [0], [1], [2], [0, 1, 2])):
              log, barrier = [], asyncio.Barrier(3)
              tasks = [asyncio.create_task(worker(name)) for name in "ab"]
              actions = {
                  "arrive": lambda: start(worker("last")),
                  "cancel": lambda: tasks[0].cancel("stop"),
                  "reset": lambda: start(barrier.reset()),
                  "abort": lambda: start(barrier.abort()),
                  "newcomer": lambda: start(worker("newcomer")),
              }
              await asyncio.sleep(1)
              for index, action in enumerate(order):
                  actions[action]()
                  if index in waits:
                      await asyncio.sleep(0)
              print(" ".join(order), waits, shown(barrier))
              await asyncio.sleep(1)
              print(log, shown(barrier), [task.done() for task in tasks])
              for task in tasks:
                  task.cancel()
              await asyncio.wait(tasks)
    `,
      function* (print) {
        const names = ["arrive", "cancel", "reset", "abort", "newcomer"] as const;
        for (const order of permutations(names, 4)) {
          for (const waits of [[], [0], [1], [2], [0, 1, 2]]) {
            const log: string[] = [];
            const barrier = new Barrier(3);
            const worker = function* (name: string): Coroutine {
              try {
                log.push(`${name} ${yield* barrier.wait()} ${shown(barrier)}`);
              } catch (error) {
                if (!(error instanceof CancelledError || error instanceof BrokenBarrierError)) throw error;
                log.push(`${name} ${repr(error)} ${shown(barrier)}`);
              }
            };
            const tasks = ["a", "b"].map((name) => createTask(worker(name)));
            const actions = {
              arrive: () => tasks.push(createTask(worker("last"))),
              cancel: () => tasks[0]?.cancel("stop"),
              reset: () => tasks.push(createTask(barrier.reset())),
              abort: () => tasks.push(createTask(barrier.abort())),
              newcomer: () => tasks.push(createTask(worker("newcomer"))),
            };
            yield* sleep(1);
            for (const [index, action] of order.entries()) {
              actions[action]();
              if (waits.includes(index)) yield* sleep(0);
            }
            print(order.join(" "), waits, shown(barrier));
            yield* sleep(1);
            print(
              log,
              shown(barrier),
              tasks.map((task) => task.done()),
            );
            for (const task of tasks) task.cancel();
            yield* wait(tasks);
          }
        }
      },
    ));

  it("BR-07: a coroutine that is closed while it waits frees its place", () =>
    same(
      `
      ${helpers}
      async def main():
          barrier = asyncio.Barrier(2)
          by_hand = barrier.wait()
          by_hand.send(None)
          print(shown(barrier), by_hand.close(), shown(barrier))
          print(await asyncio.gather(barrier.wait(), barrier.wait()))
    `,
      function* (print) {
        const barrier = new Barrier(2);
        const byHand = barrier.wait();
        byHand.next();
        print(shown(barrier), closeCoroutine(byHand), shown(barrier));
        const tasks = [1, 2].map(() => createTask(barrier.wait()));
        yield* wait(tasks);
        print(tasks.map((task) => task.result()));
      },
    ));
});

import {
  asyncWith,
  CancelledError,
  closeCoroutine,
  type Coroutine,
  createTask,
  getRunningLoop,
  sleep,
  ValueError,
  wait,
} from "@yieldstar/loop";
import { BoundedSemaphore, Semaphore } from "@yieldstar/sync";
import { waitFor } from "@yieldstar/timeout";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same, sameScript } from "../../../src/same.ts";
import { awaiting, outcome, permutations, t } from "../outcomes.ts";

/**
 * For the Python snippets, and indented like them: the outcome of a call or an await; and a repr without address and
 * module.
 */
const helpers = `
      import itertools, re

      def shown(value):
          return re.sub(r"<(?:\\w+\\.)*(\\w+) (?:object )?at 0x[0-9a-f]+ ", r"<\\1 ", str(value))

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

describe("SM: semaphores", () => {
  it("SM-01: a negative value raises ValueError, zero is a value, and the default is 1", () =>
    sameScript(
      `
      ${helpers}
      for cls in (asyncio.Semaphore, asyncio.BoundedSemaphore):
          print(outcome(lambda: cls(-1)), outcome(lambda: cls(-0.5)))
          print(shown(cls()), shown(cls(0)), shown(cls(value=3)))
    `,
      (print) => {
        for (const cls of [Semaphore, BoundedSemaphore]) {
          print(
            outcome(() => new cls(-1)),
            outcome(() => new cls(-0.5)),
          );
          print(new cls(), new cls(0), new cls(3));
        }
      },
    ));

  it("SM-01: acquire() returns True, at once or after it has waited", () =>
    same(
      `
      ${helpers}
      async def main():
          loop = asyncio.get_running_loop()
          semaphore = asyncio.Semaphore(2)
          loop.call_soon(print, "next iteration")
          print(await semaphore.acquire(), shown(semaphore))
          print(await semaphore.acquire(), shown(semaphore))
          loop.call_later(1, semaphore.release)
          print(await semaphore.acquire(), shown(semaphore), t())
          print(semaphore.release(), shown(semaphore))
    `,
      function* (print) {
        const loop = getRunningLoop();
        const semaphore = new Semaphore(2);
        loop.callSoon(() => print("next iteration"));
        print(yield* semaphore.acquire(), semaphore);
        print(yield* semaphore.acquire(), semaphore);
        loop.callLater(1, () => semaphore.release());
        print(yield* semaphore.acquire(), semaphore, t());
        print(semaphore.release(), semaphore);
      },
    ));

  it("SM-01: async with binds None, and releases however the block ends", () =>
    same(
      `
      ${helpers}
      async def main():
          async def enters(block):
              async with semaphore as value:
                  print(value, shown(semaphore))
                  return await block()

          async def fails():
              raise ValueError("x")

          semaphore = asyncio.BoundedSemaphore(2)
          print(await enters(lambda: asyncio.sleep(0, "result")), shown(semaphore))
          print(await awaiting(enters(fails)), shown(semaphore))
          task = asyncio.create_task(enters(lambda: asyncio.sleep(5)))
          await asyncio.sleep(1)
          task.cancel()
          print(await awaiting(task), shown(semaphore), t())
    `,
      function* (print) {
        const semaphore = new BoundedSemaphore(2);
        const enters = (block: () => Coroutine<unknown>): Coroutine<unknown> =>
          asyncWith(semaphore, function* (value) {
            print(value, semaphore);
            return yield* block();
          });
        function* fails(): Coroutine {
          throw new ValueError("x");
        }
        print(yield* enters(() => sleep(0, "result")), semaphore);
        print(yield* awaiting(enters(fails)), semaphore);
        const task = createTask(enters(() => sleep(5)));
        yield* sleep(1);
        task.cancel();
        print(yield* awaiting(task), semaphore, t());
      },
    ));

  it("SM-01: the value says how many tasks hold it at a time, and they get it in the order of their arrival", () =>
    same(
      `
      async def main():
          async def worker(name, duration):
              async with semaphore:
                  print(name, "in", t())
                  await asyncio.sleep(duration)
              print(name, "out", t())

          semaphore = asyncio.Semaphore(2)
          plan = [("a", 3), ("b", 1), ("c", 1), ("d", 2), ("e", 1), ("f", 0)]
          await asyncio.gather(*[worker(*each) for each in plan])
    `,
      function* (print) {
        function* worker(name: string, duration: number): Coroutine {
          yield* asyncWith(semaphore, function* () {
            print(name, "in", t());
            yield* sleep(duration);
          });
          print(name, "out", t());
        }
        const semaphore = new Semaphore(2);
        const plan: [string, number][] = [
          ["a", 3],
          ["b", 1],
          ["c", 1],
          ["d", 2],
          ["e", 1],
          ["f", 0],
        ];
        yield* wait(plan.map((each) => createTask(worker(...each))));
      },
    ));

  it("SM-02: a semaphore is locked while an uncancelled waiter is queued, even if its value is above zero", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker(name):
              async with semaphore:
                  print(name, shown(semaphore))
                  await asyncio.sleep(1)

          semaphore = asyncio.Semaphore(0)
          tasks = [asyncio.create_task(worker(name)) for name in "ab"]
          await asyncio.sleep(0)
          print(semaphore.locked(), shown(semaphore))
          tasks.append(asyncio.create_task(worker("newcomer")))
          for _ in range(4):
              semaphore.release()
              print(semaphore.locked(), shown(semaphore))
          asyncio.get_running_loop().call_soon(print, "next iteration")
          await worker("last")
          await asyncio.wait(tasks)
          print(semaphore.locked(), shown(semaphore))
    `,
      function* (print) {
        function* worker(name: string): Coroutine {
          yield* asyncWith(semaphore, function* () {
            print(name, semaphore);
            yield* sleep(1);
          });
        }
        const semaphore = new Semaphore(0);
        const tasks = ["a", "b"].map((name) => createTask(worker(name)));
        yield* sleep(0);
        print(semaphore.locked(), semaphore);
        tasks.push(createTask(worker("newcomer")));
        for (let count = 0; count < 4; count += 1) {
          semaphore.release();
          print(semaphore.locked(), semaphore);
        }
        getRunningLoop().callSoon(() => print("next iteration"));
        yield* worker("last");
        yield* wait(tasks);
        print(semaphore.locked(), semaphore);
      },
    ));

  it("SM-02: cancelled waiters do not keep a newcomer waiting", () =>
    same(
      `
      ${helpers}
      async def main():
          semaphore = asyncio.Semaphore(0)
          tasks = [asyncio.create_task(semaphore.acquire()) for _ in range(2)]
          await asyncio.sleep(0)
          tasks[0].cancel()
          semaphore.release()
          semaphore.release()
          print(semaphore.locked(), shown(semaphore))
          tasks[1].cancel()
          print(semaphore.locked(), shown(semaphore))
          await asyncio.wait(tasks)
          tasks = [asyncio.create_task(semaphore.acquire()) for _ in range(3)]
          await asyncio.sleep(0)
          tasks[2].cancel()
          semaphore.release()
          asyncio.get_running_loop().call_soon(print, "next iteration")
          print(semaphore.locked(), shown(semaphore), await semaphore.acquire(), shown(semaphore))
    `,
      function* (print) {
        const semaphore = new Semaphore(0);
        let tasks = [1, 2].map(() => createTask(semaphore.acquire()));
        yield* sleep(0);
        tasks[0]?.cancel();
        semaphore.release();
        semaphore.release();
        print(semaphore.locked(), semaphore);
        tasks[1]?.cancel();
        print(semaphore.locked(), semaphore);
        yield* wait(tasks);
        tasks = [1, 2, 3].map(() => createTask(semaphore.acquire()));
        yield* sleep(0);
        tasks[2]?.cancel();
        semaphore.release();
        getRunningLoop().callSoon(() => print("next iteration"));
        print(semaphore.locked(), String(semaphore), yield* semaphore.acquire(), semaphore);
      },
    ));

  it("SM-03: release() takes the turn of the first waiter off the value at once", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker(name):
              await semaphore.acquire()
              print(name, shown(semaphore))

          semaphore = asyncio.BoundedSemaphore(2)
          await semaphore.acquire()
          await semaphore.acquire()
          tasks = [asyncio.create_task(worker(name)) for name in "ab"]
          await asyncio.sleep(0)
          # More turns are given back than were taken, but the bound sees only what is left.
          for _ in range(5):
              print(outcome(semaphore.release), semaphore.locked(), shown(semaphore))
          print(await awaiting(worker("main")), shown(semaphore))
          await asyncio.wait(tasks)
          print(shown(semaphore))
    `,
      function* (print) {
        function* worker(name: string): Coroutine {
          yield* semaphore.acquire();
          print(name, semaphore);
        }
        const semaphore = new BoundedSemaphore(2);
        yield* semaphore.acquire();
        yield* semaphore.acquire();
        const tasks = ["a", "b"].map((name) => createTask(worker(name)));
        yield* sleep(0);
        for (let count = 0; count < 5; count += 1) {
          const released = outcome(() => semaphore.release());
          print(released, semaphore.locked(), semaphore);
        }
        print(yield* awaiting(worker("main")), semaphore);
        yield* wait(tasks);
        print(semaphore);
      },
    ));

  it("SM-04: no turn is lost or made, whatever the order of releases, cancellations and a newcomer", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker(name):
              try:
                  await semaphore.acquire()
                  log.append(f"{name} has it")
              except asyncio.CancelledError as error:
                  log.append(f"{name} {error!r} {shown(semaphore)}")

          names = ["release", "release twice", "cancel a", "cancel b", "newcomer"]
          for order, waits in itertools.product(itertools.permutations(names), ([], [0], [1], [2], [0, 1, 2, 3])):
              log, semaphore = [], asyncio.Semaphore(0)
              tasks = [asyncio.create_task(worker(name)) for name in "abc"]
              actions = {
                  "release": semaphore.release,
                  "release twice": lambda: [semaphore.release(), semaphore.release()],
                  "cancel a": lambda: tasks[0].cancel("x"),
                  "cancel b": lambda: tasks[1].cancel("y"),
                  "newcomer": lambda: tasks.append(asyncio.create_task(worker("newcomer"))),
              }
              await asyncio.sleep(1)
              for index, action in enumerate(order):
                  actions[action]()
                  if index in waits:
                      await asyncio.sleep(0)
              print(" ".join(order), waits, shown(semaphore))
              await asyncio.sleep(1)
              print(log, shown(semaphore))
    `,
      function* (print) {
        const names = ["release", "release twice", "cancel a", "cancel b", "newcomer"] as const;
        for (const order of permutations(names)) {
          for (const waits of [[], [0], [1], [2], [0, 1, 2, 3]]) {
            const log: string[] = [];
            const semaphore = new Semaphore(0);
            const worker = function* (name: string): Coroutine {
              try {
                yield* semaphore.acquire();
                log.push(`${name} has it`);
              } catch (error) {
                if (!(error instanceof CancelledError)) throw error;
                log.push(`${name} ${repr(error)} ${String(semaphore)}`);
              }
            };
            const tasks = ["a", "b", "c"].map((name) => createTask(worker(name)));
            const actions = {
              release: () => semaphore.release(),
              "release twice": () => [semaphore.release(), semaphore.release()],
              "cancel a": () => tasks[0]?.cancel("x"),
              "cancel b": () => tasks[1]?.cancel("y"),
              newcomer: () => tasks.push(createTask(worker("newcomer"))),
            };
            yield* sleep(1);
            for (const [index, action] of order.entries()) {
              actions[action]();
              if (waits.includes(index)) yield* sleep(0);
            }
            print(order.join(" "), waits, semaphore);
            yield* sleep(1);
            print(log, semaphore);
          }
        }
      },
    ));

  it("SM-04: a waiter cancelled before it got a turn returns none", () =>
    same(
      `
      ${helpers}
      async def main():
          semaphore = asyncio.Semaphore(1)
          await semaphore.acquire()
          tasks = [asyncio.create_task(awaiting(semaphore.acquire())) for _ in range(3)]
          await asyncio.sleep(0)
          tasks[0].cancel("x")
          await asyncio.sleep(1)
          print([task.done() for task in tasks], shown(semaphore))
          semaphore.release()
          await asyncio.sleep(1)
          print([task.done() for task in tasks], shown(semaphore))
          semaphore.release()
          print(await asyncio.gather(*tasks), shown(semaphore))
    `,
      function* (print) {
        const semaphore = new Semaphore(1);
        yield* semaphore.acquire();
        const tasks = [1, 2, 3].map(() => createTask(awaiting(semaphore.acquire())));
        const areDone = (): boolean[] => tasks.map((task) => task.done());
        yield* sleep(0);
        tasks[0]?.cancel("x");
        yield* sleep(1);
        print(areDone(), semaphore);
        semaphore.release();
        yield* sleep(1);
        print(areDone(), semaphore);
        semaphore.release();
        yield* wait(tasks);
        print(
          tasks.map((task) => task.result()),
          semaphore,
        );
      },
    ));

  it("SM-04: a timeout at the very moment of the release ends as in CPython, in both orders", () =>
    same(
      `
      ${helpers}
      async def main():
          loop = asyncio.get_running_loop()
          for is_released_first in (True, False):
              semaphore, when = asyncio.Semaphore(0), t() + 1
              if is_released_first:
                  loop.call_at(when, semaphore.release)
              tasks = [asyncio.create_task(awaiting(asyncio.wait_for(semaphore.acquire(), 1)))]
              tasks.append(asyncio.create_task(awaiting(semaphore.acquire())))
              await asyncio.sleep(0)
              if not is_released_first:
                  loop.call_at(when, semaphore.release)
              await asyncio.sleep(2)
              print([task.done() for task in tasks], shown(semaphore))
              semaphore.release()
              print(await tasks[0], await tasks[1], shown(semaphore))
    `,
      function* (print) {
        const loop = getRunningLoop();
        for (const isReleasedFirst of [true, false]) {
          const semaphore = new Semaphore(0);
          const when = t() + 1;
          if (isReleasedFirst) loop.callAt(when, () => semaphore.release());
          const first = createTask(awaiting(waitFor(semaphore.acquire(), 1)));
          const second = createTask(awaiting(semaphore.acquire()));
          yield* sleep(0);
          if (!isReleasedFirst) loop.callAt(when, () => semaphore.release());
          yield* sleep(2);
          print([first.done(), second.done()], semaphore);
          semaphore.release();
          print(yield* first, yield* second, semaphore);
        }
      },
    ));

  it("SM-04: closing a woken coroutine by hand loses its turn, but remaining turns wake others", () =>
    same(
      `
      ${helpers}
      async def main():
          for releases in range(3):
              semaphore = asyncio.Semaphore(0)
              by_hand = semaphore.acquire()
              by_hand.send(None)
              for _ in range(releases):
                  semaphore.release()
              task = asyncio.create_task(semaphore.acquire())
              await asyncio.sleep(0)
              print(shown(semaphore), by_hand.close(), shown(semaphore))
              await asyncio.sleep(0)
              print(task.done(), shown(semaphore))
              task.cancel()
    `,
      function* (print) {
        for (const releases of [0, 1, 2]) {
          const semaphore = new Semaphore(0);
          const byHand = semaphore.acquire();
          byHand.next();
          for (let count = 0; count < releases; count += 1) semaphore.release();
          const task = createTask(semaphore.acquire());
          yield* sleep(0);
          print(String(semaphore), closeCoroutine(byHand), semaphore);
          yield* sleep(0);
          print(task.done(), semaphore);
          task.cancel();
        }
      },
    ));

  it("SM-05: each waiter that ends, with its turn or cancelled, wakes as many as fit", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker(name):
              try:
                  await semaphore.acquire()
                  print(name, "has it", t(), shown(semaphore))
              except asyncio.CancelledError:
                  print(name, "cancelled", t(), shown(semaphore))

          for is_cancelled in (True, False):
              semaphore = asyncio.Semaphore(0)
              tasks = [asyncio.create_task(worker(name)) for name in "ab"]
              await asyncio.sleep(1)
              # The releases find a alone to be woken. The late ones wait behind it, although something is left.
              late = [asyncio.create_task(worker(name)) for name in "cdef"]
              tasks[1].cancel()
              for _ in range(4):
                  semaphore.release()
              if is_cancelled:
                  tasks[0].cancel()
              for iteration in range(4):
                  print(iteration, shown(semaphore))
                  await asyncio.sleep(0)
              for task in late:
                  task.cancel()
              await asyncio.wait(tasks + late)
              print(shown(semaphore))
    `,
      function* (print) {
        for (const isCancelled of [true, false]) {
          const semaphore = new Semaphore(0);
          const worker = function* (name: string): Coroutine {
            try {
              yield* semaphore.acquire();
              print(name, "has it", t(), semaphore);
            } catch {
              print(name, "cancelled", t(), semaphore);
            }
          };
          const tasks = ["a", "b"].map((name) => createTask(worker(name)));
          yield* sleep(1);
          const late = ["c", "d", "e", "f"].map((name) => createTask(worker(name)));
          tasks[1]?.cancel();
          for (let count = 0; count < 4; count += 1) semaphore.release();
          if (isCancelled) tasks[0]?.cancel();
          for (let iteration = 0; iteration < 4; iteration += 1) {
            print(iteration, semaphore);
            yield* sleep(0);
          }
          for (const task of late) task.cancel();
          yield* wait([...tasks, ...late]);
          print(semaphore);
        }
      },
    ));

  it("SM-06: a bounded semaphore cannot be released above its first value; a plain one can", () =>
    same(
      `
      ${helpers}
      async def main():
          for semaphore in (asyncio.Semaphore(1), asyncio.BoundedSemaphore(1), asyncio.BoundedSemaphore(0)):
              print(outcome(semaphore.release), shown(semaphore))
              print(outcome(semaphore.release), shown(semaphore))
              if not semaphore.locked():
                  async with semaphore:
                      print(shown(semaphore))
              print(outcome(semaphore.release), shown(semaphore))
    `,
      function* (print) {
        for (const semaphore of [new Semaphore(1), new BoundedSemaphore(1), new BoundedSemaphore(0)]) {
          const release = (): string => outcome(() => semaphore.release());
          print(release(), semaphore);
          print(release(), semaphore);
          if (!semaphore.locked()) {
            yield* asyncWith(semaphore, function* () {
              print(semaphore);
            });
          }
          print(release(), semaphore);
        }
      },
    ));

  it("SM-06: leaving a block that released a bounded semaphore itself raises ValueError", () =>
    same(
      `
      ${helpers}
      async def main():
          async def block():
              async with semaphore:
                  semaphore.release()

          semaphore = asyncio.BoundedSemaphore(2)
          print(await awaiting(block()), shown(semaphore))
    `,
      function* (print) {
        const semaphore = new BoundedSemaphore(2);
        const block = asyncWith(semaphore, function* () {
          semaphore.release();
        });
        print(yield* awaiting(block), semaphore);
      },
    ));

  it("SM-07: the repr shows the value, or that it is locked, and the number of waiters", () =>
    same(
      `
      ${helpers}
      async def main():
          for semaphore in (asyncio.Semaphore(2), asyncio.BoundedSemaphore(2)):
              print(shown(semaphore))
              await semaphore.acquire()
              print(shown(semaphore))
              await semaphore.acquire()
              print(shown(semaphore))
              tasks = [asyncio.create_task(semaphore.acquire()) for _ in range(2)]
              await asyncio.sleep(0)
              print(shown(semaphore))
              tasks[0].cancel()
              print(shown(semaphore))
              semaphore.release()
              print(shown(semaphore))
              await asyncio.wait(tasks)
              print(shown(semaphore))
    `,
      function* (print) {
        for (const semaphore of [new Semaphore(2), new BoundedSemaphore(2)]) {
          print(semaphore);
          yield* semaphore.acquire();
          print(semaphore);
          yield* semaphore.acquire();
          print(semaphore);
          const tasks = [1, 2].map(() => createTask(semaphore.acquire()));
          yield* sleep(0);
          print(semaphore);
          tasks[0]?.cancel();
          print(semaphore);
          semaphore.release();
          print(semaphore);
          yield* wait(tasks);
          print(semaphore);
        }
      },
    ));
  it("SM-07: the repr shows an infinite value", () =>
    same(
      `
      ${helpers}
      async def main():
          semaphore = asyncio.Semaphore(float("inf"))
          print(shown(semaphore), await semaphore.acquire(), shown(semaphore))
    `,
      function* (print) {
        const semaphore = new Semaphore(Infinity);
        print(String(semaphore), yield* semaphore.acquire(), semaphore);
      },
    ));
});

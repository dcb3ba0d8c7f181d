import {
  CancelledError,
  closeCoroutine,
  type Coroutine,
  createTask,
  getRunningLoop,
  sleep,
  ValueError,
  wait,
} from "@yieldstar/loop";
import { Queue } from "@yieldstar/sync";
import { waitFor } from "@yieldstar/timeout";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same } from "../../../src/same.ts";
import { awaiting, outcome, permutations, t } from "../outcomes.ts";
import { helpers } from "./helpers.ts";

describe("QU: queues", () => {
  it("QU-03: a get() before the woken getter runs steals its item, and the getter goes to the end of the queue", () =>
    same(
      `
      ${helpers}
      async def main():
          async def getter(name):
              print(name, "got", await queue.get())

          for steals_with_get in (True, False):
              queue = asyncio.Queue()
              tasks = [asyncio.create_task(getter(name)) for name in "abc"]
              await asyncio.sleep(0)
              queue.put_nowait(1)
              print(await queue.get() if steals_with_get else queue.get_nowait(), shown(queue))
              await asyncio.sleep(0)
              print(shown(queue))
              for item in (2, 3, 4):
                  queue.put_nowait(item)
              await asyncio.wait(tasks)
    `,
      function* (print) {
        for (const stealsWithGet of [true, false]) {
          const queue = new Queue<number>();
          const getter = function* (name: string): Coroutine {
            print(name, "got", yield* queue.get());
          };
          const tasks = ["a", "b", "c"].map((name) => createTask(getter(name)));
          yield* sleep(0);
          queue.putNowait(1);
          print(stealsWithGet ? yield* queue.get() : queue.getNowait(), queue);
          yield* sleep(0);
          print(queue);
          for (const item of [2, 3, 4]) queue.putNowait(item);
          yield* wait(tasks);
        }
      },
    ));

  it("QU-03: a put() before the woken putter runs takes its place, and the putter goes to the end of the queue", () =>
    same(
      `
      ${helpers}
      async def main():
          async def putter(item):
              await queue.put(item)
              print("put", item)

          queue = asyncio.Queue(1)
          await queue.put("first")
          tasks = [asyncio.create_task(putter(item)) for item in "abc"]
          await asyncio.sleep(0)
          print(queue.get_nowait(), queue.put_nowait("barged"), outcome(lambda: queue.put_nowait("no")), shown(queue))
          await asyncio.sleep(0)
          print(shown(queue))
          for _ in range(4):
              print(await queue.get(), shown(queue))
              await asyncio.sleep(0)
          await asyncio.wait(tasks)
    `,
      function* (print) {
        function* putter(item: string): Coroutine {
          yield* queue.put(item);
          print("put", item);
        }
        const queue = new Queue<string>(1);
        yield* queue.put("first");
        const tasks = ["a", "b", "c"].map((item) => createTask(putter(item)));
        yield* sleep(0);
        const refused = (): string => outcome(() => queue.putNowait("no"));
        print(queue.getNowait(), queue.putNowait("barged"), refused(), queue);
        yield* sleep(0);
        print(queue);
        for (let count = 0; count < 4; count += 1) {
          print(yield* queue.get(), queue);
          yield* sleep(0);
        }
        yield* wait(tasks);
      },
    ));

  it("QU-04: one put wakes one getter and one get one putter, first in, first out, past cancelled ones", () =>
    same(
      `
      ${helpers}
      async def main():
          def watch(tasks):
              return "".join("x" if task.done() else "." for task in tasks)

          queue = asyncio.Queue(2)
          tasks = [asyncio.create_task(awaiting(queue.get())) for _ in range(6)]
          await asyncio.sleep(0)
          for index in (0, 2, 5):
              tasks[index].cancel("stop")
          queue.put_nowait("a")
          print(shown(queue))
          await asyncio.sleep(0)
          print(watch(tasks), shown(queue))
          queue.put_nowait("b")
          queue.put_nowait("c")
          print(shown(queue))
          await asyncio.sleep(0)
          print(await asyncio.gather(*tasks), shown(queue))

          queue.put_nowait("full")
          queue.put_nowait("full")
          tasks = [asyncio.create_task(awaiting(queue.put(item))) for item in "abcdef"]
          await asyncio.sleep(0)
          for index in (0, 2, 5):
              tasks[index].cancel("stop")
          print(queue.get_nowait(), shown(queue))
          await asyncio.sleep(0)
          print(watch(tasks), shown(queue))
          print(queue.get_nowait(), queue.get_nowait(), shown(queue))
          print(await asyncio.gather(*tasks), shown(queue))
    `,
      function* (print) {
        const watch = (tasks: readonly { done(): boolean }[]): string =>
          tasks.map((task) => (task.done() ? "x" : ".")).join("");
        const queue = new Queue<string>(2);
        const getting = Array.from("abcdef", () => createTask(awaiting(queue.get())));
        yield* sleep(0);
        for (const index of [0, 2, 5]) getting[index]?.cancel("stop");
        queue.putNowait("a");
        print(queue);
        yield* sleep(0);
        print(watch(getting), queue);
        queue.putNowait("b");
        queue.putNowait("c");
        print(queue);
        yield* sleep(0);
        yield* wait(getting);
        print(
          getting.map((task) => task.result()),
          queue,
        );

        queue.putNowait("full");
        queue.putNowait("full");
        const putting = Array.from("abcdef", (item) => createTask(awaiting(queue.put(item))));
        yield* sleep(0);
        for (const index of [0, 2, 5]) putting[index]?.cancel("stop");
        print(queue.getNowait(), queue);
        yield* sleep(0);
        print(watch(putting), queue);
        print(queue.getNowait(), queue.getNowait(), queue);
        yield* wait(putting);
        print(
          putting.map((task) => task.result()),
          queue,
        );
      },
    ));

  it("QU-05: no item is lost, whatever the order of puts, cancellations of getters, a steal and a newcomer", () =>
    same(
      `
      ${helpers}
      async def main():
          async def getter(name):
              try:
                  log.append(f"{name} got {await queue.get()}")
              except asyncio.CancelledError as error:
                  log.append(f"{name} {error!r} {shown(queue)}")

          names = ["put", "put two", "cancel a", "steal", "newcomer"]
          for order, waits in itertools.product(itertools.permutations(names), ([], [0], [1], [2])):
              log, queue = [], asyncio.Queue()
              tasks = [asyncio.create_task(getter(name)) for name in "abcd"]
              actions = {
                  "put": lambda: queue.put_nowait(1),
                  "put two": lambda: [queue.put_nowait(2), queue.put_nowait(3)],
                  "cancel a": lambda: tasks[0].cancel("x"),
                  "steal": lambda: log.append(outcome(queue.get_nowait)),
                  "newcomer": lambda: tasks.append(asyncio.create_task(getter("newcomer"))),
              }
              await asyncio.sleep(1)
              for index, action in enumerate(order):
                  actions[action]()
                  if index in waits:
                      await asyncio.sleep(0)
              print(" ".join(order), waits, shown(queue))
              await asyncio.sleep(1)
              print(log, shown(queue))
              queue.shutdown()
              await asyncio.gather(*tasks, return_exceptions=True)
    `,
      function* (print) {
        const names = ["put", "put two", "cancel a", "steal", "newcomer"] as const;
        for (const order of permutations(names)) {
          for (const waits of [[], [0], [1], [2]]) {
            const log: string[] = [];
            const queue = new Queue<number>();
            const getter = function* (name: string): Coroutine {
              try {
                log.push(`${name} got ${yield* queue.get()}`);
              } catch (error) {
                if (!(error instanceof CancelledError)) throw error;
                log.push(`${name} ${repr(error)} ${String(queue)}`);
              }
            };
            const tasks = ["a", "b", "c", "d"].map((name) => createTask(getter(name)));
            const actions = {
              put: () => queue.putNowait(1),
              "put two": () => [queue.putNowait(2), queue.putNowait(3)],
              "cancel a": () => tasks[0]?.cancel("x"),
              steal: () => log.push(outcome(() => queue.getNowait())),
              newcomer: () => tasks.push(createTask(getter("newcomer"))),
            };
            yield* sleep(1);
            for (const [index, action] of order.entries()) {
              actions[action]();
              if (waits.includes(index)) yield* sleep(0);
            }
            print(order.join(" "), waits, queue);
            yield* sleep(1);
            print(log, queue);
            queue.shutdown();
            yield* wait(tasks);
            for (const task of tasks) task.exception();
          }
        }
      },
    ));

  it("QU-05: a getter that was woken and cancelled wakes the next only if there is still an item", () =>
    same(
      `
      ${helpers}
      async def main():
          for is_stolen in (False, True):
              queue = asyncio.Queue()
              tasks = [asyncio.create_task(awaiting(queue.get())) for _ in range(3)]
              await asyncio.sleep(0)
              queue.put_nowait(1)
              tasks[0].cancel("x")
              if is_stolen:
                  print(queue.get_nowait())
              await asyncio.sleep(0)
              print(shown(queue))
              await asyncio.sleep(0)
              print(shown(queue), [task.done() for task in tasks])
              for task in tasks:
                  task.cancel()
              print(await asyncio.gather(*tasks))
    `,
      function* (print) {
        for (const isStolen of [false, true]) {
          const queue = new Queue<number>();
          const tasks = [1, 2, 3].map(() => createTask(awaiting(queue.get())));
          yield* sleep(0);
          queue.putNowait(1);
          tasks[0]?.cancel("x");
          if (isStolen) print(queue.getNowait());
          yield* sleep(0);
          print(queue);
          yield* sleep(0);
          print(
            queue,
            tasks.map((task) => task.done()),
          );
          for (const task of tasks) task.cancel();
          yield* wait(tasks);
          print(tasks.map((task) => task.result()));
        }
      },
    ));

  it("QU-05: an error thrown by hand into a getter that was not woken wakes no other", () =>
    same(
      `
      ${helpers}
      async def main():
          async def getter(name):
              print(name, "got", await queue.get())

          queue = asyncio.Queue()
          tasks = [asyncio.create_task(getter("a"))]
          await asyncio.sleep(0)
          by_hand = queue.get()
          by_hand.send(None)
          tasks += [asyncio.create_task(getter(name)) for name in "bc"]
          await asyncio.sleep(0)
          queue.put_nowait(1)
          print(outcome(lambda: by_hand.throw(ValueError("x"))), shown(queue))
          await asyncio.sleep(0)
          queue.put_nowait(2)
          await asyncio.sleep(0)
          queue.put_nowait(3)
          await asyncio.wait(tasks)
    `,
      function* (print) {
        function* getter(name: string): Coroutine {
          print(name, "got", yield* queue.get());
        }
        const queue = new Queue<number>();
        const tasks = [createTask(getter("a"))];
        yield* sleep(0);
        const byHand = queue.get();
        byHand.next();
        tasks.push(...["b", "c"].map((name) => createTask(getter(name))));
        yield* sleep(0);
        queue.putNowait(1);
        print(
          outcome(() => byHand.throw(new ValueError("x"))),
          queue,
        );
        yield* sleep(0);
        queue.putNowait(2);
        yield* sleep(0);
        queue.putNowait(3);
        yield* wait(tasks);
      },
    ));

  it("QU-05: a getter that was woken and is closed by hand wakes the next", () =>
    same(
      `
      ${helpers}
      async def main():
          queue = asyncio.Queue()
          by_hand, task = queue.get(), asyncio.create_task(queue.get())
          by_hand.send(None)
          await asyncio.sleep(0)
          queue.put_nowait(1)
          print(shown(queue), by_hand.close(), shown(queue), await task, shown(queue))
    `,
      function* (print) {
        const queue = new Queue<number>();
        const byHand = queue.get();
        const task = createTask(queue.get());
        byHand.next();
        yield* sleep(0);
        queue.putNowait(1);
        print(String(queue), closeCoroutine(byHand), String(queue), yield* task, queue);
      },
    ));

  it("QU-06: no place is lost, whatever the order of gets, cancellations of putters, barging and a newcomer", () =>
    same(
      `
      ${helpers}
      async def main():
          async def putter(name):
              try:
                  await queue.put(name)
                  log.append(f"{name} put")
              except asyncio.CancelledError as error:
                  log.append(f"{name} {error!r} {shown(queue)}")

          names = ["get", "get two", "cancel a", "barge", "newcomer"]
          for order, waits in itertools.product(itertools.permutations(names), ([], [0], [1], [2])):
              log, queue = [], asyncio.Queue(2)
              queue.put_nowait("1")
              queue.put_nowait("2")
              tasks = [asyncio.create_task(putter(name)) for name in "abcd"]
              actions = {
                  "get": lambda: log.append(outcome(queue.get_nowait)),
                  "get two": lambda: [log.append(outcome(queue.get_nowait)) for _ in range(2)],
                  "cancel a": lambda: tasks[0].cancel("x"),
                  "barge": lambda: log.append(outcome(lambda: queue.put_nowait("barged"))),
                  "newcomer": lambda: tasks.append(asyncio.create_task(putter("newcomer"))),
              }
              await asyncio.sleep(1)
              for index, action in enumerate(order):
                  actions[action]()
                  if index in waits:
                      await asyncio.sleep(0)
              print(" ".join(order), waits, shown(queue))
              await asyncio.sleep(1)
              print(log, shown(queue))
              queue.shutdown()
              await asyncio.gather(*tasks, return_exceptions=True)
    `,
      function* (print) {
        const names = ["get", "get two", "cancel a", "barge", "newcomer"] as const;
        for (const order of permutations(names)) {
          for (const waits of [[], [0], [1], [2]]) {
            const log: string[] = [];
            const queue = new Queue<string>(2);
            const putter = function* (name: string): Coroutine {
              try {
                yield* queue.put(name);
                log.push(`${name} put`);
              } catch (error) {
                if (!(error instanceof CancelledError)) throw error;
                log.push(`${name} ${repr(error)} ${String(queue)}`);
              }
            };
            queue.putNowait("1");
            queue.putNowait("2");
            const tasks = ["a", "b", "c", "d"].map((name) => createTask(putter(name)));
            const get = (): unknown => log.push(outcome(() => queue.getNowait()));
            const actions = {
              get,
              "get two": () => [get(), get()],
              "cancel a": () => tasks[0]?.cancel("x"),
              barge: () => log.push(outcome(() => queue.putNowait("barged"))),
              newcomer: () => tasks.push(createTask(putter("newcomer"))),
            };
            yield* sleep(1);
            for (const [index, action] of order.entries()) {
              actions[action]();
              if (waits.includes(index)) yield* sleep(0);
            }
            print(order.join(" "), waits, queue);
            yield* sleep(1);
            print(log, queue);
            queue.shutdown();
            yield* wait(tasks);
            for (const task of tasks) task.exception();
          }
        }
      },
    ));

  it("QU-06: a putter that was woken and cancelled wakes the next only if there is still a place", () =>
    same(
      `
      ${helpers}
      async def main():
          for is_barged in (False, True):
              queue = asyncio.Queue(1)
              queue.put_nowait("first")
              tasks = [asyncio.create_task(awaiting(queue.put(item))) for item in "abc"]
              await asyncio.sleep(0)
              queue.get_nowait()
              tasks[0].cancel("x")
              if is_barged:
                  queue.put_nowait("barged")
              await asyncio.sleep(0)
              print(shown(queue))
              await asyncio.sleep(0)
              print(shown(queue), [task.done() for task in tasks])
              for task in tasks:
                  task.cancel()
              print(await asyncio.gather(*tasks))
    `,
      function* (print) {
        for (const isBarged of [false, true]) {
          const queue = new Queue<string>(1);
          queue.putNowait("first");
          const tasks = ["a", "b", "c"].map((item) => createTask(awaiting(queue.put(item))));
          yield* sleep(0);
          queue.getNowait();
          tasks[0]?.cancel("x");
          if (isBarged) queue.putNowait("barged");
          yield* sleep(0);
          print(queue);
          yield* sleep(0);
          print(
            queue,
            tasks.map((task) => task.done()),
          );
          for (const task of tasks) task.cancel();
          yield* wait(tasks);
          print(tasks.map((task) => task.result()));
        }
      },
    ));

  it("QU-08: wait_for(queue.get()) loses no item, even one that is put at the very moment of the timeout", () =>
    same(
      `
      ${helpers}
      async def main():
          loop = asyncio.get_running_loop()
          for delay, is_first in ((0.5, True), (1, True), (1, False), (1.5, True)):
              queue, start = asyncio.Queue(), t()
              if is_first:
                  loop.call_at(start + delay, queue.put_nowait, "item")
              getting = asyncio.create_task(awaiting(asyncio.wait_for(queue.get(), 1)))
              other = asyncio.create_task(awaiting(queue.get()))
              await asyncio.sleep(0)
              if not is_first:
                  loop.call_at(start + delay, queue.put_nowait, "item")
              await asyncio.sleep(2)
              print(await getting, other.done(), shown(queue))
              other.cancel()
              print(await other)
    `,
      function* (print) {
        const loop = getRunningLoop();
        const plan: [number, boolean][] = [
          [0.5, true],
          [1, true],
          [1, false],
          [1.5, true],
        ];
        for (const [delay, isFirst] of plan) {
          const queue = new Queue<string>();
          const start = t();
          if (isFirst) loop.callAt(start + delay, () => queue.putNowait("item"));
          const getting = createTask(awaiting(waitFor(queue.get(), 1)));
          const other = createTask(awaiting(queue.get()));
          yield* sleep(0);
          if (!isFirst) loop.callAt(start + delay, () => queue.putNowait("item"));
          yield* sleep(2);
          print(yield* getting, other.done(), queue);
          other.cancel();
          print(yield* other);
        }
      },
    ));

  it("QU-15: a get() that was woken and cancelled does not change the count of unfinished items", () =>
    same(
      `
      ${helpers}
      async def main():
          queue = asyncio.Queue()
          getting = asyncio.create_task(awaiting(queue.get()))
          await asyncio.sleep(0)
          queue.put_nowait("item")
          getting.cancel("x")
          joining = asyncio.create_task(queue.join())
          print(await getting, shown(queue))
          await asyncio.sleep(1)
          print(joining.done(), queue.get_nowait(), shown(queue), outcome(queue.task_done), await joining)
    `,
      function* (print) {
        const queue = new Queue<string>();
        const getting = createTask(awaiting(queue.get()));
        yield* sleep(0);
        queue.putNowait("item");
        getting.cancel("x");
        const joining = createTask(queue.join());
        print(yield* getting, queue);
        yield* sleep(1);
        const [before, item, state] = [joining.done(), queue.getNowait(), String(queue)];
        print(
          before,
          item,
          state,
          outcome(() => queue.taskDone()),
          yield* joining,
        );
      },
    ));
});

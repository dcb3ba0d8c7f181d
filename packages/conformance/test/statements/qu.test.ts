import {
  type Awaitable,
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
import { LifoQueue, PriorityQueue, Queue, QueueEmpty, QueueFull, QueueShutDown } from "@yieldstar/sync";
import { waitFor } from "@yieldstar/timeout";
import { describe, it } from "vitest";
import { repr } from "../../src/python-text.ts";
import { same, sameScript } from "../../src/same.ts";

/** For snippets, and indented as they are: what a call, or awaiting, came to. Tuples are shown as the lists that ours are. */
const helpers = `
      import itertools, re

      def shown(value):
          text = re.sub(r"<(?:\\w+\\.)*(\\w+) (?:object )?at 0x[0-9a-f]+ ", r"<\\1 ", str(value))
          return re.sub(r"(?<!\\w)\\(([^()]*,[^()]*)\\)", r"[\\1]", text)

      def outcome(call):
          try:
              return f"returned {call()!r}"
          except BaseException as error:
              return shown(f"raised {error!r}")

      async def awaiting(awaitable):
          try:
              return f"returned {await awaitable!r}"
          except BaseException as error:
              return shown(f"raised {error!r}")
`;

function outcome(call: () => unknown): string {
  try {
    return `returned ${repr(call())}`;
  } catch (error) {
    return `raised ${repr(error)}`;
  }
}

function* awaiting(awaitable: Awaitable<unknown>): Coroutine<string> {
  try {
    return `returned ${repr(yield* awaitable)}`;
  } catch (error) {
    return `raised ${repr(error)}`;
  }
}

function t(): number {
  return getRunningLoop().time();
}

/** In the order of Python's `itertools.permutations`. */
function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) =>
    permutations(items.filter((_, other) => other !== index)).map((rest) => [item].concat(rest)),
  );
}

/** So many numbers that look random: those of the generator in `randomInPython`. */
function random(seed: number, count: number): number[] {
  const numbers: number[] = [];
  for (let last = seed; numbers.length < count; numbers.push(last)) last = (last * 16807) % 2147483647;
  return numbers;
}

const randomInPython = `
      def random(seed, count):
          for _ in range(count):
              seed = seed * 16807 % 2147483647
              yield seed
`;

describe("QU: queues", () => {
  it("QU-01: without waiting, a full queue raises QueueFull and an empty one QueueEmpty", () =>
    same(
      `
      ${helpers}
      async def main():
          queue = asyncio.Queue(2)
          print(outcome(queue.get_nowait), queue.empty(), queue.full(), queue.qsize(), queue.maxsize)
          print(queue.put_nowait("a"), queue.put_nowait(None), queue.empty(), queue.full(), queue.qsize())
          print(outcome(lambda: queue.put_nowait("c")), queue.qsize(), shown(queue))
          print(queue.get_nowait(), queue.get_nowait(), outcome(queue.get_nowait), queue.empty(), shown(queue))
    `,
      function* (print) {
        const queue = new Queue<string | undefined>(2);
        const get = (): string => outcome(() => queue.getNowait());
        print(get(), queue.empty(), queue.full(), queue.qsize(), queue.maxsize);
        print(queue.putNowait("a"), queue.putNowait(undefined), queue.empty(), queue.full(), queue.qsize());
        print(
          outcome(() => queue.putNowait("c")),
          queue.qsize(),
          queue,
        );
        print(queue.getNowait(), queue.getNowait(), get(), queue.empty(), queue);
      },
    ));

  it("QU-01: the errors are plain exceptions without arguments", () =>
    sameScript(
      `
      full, empty, closed = asyncio.Queue(1), asyncio.Queue(), asyncio.Queue()
      full.put_nowait(1)
      closed.shutdown()
      classes = [Exception, RuntimeError, ValueError, asyncio.QueueEmpty, asyncio.QueueFull, asyncio.QueueShutDown]
      for call in (lambda: full.put_nowait(2), empty.get_nowait, closed.get_nowait):
          try:
              call()
          except Exception as error:
              print([cls.__name__ for cls in classes if isinstance(error, cls)], repr(error), str(error) == "")
    `,
      (print) => {
        const [full, empty, closed] = [new Queue<number>(1), new Queue<number>(), new Queue<number>()];
        full.putNowait(1);
        closed.shutdown();
        const classes = [Exception, RuntimeError, ValueError, QueueEmpty, QueueFull, QueueShutDown];
        for (const call of [() => full.putNowait(2), () => empty.getNowait(), () => closed.getNowait()]) {
          try {
            call();
          } catch (error) {
            const names = classes.filter((cls) => error instanceof cls).map((cls) => cls.name);
            print(names, repr(error), (error as Error).message === "");
          }
        }
      },
    ));

  it("QU-01: a maxsize of zero or less means any number, and the queue is never full", () =>
    same(
      `
      ${helpers}
      async def main():
          for cls in (asyncio.Queue, asyncio.PriorityQueue, asyncio.LifoQueue):
              for queue in (cls(), cls(0), cls(-3)):
                  for item in range(1000):
                      await queue.put(item)
                  print(queue.maxsize, queue.full(), queue.qsize(), sum(queue.get_nowait() for _ in range(1000)), shown(queue))
    `,
      function* (print) {
        for (const cls of [Queue, PriorityQueue, LifoQueue]) {
          for (const queue of [new cls<number>(), new cls<number>(0), new cls<number>(-3)]) {
            for (let item = 0; item < 1000; item += 1) yield* queue.put(item);
            const { maxsize } = queue;
            const [full, size] = [queue.full(), queue.qsize()];
            let sum = 0;
            for (let count = 0; count < 1000; count += 1) sum += queue.getNowait();
            print(maxsize, full, size, sum, queue);
          }
        }
      },
    ));

  it("QU-01: the repr shows maxsize, the items, who waits, what is unfinished, and shutdown", () =>
    same(
      `
      ${helpers}
      async def main():
          for cls in (asyncio.Queue, asyncio.PriorityQueue, asyncio.LifoQueue):
              queue = cls(2)
              print(shown(queue), shown(repr(queue)))
              tasks = [asyncio.create_task(queue.get()) for _ in range(3)]
              await asyncio.sleep(0)
              print(shown(queue))
              tasks[0].cancel()
              print(shown(queue))
              queue.put_nowait((2, "b"))
              print(shown(queue))
              await asyncio.sleep(0)
              print(shown(queue))
              queue.put_nowait((1, None))
              queue.put_nowait((0, "it's"))
              tasks = [asyncio.create_task(queue.put((index, "x"))) for index in range(2)]
              await asyncio.sleep(0)
              print(shown(queue), shown(queue.get_nowait()), shown(queue))
              queue.task_done()
              queue.shutdown()
              print(shown(queue))
              await asyncio.wait(tasks)
              print(shown(queue), queue.shutdown(True), shown(queue), repr(tasks[0].exception()), repr(tasks[1].exception()))
    `,
      function* (print) {
        for (const cls of [Queue, PriorityQueue, LifoQueue]) {
          const queue = new cls<[number, string | undefined]>(2);
          print(queue, queue);
          const getting = [1, 2, 3].map(() => createTask(queue.get()));
          yield* sleep(0);
          print(queue);
          getting[0]?.cancel();
          print(queue);
          queue.putNowait([2, "b"]);
          print(queue);
          yield* sleep(0);
          print(queue);
          queue.putNowait([1, undefined]);
          queue.putNowait([0, "it's"]);
          const putting = [0, 1].map((index) => createTask(queue.put([index, "x"])));
          yield* sleep(0);
          print(String(queue), queue.getNowait(), queue);
          queue.taskDone();
          queue.shutdown();
          print(queue);
          yield* wait(putting);
          print(String(queue), queue.shutdown(true), queue, ...putting.map((task) => repr(task.exception())));
        }
      },
    ));

  it("QU-01: the repr of a queue whose maxsize is infinity", () =>
    sameScript(
      `
      ${helpers}
      queue = asyncio.Queue(float("inf"))
      print(queue.maxsize, queue.full(), shown(queue))
    `,
      (print) => {
        const queue = new Queue(Infinity);
        print(queue.maxsize, queue.full(), queue);
      },
    ));

  it("QU-02: put() and get() do not suspend when they need not wait", () =>
    same(
      `
      async def main():
          async def other():
              print("other")

          queue = asyncio.Queue(2)
          task = asyncio.create_task(other())
          for item in range(100):
              await queue.put(item)
              await queue.put(-item)
              if await queue.get() != item or await queue.get() != -item:
                  print("not in order")
          print("still alone")
          print(await queue.put("x"), task.done())
          await task
    `,
      function* (print) {
        function* other(): Coroutine {
          print("other");
        }
        const queue = new Queue<number | string>(2);
        const task = createTask(other());
        for (let item = 0; item < 100; item += 1) {
          yield* queue.put(item);
          yield* queue.put(-item);
          if ((yield* queue.get()) !== item || (yield* queue.get()) !== -item) print("not in order");
        }
        print("still alone");
        print(yield* queue.put("x"), task.done());
        yield* task;
      },
    ));

  it("QU-02: a producer and consumers that do wait go through the iterations in the same order", () =>
    same(
      `
      ${helpers}
      async def main():
          async def producer(name):
              for item in range(5):
                  await queue.put(f"{name}{item}")
                  print("put", f"{name}{item}", shown(queue))

          async def consumer(name):
              while True:
                  item = await queue.get()
                  print(name, "got", item, shown(queue))
                  queue.task_done()

          queue = asyncio.Queue(2)
          consumers = [asyncio.create_task(consumer(name)) for name in "xyz"]
          await asyncio.gather(*[producer(name) for name in "ab"])
          await queue.join()
          print(shown(queue))
          for task in consumers:
              task.cancel()
          await asyncio.wait(consumers)
          print(shown(queue))
    `,
      function* (print) {
        function* producer(name: string): Coroutine {
          for (let item = 0; item < 5; item += 1) {
            yield* queue.put(`${name}${item}`);
            print("put", `${name}${item}`, queue);
          }
        }
        function* consumer(name: string): Coroutine {
          for (;;) {
            const item = yield* queue.get();
            print(name, "got", item, queue);
            queue.taskDone();
          }
        }
        const queue = new Queue<string>(2);
        const consumers = ["x", "y", "z"].map((name) => createTask(consumer(name)));
        yield* wait(["a", "b"].map((name) => createTask(producer(name))));
        yield* queue.join();
        print(queue);
        for (const task of consumers) task.cancel();
        yield* wait(consumers);
        print(queue);
      },
    ));

  it("QU-03: who asks before a woken getter runs steals its item, and the getter goes to the end of the queue", () =>
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

  it("QU-03: who puts before a woken putter runs takes its place, and the putter goes to the end of the queue", () =>
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

  it("QU-04: one put wakes one getter and one get one putter, first in, first out, past those who are cancelled", () =>
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

  it("QU-05: whatever the order of puts, cancellations of getters, a steal and a newcomer, no item is lost", () =>
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

  it("QU-05: an error thrown by hand into a getter that was not woken wakes nobody", () =>
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

  it("QU-06: whatever the order of gets, cancellations of putters, barging and a newcomer, no place is lost", () =>
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

  it("QU-07: task_done() more often than items were put raises ValueError", () =>
    same(
      `
      ${helpers}
      async def main():
          queue = asyncio.Queue()
          print(outcome(queue.task_done), shown(queue))
          queue.put_nowait("a")
          queue.put_nowait("b")
          # What counts is the puts: nothing has to be taken before.
          print(outcome(queue.task_done), shown(queue), outcome(queue.task_done), outcome(queue.task_done), shown(queue))
          print(queue.get_nowait(), queue.get_nowait(), outcome(queue.task_done))
    `,
      function* (print) {
        const queue = new Queue<string>();
        const taskDone = (): string => outcome(() => queue.taskDone());
        print(taskDone(), queue);
        queue.putNowait("a");
        queue.putNowait("b");
        print(taskDone(), String(queue), taskDone(), taskDone(), queue);
        print(queue.getNowait(), queue.getNowait(), taskDone());
      },
    ));

  it("QU-07: join() returns at once when nothing is unfinished, and otherwise when all is done with", () =>
    same(
      `
      ${helpers}
      async def main():
          async def joins(name):
              print(name, await queue.join(), t(), shown(queue))

          async def consumer():
              while True:
                  await queue.get()
                  await asyncio.sleep(1)
                  queue.task_done()

          loop = asyncio.get_running_loop()
          queue = asyncio.Queue()
          loop.call_soon(print, "next iteration")
          await joins("at once")
          for item in range(3):
              queue.put_nowait(item)
          tasks = [asyncio.create_task(joins(name)) for name in "ab"]
          tasks.append(asyncio.create_task(consumer()))
          await asyncio.sleep(2.5)
          print(shown(queue), queue.empty())
          queue.put_nowait("late")
          await joins("main")
          queue.put_nowait("again")
          tasks[0].cancel()
          await joins("main again")
          tasks[2].cancel()
          await asyncio.wait(tasks)
    `,
      function* (print) {
        function* joins(name: string): Coroutine {
          print(name, yield* queue.join(), t(), queue);
        }
        function* consumer(): Coroutine {
          for (;;) {
            yield* queue.get();
            yield* sleep(1);
            queue.taskDone();
          }
        }
        const loop = getRunningLoop();
        const queue = new Queue<number | string>();
        loop.callSoon(() => print("next iteration"));
        yield* joins("at once");
        for (let item = 0; item < 3; item += 1) queue.putNowait(item);
        const tasks = ["a", "b"].map((name) => createTask(joins(name)));
        tasks.push(createTask(consumer()));
        yield* sleep(2.5);
        print(queue, queue.empty());
        queue.putNowait("late");
        yield* joins("main");
        queue.putNowait("again");
        tasks[0]?.cancel();
        yield* joins("main again");
        tasks[2]?.cancel();
        yield* wait(tasks);
      },
    ));

  it("QU-07: join() goes on although an item is put in the step in which all was done with", () =>
    same(
      `
      ${helpers}
      async def main():
          async def joins():
              await queue.join()
              print("joined", shown(queue))

          queue = asyncio.Queue()
          queue.put_nowait("a")
          task = asyncio.create_task(joins())
          await asyncio.sleep(0)
          queue.task_done()
          queue.put_nowait("b")
          await task
    `,
      function* (print) {
        function* joins(): Coroutine {
          yield* queue.join();
          print("joined", queue);
        }
        const queue = new Queue<string>();
        queue.putNowait("a");
        const task = createTask(joins());
        yield* sleep(0);
        queue.taskDone();
        queue.putNowait("b");
        yield* task;
      },
    ));

  it("QU-08: wait_for(queue.get()) loses no item, also when it is put at the very moment of the timeout", () =>
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

  it("QU-09: after shutdown() puts raise QueueShutDown, and gets once the queue is empty", () =>
    same(
      `
      ${helpers}
      async def main():
          for maxsize in (0, 2):
              queue = asyncio.Queue(maxsize)
              queue.put_nowait("a")
              queue.put_nowait("b")
              print(queue.shutdown(), shown(queue), queue.full(), queue.empty())
              print(outcome(lambda: queue.put_nowait("c")), await awaiting(queue.put("c")))
              print(await queue.get(), outcome(lambda: queue.put_nowait("c")), await awaiting(queue.put("c")))
              print(queue.get_nowait(), outcome(queue.get_nowait), await awaiting(queue.get()), shown(queue))
    `,
      function* (print) {
        for (const maxsize of [0, 2]) {
          const queue = new Queue<string>(maxsize);
          queue.putNowait("a");
          queue.putNowait("b");
          const put = (): string => outcome(() => queue.putNowait("c"));
          print(queue.shutdown(), queue, queue.full(), queue.empty());
          print(put(), yield* awaiting(queue.put("c")));
          print(yield* queue.get(), put(), yield* awaiting(queue.put("c")));
          const last = queue.getNowait();
          const refused = outcome(() => queue.getNowait());
          print(last, refused, yield* awaiting(queue.get()), queue);
        }
      },
    ));

  it("QU-09: shutdown() wakes all who wait, in their order; putters raise even if there is room", () =>
    same(
      `
      ${helpers}
      async def main():
          async def gets(name, queue):
              print(name, await awaiting(queue.get()), shown(queue))

          async def puts(name, queue):
              print(name, await awaiting(queue.put(name)), shown(queue))

          empty, full = asyncio.Queue(), asyncio.Queue(1)
          full.put_nowait("item")
          tasks = []
          for name in "abc":
              tasks.append(asyncio.create_task(gets(f"get {name}", empty)))
              tasks.append(asyncio.create_task(puts(f"put {name}", full)))
          await asyncio.sleep(0)
          tasks[2].cancel()
          tasks[3].cancel()
          for queue in (full, empty):
              queue.shutdown()
              print(shown(queue))
          print(full.get_nowait())
          asyncio.get_running_loop().call_soon(print, "an iteration later")
          await asyncio.wait(tasks)
    `,
      function* (print) {
        function* gets(name: string, queue: Queue<string>): Coroutine {
          print(name, yield* awaiting(queue.get()), queue);
        }
        function* puts(name: string, queue: Queue<string>): Coroutine {
          print(name, yield* awaiting(queue.put(name)), queue);
        }
        const empty = new Queue<string>();
        const full = new Queue<string>(1);
        full.putNowait("item");
        const tasks = ["a", "b", "c"].flatMap((name) => [
          createTask(gets(`get ${name}`, empty)),
          createTask(puts(`put ${name}`, full)),
        ]);
        yield* sleep(0);
        tasks[2]?.cancel();
        tasks[3]?.cancel();
        for (const queue of [full, empty]) {
          queue.shutdown();
          print(queue);
        }
        print(full.getNowait());
        getRunningLoop().callSoon(() => print("an iteration later"));
        yield* wait(tasks);
      },
    ));

  it("QU-09: shutdown() wakes getters before putters, where both wait", () =>
    same(
      `
      ${helpers}
      async def main():
          async def logs(name, awaitable):
              print(name, await awaiting(awaitable), shown(queue))

          queue = asyncio.Queue(1)
          tasks = [asyncio.create_task(logs(name, queue.get())) for name in ("first", "second")]
          await asyncio.sleep(0)
          # The putter comes before the first getter can take its item, and so finds the queue full.
          tasks.append(asyncio.create_task(logs("putter", queue.put("late"))))
          asyncio.get_running_loop().call_soon(lambda: print(shown(queue), queue.shutdown(), shown(queue)))
          queue.put_nowait("item")
          await asyncio.wait(tasks)
    `,
      function* (print) {
        function* logs(name: string, awaitable: Awaitable<unknown>): Coroutine {
          print(name, yield* awaiting(awaitable), queue);
        }
        const queue = new Queue<string>(1);
        const tasks = ["first", "second"].map((name) => createTask(logs(name, queue.get())));
        yield* sleep(0);
        tasks.push(createTask(logs("putter", queue.put("late"))));
        getRunningLoop().callSoon(() => print(String(queue), queue.shutdown(), queue));
        queue.putNowait("item");
        yield* wait(tasks);
      },
    ));

  it("QU-09: a getter that was woken by a put, before shutdown(), still gets the item", () =>
    same(
      `
      ${helpers}
      async def main():
          for immediate, is_cancelled in itertools.product((False, True), (False, True)):
              queue = asyncio.Queue()
              tasks = [asyncio.create_task(awaiting(queue.get())) for _ in range(3)]
              await asyncio.sleep(0)
              queue.put_nowait("item")
              queue.shutdown(immediate)
              if is_cancelled:
                  tasks[0].cancel("x")
              print(await asyncio.gather(*tasks), shown(queue))
    `,
      function* (print) {
        for (const immediate of [false, true]) {
          for (const isCancelled of [false, true]) {
            const queue = new Queue<string>();
            const tasks = [1, 2, 3].map(() => createTask(awaiting(queue.get())));
            yield* sleep(0);
            queue.putNowait("item");
            queue.shutdown(immediate);
            if (isCancelled) tasks[0]?.cancel("x");
            yield* wait(tasks);
            print(
              tasks.map((task) => task.result()),
              queue,
            );
          }
        }
      },
    ));

  it("QU-10: shutdown(immediate=True) throws the items away, and frees join() only if none is being worked on", () =>
    same(
      `
      ${helpers}
      async def main():
          async def joins():
              await queue.join()
              print("joined", t(), shown(queue))

          for taken, done in ((0, 0), (1, 0), (1, 1), (2, 1), (3, 0), (0, 3)):
              queue = asyncio.Queue()
              for item in range(3):
                  queue.put_nowait(item)
              for _ in range(taken):
                  queue.get_nowait()
              for _ in range(done):
                  queue.task_done()
              joining = asyncio.create_task(joins())
              await asyncio.sleep(1)
              print(taken, done, queue.shutdown(immediate=True), shown(queue), queue.empty())
              await asyncio.sleep(1)
              while not joining.done():
                  print(outcome(queue.task_done))
                  await asyncio.sleep(1)
              print(outcome(queue.task_done), outcome(queue.get_nowait), await awaiting(queue.get()))
    `,
      function* (print) {
        const plan: [number, number][] = [
          [0, 0],
          [1, 0],
          [1, 1],
          [2, 1],
          [3, 0],
          [0, 3],
        ];
        for (const [taken, done] of plan) {
          const queue = new Queue<number>();
          const joins = function* (): Coroutine {
            yield* queue.join();
            print("joined", t(), queue);
          };
          const taskDone = (): string => outcome(() => queue.taskDone());
          for (let item = 0; item < 3; item += 1) queue.putNowait(item);
          for (let count = 0; count < taken; count += 1) queue.getNowait();
          for (let count = 0; count < done; count += 1) queue.taskDone();
          const joining = createTask(joins());
          yield* sleep(1);
          print(taken, done, queue.shutdown(true), queue, queue.empty());
          yield* sleep(1);
          while (!joining.done()) {
            print(taskDone());
            yield* sleep(1);
          }
          print(
            taskDone(),
            outcome(() => queue.getNowait()),
            yield* awaiting(queue.get()),
          );
        }
      },
    ));

  it("QU-10: shutdown(immediate=True) wakes joiners before getters and putters", () =>
    same(
      `
      ${helpers}
      async def main():
          async def logs(name, awaitable):
              print(name, await awaiting(awaitable), shown(queue))

          queue = asyncio.Queue(1)
          queue.put_nowait("item")
          tasks = [
              asyncio.create_task(logs("put", queue.put("another"))),
              asyncio.create_task(logs("join", queue.join())),
          ]
          await asyncio.sleep(0)
          queue.shutdown(immediate=True)
          tasks.append(asyncio.create_task(logs("get", queue.get())))
          await asyncio.wait(tasks)
    `,
      function* (print) {
        function* logs(name: string, awaitable: Awaitable<unknown>): Coroutine {
          print(name, yield* awaiting(awaitable), queue);
        }
        const queue = new Queue<string>(1);
        queue.putNowait("item");
        const tasks = [createTask(logs("put", queue.put("another"))), createTask(logs("join", queue.join()))];
        yield* sleep(0);
        queue.shutdown(true);
        tasks.push(createTask(logs("get", queue.get())));
        yield* wait(tasks);
      },
    ));

  it("QU-10: whatever the order of shutdowns, puts, gets and task_done() around a waiting getter, putter and joiner", () =>
    same(
      `
      ${helpers}
      async def main():
          async def logs(name, awaitable):
              log.append(f"{name} {await awaiting(awaitable)} {shown(queue)}")

          names = ["shutdown", "immediate", "get", "done", "cancel"]
          for size, order in itertools.product((0, 1), itertools.permutations(names)):
              log, queue = [], asyncio.Queue(1)
              for item in range(size):
                  queue.put_nowait(item)
              waiting = {"put b": queue.put("b"), "put c": queue.put("c")} if size else {"get b": queue.get(), "get c": queue.get()}
              tasks = [asyncio.create_task(logs(*each)) for each in (*waiting.items(), ("join", queue.join()))]
              actions = {
                  "shutdown": queue.shutdown,
                  "immediate": lambda: queue.shutdown(True),
                  "get": lambda: log.append(outcome(queue.get_nowait)),
                  "done": lambda: log.append(outcome(queue.task_done)),
                  "cancel": tasks[0].cancel,
              }
              await asyncio.sleep(0)
              for action in order:
                  actions[action]()
              print(size, " ".join(order), shown(queue))
              await asyncio.sleep(1)
              print(log, shown(queue), [task.done() for task in tasks])
              for task in tasks:
                  task.cancel()
              await asyncio.wait(tasks)
    `,
      function* (print) {
        const names = ["shutdown", "immediate", "get", "done", "cancel"] as const;
        for (const size of [0, 1]) {
          for (const order of permutations(names)) {
            const log: string[] = [];
            const queue = new Queue<number | string>(1);
            const logs = function* (name: string, awaitable: Awaitable<unknown>): Coroutine {
              const end = yield* awaiting(awaitable);
              log.push(`${name} ${end} ${String(queue)}`);
            };
            for (let item = 0; item < size; item += 1) queue.putNowait(item);
            const waiting = size > 0 ? ["put b", "put c"] : ["get b", "get c"];
            const start = (name: string): Awaitable<unknown> => (size > 0 ? queue.put(name.slice(-1)) : queue.get());
            const tasks = waiting.map((name) => createTask(logs(name, start(name))));
            tasks.push(createTask(logs("join", queue.join())));
            const actions = {
              shutdown: () => queue.shutdown(),
              immediate: () => queue.shutdown(true),
              get: () => log.push(outcome(() => queue.getNowait())),
              done: () => log.push(outcome(() => queue.taskDone())),
              cancel: () => tasks[0]?.cancel(),
            };
            yield* sleep(0);
            for (const action of order) actions[action]();
            print(size, order.join(" "), queue);
            yield* sleep(1);
            print(
              log,
              queue,
              tasks.map((task) => task.done()),
            );
            for (const task of tasks) task.cancel();
            yield* wait(tasks);
          }
        }
      },
    ));

  it("QU-11: shutdown() can be repeated and made immediate later, and join() still waits for what is unfinished", () =>
    same(
      `
      ${helpers}
      async def main():
          queue = asyncio.Queue()
          for item in range(3):
              queue.put_nowait(item)
          print(queue.get_nowait(), queue.shutdown(), queue.shutdown(), shown(queue))
          joining = asyncio.create_task(queue.join())
          await asyncio.sleep(1)
          print(joining.done(), queue.shutdown(True), queue.shutdown(True), queue.shutdown(), shown(queue))
          await asyncio.sleep(1)
          print(joining.done(), queue.task_done(), await joining, t(), shown(queue))
          print(await queue.join(), outcome(queue.task_done))
    `,
      function* (print) {
        const queue = new Queue<number>();
        for (let item = 0; item < 3; item += 1) queue.putNowait(item);
        print(queue.getNowait(), queue.shutdown(), queue.shutdown(), queue);
        const joining = createTask(queue.join());
        yield* sleep(1);
        print(joining.done(), queue.shutdown(true), queue.shutdown(true), queue.shutdown(), queue);
        yield* sleep(1);
        print(joining.done(), queue.taskDone(), yield* joining, t(), queue);
        print(
          yield* queue.join(),
          outcome(() => queue.taskDone()),
        );
      },
    ));

  it("QU-12: a PriorityQueue gives the smallest first, a LifoQueue the newest", () =>
    same(
      `
      ${helpers}
      async def main():
          for cls in (asyncio.PriorityQueue, asyncio.LifoQueue):
              for items in ([3, 1, 2], ["b", "a", "B", "ab", "", "ä"], [0.5, -1, 0, -0.5, 100.5, float("-inf")]):
                  queue = cls()
                  for item in items:
                      queue.put_nowait(item)
                  print(shown(queue), [await queue.get() for _ in items], shown(queue))
    `,
      function* (print) {
        for (const cls of [PriorityQueue, LifoQueue]) {
          for (const items of [
            [3, 1, 2],
            ["b", "a", "B", "ab", "", "ä"],
            [0.5, -1, 0, -0.5, 100.5, -Infinity],
          ]) {
            const queue = new cls<number | string>();
            for (const item of items) queue.putNowait(item);
            const before = String(queue);
            const taken: (number | string)[] = [];
            while (!queue.empty()) taken.push(yield* queue.get());
            print(before, taken, queue);
          }
        }
      },
    ));

  it("QU-12: tuples are compared element by element, also inside each other, and a shorter one comes first", () =>
    same(
      `
      ${helpers}
      async def main():
          queue = asyncio.PriorityQueue()
          items = [(1, "b"), (1, "a", 0), (1, "a"), (0, "z"), (1,), (2, "a"), (), (1, "a", -1), (0, "z")]
          for item in items:
              queue.put_nowait(item)
          for _ in items:
              print(list(queue.get_nowait()))
          items = [((1, 2), "b"), ((1, 2), "a"), ((1,), "c"), ((0, 9), "d"), ((1, 1, 9), "e")]
          for item in items:
              queue.put_nowait(item)
          for _ in items:
              print(queue.get_nowait()[1])
          for item in ((1, None), (1, None), (0, None)):
              queue.put_nowait(item)
          print([queue.get_nowait()[0] for _ in range(3)])
    `,
      function* (print) {
        const queue = new PriorityQueue<unknown[]>();
        const items = [[1, "b"], [1, "a", 0], [1, "a"], [0, "z"], [1], [2, "a"], [], [1, "a", -1], [0, "z"]];
        for (const item of items) queue.putNowait(item);
        for (const _ of items) print(queue.getNowait());
        const nested = [
          [[1, 2], "b"],
          [[1, 2], "a"],
          [[1], "c"],
          [[0, 9], "d"],
          [[1, 1, 9], "e"],
        ];
        for (const item of nested) queue.putNowait(item);
        for (const _ of nested) print(queue.getNowait()[1]);
        for (const item of [
          [1, undefined],
          [1, undefined],
          [0, undefined],
        ]) {
          queue.putNowait(item);
        }
        print([1, 2, 3].map(() => queue.getNowait()[0]));
      },
    ));

  it("QU-12: items of equal rank come in the order of CPython's heap", () =>
    same(
      `
      ${helpers}
      ${randomInPython}
      class Item:
          def __init__(self, rank, name):
              self.rank, self.name = rank, name

          def __lt__(self, other):
              return self.rank < other.rank

          def __repr__(self):
              return f"{self.rank}:{self.name}"

      async def main():
          for seed, ranks in itertools.product(range(1, 20), (1, 2, 3, 10)):
              queue, taken = asyncio.PriorityQueue(), []
              for name, number in enumerate(random(seed, 120)):
                  # Two are put for one that is taken, and in the end the rest is.
                  if number // 16 % 3 == 0 and not queue.empty():
                      taken.append(queue.get_nowait())
                  else:
                      queue.put_nowait(Item(number // 64 % ranks, name))
              print(shown(queue))
              while not queue.empty():
                  taken.append(queue.get_nowait())
              print(taken)
    `,
      function* (print) {
        class Item {
          readonly rank: number;
          readonly name: number;
          constructor(rank: number, name: number) {
            this.rank = rank;
            this.name = name;
          }
          toString(): string {
            return `${this.rank}:${this.name}`;
          }
        }
        for (let seed = 1; seed < 20; seed += 1) {
          for (const ranks of [1, 2, 3, 10]) {
            const queue = new PriorityQueue<Item>(0, { compare: (a, b) => a.rank - b.rank });
            const taken: Item[] = [];
            for (const [name, number] of random(seed, 120).entries()) {
              if (Math.floor(number / 16) % 3 === 0 && !queue.empty()) taken.push(queue.getNowait());
              else queue.putNowait(new Item(Math.floor(number / 64) % ranks, name));
            }
            print(queue);
            while (!queue.empty()) taken.push(queue.getNowait());
            print(taken);
          }
        }
      },
    ));

  it("QU-12: items that compare equal without being told how come in the order of CPython's heap too", () =>
    same(
      `
      ${helpers}
      ${randomInPython}
      async def main():
          queue = asyncio.PriorityQueue()
          for number in random(7, 100):
              queue.put_nowait((number // 8 % 4, [False, 0][number // 64 % 2], [1, True][number // 128 % 2]))
          print([shown(queue.get_nowait()) for _ in range(100)])
    `,
      function* (print) {
        const queue = new PriorityQueue<[number, number | boolean, number | boolean]>();
        for (const number of random(7, 100)) {
          const [first, second] = [Math.floor(number / 64) % 2 === 0, Math.floor(number / 128) % 2 === 0];
          queue.putNowait([Math.floor(number / 8) % 4, first ? false : 0, second ? 1 : true]);
        }
        print(Array.from({ length: 100 }, () => repr(queue.getNowait())));
      },
    ));

  it("QU-12: strings are compared by code points", () =>
    sameScript(
      `
      queue = asyncio.PriorityQueue()
      names = {"z": "letter", "\\uFF5E": "wide tilde", "\\U0001F600": "face"}
      for item in ("\\U0001F600", "\\uFF5E", "z"):
          queue.put_nowait(item)
      print([names[queue.get_nowait()] for _ in range(3)])
    `,
      (print) => {
        const queue = new PriorityQueue<string>();
        const names = new Map([
          ["z", "letter"],
          ["\uFF5E", "wide tilde"],
          ["\u{1F600}", "face"],
        ]);
        for (const item of ["\u{1F600}", "\uFF5E", "z"]) queue.putNowait(item);
        print([1, 2, 3].map(() => names.get(queue.getNowait())));
      },
    ));

  it("QU-12: both wait like a Queue: full, empty, stolen from, cancelled, shut down", () =>
    same(
      `
      ${helpers}
      async def main():
          async def putter(name, item):
              print(name, await awaiting(queue.put(item)), shown(queue))

          async def getter(name):
              print(name, await awaiting(queue.get()), shown(queue))

          for cls in (asyncio.PriorityQueue, asyncio.LifoQueue):
              queue = cls(2)
              tasks = [asyncio.create_task(getter(name)) for name in "ab"]
              await asyncio.sleep(0)
              queue.put_nowait(5)
              queue.put_nowait(4)
              print(queue.full(), outcome(lambda: queue.put_nowait(1)), queue.get_nowait())
              await asyncio.sleep(0)
              tasks[1].cancel("x")
              tasks += [asyncio.create_task(putter(item, item)) for item in (9, 1, 8, 2)]
              await asyncio.sleep(0)
              tasks[3].cancel("y")
              print(await queue.get(), shown(queue))
              await asyncio.sleep(0)
              print(shown(queue))
              queue.shutdown()
              await asyncio.wait(tasks)
              print(await queue.get(), await queue.get(), await awaiting(queue.get()), shown(queue))
    `,
      function* (print) {
        for (const cls of [PriorityQueue, LifoQueue]) {
          const queue = new cls<number>(2);
          const putter = function* (name: number, item: number): Coroutine {
            print(name, yield* awaiting(queue.put(item)), queue);
          };
          const getter = function* (name: string): Coroutine {
            print(name, yield* awaiting(queue.get()), queue);
          };
          const tasks = ["a", "b"].map((name) => createTask(getter(name)));
          yield* sleep(0);
          queue.putNowait(5);
          queue.putNowait(4);
          const refused = (): string => outcome(() => queue.putNowait(1));
          print(queue.full(), refused(), queue.getNowait());
          yield* sleep(0);
          tasks[1]?.cancel("x");
          tasks.push(...[9, 1, 8, 2].map((item) => createTask(putter(item, item))));
          yield* sleep(0);
          tasks[3]?.cancel("y");
          print(yield* queue.get(), queue);
          yield* sleep(0);
          print(queue);
          queue.shutdown();
          yield* wait(tasks);
          print(yield* queue.get(), yield* queue.get(), yield* awaiting(queue.get()), queue);
        }
      },
    ));

  it("QU-12: a subclass gives its own order through the same protected methods", () =>
    same(
      `
      ${helpers}
      class Latest(asyncio.Queue):
          """Holds the newest item only."""

          def _init(self, maxsize):
              self._queue = []

          def _put(self, item):
              self._queue[:] = [item]

          def _get(self):
              return self._queue.pop()

      async def main():
          queue = Latest()
          task = asyncio.create_task(queue.get())
          await asyncio.sleep(0)
          for item in "abc":
              queue.put_nowait(item)
          print(shown(queue), queue.qsize(), await task, shown(queue), queue.empty())
    `,
      function* (print) {
        /** Holds the newest item only. */
        class Latest<T> extends Queue<T> {
          #held: T[] = [];
          override qsize(): number {
            return this.#held.length;
          }
          protected override _put(item: T): void {
            this.#held = [item];
          }
          protected override _get(): T {
            return this.#held.pop() as T;
          }
          protected override _items(): readonly T[] {
            return this.#held;
          }
        }
        const queue = new Latest<string>();
        const task = createTask(queue.get());
        yield* sleep(0);
        for (const item of "abc") queue.putNowait(item);
        print(String(queue), queue.qsize(), yield* task, queue, queue.empty());
      },
    ));

  it("QU-12: items that cannot be compared raise TypeError", () =>
    same(
      `
      ${helpers}
      class Job:
          pass

      async def main():
          job = Job()
          for one, other in ((1, "a"), ((1, Job()), (1, Job())), ((1, None), (1, "a")), (1, (1,)), ((1, job), (1, job))):
              queue = asyncio.PriorityQueue()
              queue.put_nowait(one)
              print(outcome(lambda: queue.put_nowait(other)).split("(")[0], queue._unfinished_tasks)
    `,
      function* (print) {
        class Job {
          readonly name = "job";
        }
        const job = new Job();
        const pairs: [one: unknown, other: unknown][] = [
          [1, "a"],
          [
            [1, new Job()],
            [1, new Job()],
          ],
          [
            [1, undefined],
            [1, "a"],
          ],
          [1, [1]],
          [
            [1, job],
            [1, job],
          ],
        ];
        for (const [one, other] of pairs) {
          const queue = new PriorityQueue<unknown>();
          queue.putNowait(one);
          const end = outcome(() => queue.putNowait(other)).split("(")[0];
          print(end, /tasks=(\d+)/.exec(String(queue))?.[1]);
        }
      },
    ));

  it("QU-12: an error of a comparison leaves every item that was not taken in the heap, once", () =>
    same(
      `
      ${helpers}
      class Item:
          def __init__(self, rank):
              self.rank = rank

          def __lt__(self, other):
              if {self.rank, other.rank} == forbidden:
                  raise ValueError("x")
              return self.rank < other.rank

          def __repr__(self):
              return str(self.rank)

      async def main():
          global forbidden
          for forbidden in ({1, 2}, {1, 3}, {2, 3}, {1, 9}, {2, 9}, {3, 9}):
              queue = asyncio.PriorityQueue()
              for rank in (1, 5, 9, 6, 7, 3, 2):
                  print(outcome(lambda: queue.put_nowait(Item(rank))), shown(queue))
              for _ in range(5):
                  print(outcome(queue.get_nowait), shown(queue))
    `,
      function* (print) {
        const pairs: [number, number][] = [
          [1, 2],
          [1, 3],
          [2, 3],
          [1, 9],
          [2, 9],
          [3, 9],
        ];
        for (const forbidden of pairs) {
          const compare = (a: number, b: number): number => {
            if (forbidden.includes(a) && forbidden.includes(b)) throw new ValueError("x");
            return a - b;
          };
          const queue = new PriorityQueue<number>(0, { compare });
          for (const rank of [1, 5, 9, 6, 7, 3, 2]) {
            print(
              outcome(() => queue.putNowait(rank)),
              queue,
            );
          }
          for (let count = 0; count < 5; count += 1) {
            print(
              outcome(() => queue.getNowait()),
              queue,
            );
          }
        }
      },
    ));

  it("QU-12: a rank that is no number equals no other", () =>
    sameScript(
      `
      nan, queue = float("nan"), asyncio.PriorityQueue()
      for item in ((2, "a"), (nan, "b"), (1, "c"), (nan, "a"), (nan, "B")):
          queue.put_nowait(item)
      print([list(queue.get_nowait()) for _ in range(5)])
    `,
      (print) => {
        const queue = new PriorityQueue<[number, string]>();
        const ranks = [2, NaN, 1, NaN, NaN];
        for (const [index, rank] of ranks.entries()) queue.putNowait([rank, "abcaB".charAt(index)]);
        print(Array.from({ length: 5 }, () => queue.getNowait()));
      },
    ));

  it("QU-13: a queue that never makes anybody wait can be used with several loops in turn", () =>
    sameScript(
      `
      ${helpers}
      queue = asyncio.Queue(2)
      queue.put_nowait("outside")

      async def uses(item):
          await queue.put(item)
          queue.task_done()
          return await queue.get()

      async def waits():
          await queue.get()
          return await queue.get()

      one, two = asyncio.new_event_loop(), asyncio.new_event_loop()
      print(one.run_until_complete(uses("one")), two.run_until_complete(uses("two")), shown(queue))
      two.call_later(1, queue.put_nowait, "later")
      print(two.run_until_complete(waits()), one.run_until_complete(uses("one")), shown(queue))
      print(one.run_until_complete(awaiting(queue.get())), shown(queue))
      queue.put_nowait("a")
      queue.put_nowait("b")
      print(one.run_until_complete(awaiting(queue.put("c"))), shown(queue))
      # The event behind join() belongs to a loop of its own.
      one.call_later(1, lambda: [queue.task_done() for _ in range(4)])
      print(one.run_until_complete(awaiting(queue.join())), shown(queue))
      queue.get_nowait()
      queue.put_nowait("again")
      print(two.run_until_complete(awaiting(queue.join())), shown(queue))
      one.close()
      two.close()
    `,
      (print, newLoop) => {
        const queue = new Queue<string>(2);
        queue.putNowait("outside");
        function* uses(item: string): Coroutine<string> {
          yield* queue.put(item);
          queue.taskDone();
          return yield* queue.get();
        }
        function* waits(): Coroutine<string> {
          yield* queue.get();
          return yield* queue.get();
        }
        const [one, two] = [newLoop(), newLoop()];
        print(one.runUntilComplete(uses("one")), two.runUntilComplete(uses("two")), queue);
        two.callLater(1, () => queue.putNowait("later"));
        print(two.runUntilComplete(waits()), one.runUntilComplete(uses("one")), queue);
        print(one.runUntilComplete(awaiting(queue.get())), queue);
        queue.putNowait("a");
        queue.putNowait("b");
        print(one.runUntilComplete(awaiting(queue.put("c"))), queue);
        one.callLater(1, () => [1, 2, 3, 4].map(() => queue.taskDone()));
        print(one.runUntilComplete(awaiting(queue.join())), queue);
        queue.getNowait();
        queue.putNowait("again");
        print(two.runUntilComplete(awaiting(queue.join())), queue);
        one.close();
        two.close();
      },
    ));

  it("QU-14: put() on a full queue that is shut down raises at once, and what it holds can be taken", () =>
    same(
      `
      ${helpers}
      async def main():
          queue = asyncio.Queue(2)
          queue.put_nowait("a")
          queue.put_nowait("b")
          queue.shutdown()
          asyncio.get_running_loop().call_soon(print, "next iteration")
          print(await awaiting(queue.put("c")), outcome(lambda: queue.put_nowait("c")))
          print(outcome(queue.get_nowait), outcome(queue.get_nowait), outcome(queue.get_nowait), shown(queue))
          print(await awaiting(queue.get()), await awaiting(queue.put("c")))
    `,
      function* (print) {
        const queue = new Queue<string>(2);
        queue.putNowait("a");
        queue.putNowait("b");
        queue.shutdown();
        const get = (): string => outcome(() => queue.getNowait());
        getRunningLoop().callSoon(() => print("next iteration"));
        print(
          yield* awaiting(queue.put("c")),
          outcome(() => queue.putNowait("c")),
        );
        print(get(), get(), get(), queue);
        print(yield* awaiting(queue.get()), yield* awaiting(queue.put("c")));
      },
    ));

  it("QU-15: a get() that was woken and cancelled leaves the count of unfinished items as it is", () =>
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

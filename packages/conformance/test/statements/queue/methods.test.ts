import {
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
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same, sameScript } from "../../../src/same.ts";
import { awaiting, outcome, t } from "../outcomes.ts";
import { helpers } from "./helpers.ts";

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

  it("QU-01: the repr shows maxsize, the items, the waiters, the number of unfinished items, and shutdown", () =>
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

  it("QU-01: the repr shows a maxsize of infinity", () =>
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

  it("QU-02: a producer and consumers that wait go through the iterations in the same order", () =>
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

  it("QU-07: task_done() called more often than items were put raises ValueError", () =>
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

  it("QU-07: join() returns at once when nothing is unfinished, and otherwise when the last item is done", () =>
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

  it("QU-07: join() goes on although an item is put in the step that finished the last one", () =>
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

  it("QU-13: a queue that never makes a task wait can be used with several loops in turn", () =>
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
});

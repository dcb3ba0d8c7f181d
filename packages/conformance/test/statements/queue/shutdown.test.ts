import { type Awaitable, type Coroutine, createTask, getRunningLoop, sleep, wait } from "@yieldstar/loop";
import { Queue } from "@yieldstar/sync";
import { describe, it } from "vitest";
import { same } from "../../../src/same.ts";
import { awaiting, outcome, permutations, t } from "../outcomes.ts";
import { helpers } from "./helpers.ts";

describe("QU: queues", () => {
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

  it("QU-09: shutdown() wakes all waiters in their order; putters raise even if there is room", () =>
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

  it("QU-09: shutdown() wakes getters before putters", () =>
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

  it("QU-10: shutdown(immediate=True) discards the items, and frees join() only if no item is being worked on", () =>
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

  it("QU-10: shutdowns, puts, gets and task_done() around waiting tasks end as in CPython in every order", () =>
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

  it("QU-11: shutdown() can be repeated and made immediate later, and join() still waits for unfinished items", () =>
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

  it("QU-14: put() on a full queue that is shut down raises at once, and its items can be taken", () =>
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
});

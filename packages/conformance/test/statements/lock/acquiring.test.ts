import { asyncWith, type Coroutine, createTask, getRunningLoop, sleep, ValueError, wait } from "@yieldstar/loop";
import { Barrier, Condition, Event, Lock, Queue, Semaphore } from "@yieldstar/sync";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same, sameScript } from "../../../src/same.ts";
import { awaiting, outcome, t } from "../outcomes.ts";
import { helpers } from "./helpers.ts";

describe("LK: locks, and how primitives belong to a loop", () => {
  it("LK-01: acquire() takes a free lock without suspending, and returns True", () =>
    same(
      `
      async def main():
          lock = asyncio.Lock()
          asyncio.get_running_loop().call_soon(print, "next iteration")
          print(lock.locked(), await lock.acquire(), lock.locked())
          print(lock.release(), lock.locked(), await lock.acquire(), lock.locked())
          await asyncio.sleep(0)
          lock.release()
    `,
      function* (print) {
        const lock = new Lock();
        getRunningLoop().callSoon(() => print("next iteration"));
        print(lock.locked(), yield* lock.acquire(), lock.locked());
        print(lock.release(), lock.locked(), yield* lock.acquire(), lock.locked());
        yield* sleep(0);
        lock.release();
      },
    ));

  it("LK-01: acquire() returns True also after it has waited", () =>
    same(
      `
      async def main():
          lock = asyncio.Lock()
          await lock.acquire()
          asyncio.get_running_loop().call_later(1, lock.release)
          print(await lock.acquire(), t(), lock.locked())
    `,
      function* (print) {
        const lock = new Lock();
        yield* lock.acquire();
        getRunningLoop().callLater(1, () => lock.release());
        print(yield* lock.acquire(), t(), lock.locked());
      },
    ));

  it("LK-01: releasing an unlocked lock raises RuntimeError, and leaves it usable", () =>
    same(
      `
      ${helpers}
      async def main():
          lock = asyncio.Lock()
          print(outcome(lock.release), lock.locked())
          print(await lock.acquire(), lock.release(), outcome(lock.release), await lock.acquire(), lock.locked())
    `,
      function* (print) {
        const lock = new Lock();
        print(
          outcome(() => lock.release()),
          lock.locked(),
        );
        print(
          yield* lock.acquire(),
          lock.release(),
          outcome(() => lock.release()),
          yield* lock.acquire(),
          lock.locked(),
        );
      },
    ));

  it("LK-01: any task or callback may release, and a task that acquires twice waits for itself", () =>
    same(
      `
      async def main():
          async def releases():
              await asyncio.sleep(1)
              lock.release()

          lock = asyncio.Lock()
          await lock.acquire()
          task = asyncio.create_task(releases())
          print(await lock.acquire(), t())
          asyncio.get_running_loop().call_later(1, lock.release)
          print(await lock.acquire(), t())
    `,
      function* (print) {
        function* releases(): Coroutine {
          yield* sleep(1);
          lock.release();
        }
        const lock = new Lock();
        yield* lock.acquire();
        createTask(releases());
        print(yield* lock.acquire(), t());
        getRunningLoop().callLater(1, () => lock.release());
        print(yield* lock.acquire(), t());
      },
    ));

  it("LK-02: async with binds None, and frees the lock however the block ends", () =>
    same(
      `
      async def main():
          async def enters(block):
              try:
                  async with lock as value:
                      print(value, lock.locked())
                      return await block()
              finally:
                  print(lock.locked())

          async def fails():
              raise ValueError("x")

          lock = asyncio.Lock()
          print(await enters(lambda: asyncio.sleep(0, "result")))
          try:
              await enters(fails)
          except ValueError as error:
              print(repr(error))
          task = asyncio.create_task(enters(lambda: asyncio.sleep(5)))
          await asyncio.sleep(1)
          task.cancel()
          await asyncio.wait([task])
          print(task.cancelled(), t())
          print(await lock.__aenter__(), lock.locked(), await lock.__aexit__(None, None, None), lock.locked())
    `,
      function* (print) {
        function* enters(block: () => Coroutine<unknown>): Coroutine<unknown> {
          try {
            return yield* asyncWith(lock, function* (value) {
              print(value, lock.locked());
              return yield* block();
            });
          } finally {
            print(lock.locked());
          }
        }
        function* fails(): Coroutine {
          throw new ValueError("x");
        }
        const lock = new Lock();
        print(yield* enters(() => sleep(0, "result")));
        try {
          yield* enters(fails);
        } catch (error) {
          print(repr(error));
        }
        const task = createTask(enters(() => sleep(5)));
        yield* sleep(1);
        task.cancel();
        yield* wait([task]);
        print(task.cancelled(), t());
        print(yield* lock.aenter(), lock.locked(), yield* lock.aexit(undefined), lock.locked());
      },
    ));

  it("LK-02: leaving a block that released the lock itself raises RuntimeError", () =>
    same(
      `
      ${helpers}
      async def main():
          async def block():
              async with lock:
                  lock.release()
                  return "result"

          lock = asyncio.Lock()
          print(await awaiting(block()), lock.locked())
    `,
      function* (print) {
        const lock = new Lock();
        const block = asyncWith(lock, function* () {
          lock.release();
          return "result";
        });
        print(yield* awaiting(block), lock.locked());
      },
    ));

  it("LK-03: no task has the lock between release() and the step of the first waiter", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker(name):
              await lock.acquire()
              print(name, "has it", lock.locked())

          loop = asyncio.get_running_loop()
          lock = asyncio.Lock()
          await lock.acquire()
          tasks = [asyncio.create_task(worker(name)) for name in "ab"]
          await asyncio.sleep(0)
          loop.call_soon(lambda: print("before the step", lock.locked(), outcome(lock.release)))
          lock.release()
          loop.call_soon(lambda: print("after the step", lock.locked()))
          print("released", lock.locked(), outcome(lock.release))
          await asyncio.sleep(0)
          lock.release()
          await asyncio.wait(tasks)
    `,
      function* (print) {
        function* worker(name: string): Coroutine {
          yield* lock.acquire();
          print(name, "has it", lock.locked());
        }
        const loop = getRunningLoop();
        const lock = new Lock();
        yield* lock.acquire();
        const tasks = ["a", "b"].map((name) => createTask(worker(name)));
        yield* sleep(0);
        const release = (): void => lock.release();
        loop.callSoon(() => print("before the step", lock.locked(), outcome(release)));
        lock.release();
        loop.callSoon(() => print("after the step", lock.locked()));
        print("released", lock.locked(), outcome(release));
        yield* sleep(0);
        lock.release();
        yield* wait(tasks);
      },
    ));

  it("LK-04: a task that comes between release() and that step queues behind the waiters", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker(name):
              print(name, "comes", shown(lock))
              async with lock:
                  print(name, "has it", t())
                  await asyncio.sleep(1)

          lock = asyncio.Lock()
          await lock.acquire()
          tasks = [asyncio.create_task(worker(name)) for name in "abc"]
          await asyncio.sleep(1)
          tasks.append(asyncio.create_task(worker("newcomer")))
          lock.release()
          await asyncio.wait(tasks)
    `,
      function* (print) {
        function* worker(name: string): Coroutine {
          print(name, "comes", lock);
          yield* asyncWith(lock, function* () {
            print(name, "has it", t());
            yield* sleep(1);
          });
        }
        const lock = new Lock();
        yield* lock.acquire();
        const tasks = ["a", "b", "c"].map((name) => createTask(worker(name)));
        yield* sleep(1);
        tasks.push(createTask(worker("newcomer")));
        lock.release();
        yield* wait(tasks);
      },
    ));

  it("LK-09: the repr shows whether the lock is locked, and the number of waiters", () =>
    same(
      `
      ${helpers}
      async def main():
          lock = asyncio.Lock()
          print(shown(lock))
          await lock.acquire()
          print(shown(lock))
          tasks = [asyncio.create_task(lock.acquire()) for _ in range(3)]
          print(shown(lock))
          await asyncio.sleep(0)
          print(shown(lock))
          tasks[0].cancel()
          print(shown(lock))
          lock.release()
          print(shown(lock))
          for _ in range(3):
              await asyncio.sleep(0)
              print(shown(lock))
          tasks[2].cancel()
          await asyncio.sleep(0)
          print(shown(lock))
          lock.release()
          print(shown(lock))
    `,
      function* (print) {
        const lock = new Lock();
        print(lock);
        yield* lock.acquire();
        print(lock);
        const tasks = [1, 2, 3].map(() => createTask(lock.acquire()));
        print(lock);
        yield* sleep(0);
        print(lock);
        tasks[0]?.cancel();
        print(lock);
        lock.release();
        print(lock);
        for (let count = 0; count < 3; count += 1) {
          yield* sleep(0);
          print(lock);
        }
        tasks[2]?.cancel();
        yield* sleep(0);
        print(lock);
        lock.release();
        print(lock);
      },
    ));

  it("LK-09: the repr of a subclass shows its name, as with the other primitives", () =>
    sameScript(
      `
      ${helpers}
      class OwnLock(asyncio.Lock): pass
      class OwnEvent(asyncio.Event): pass
      class OwnCondition(asyncio.Condition): pass
      class OwnSemaphore(asyncio.Semaphore): pass
      class OwnBarrier(asyncio.Barrier): pass
      class OwnQueue(asyncio.Queue): pass

      for primitive in (OwnLock(), OwnEvent(), OwnCondition(), OwnSemaphore(), OwnBarrier(2), OwnQueue()):
          print(shown(primitive))
    `,
      (print) => {
        class OwnLock extends Lock {}
        class OwnEvent extends Event {}
        class OwnCondition extends Condition {}
        class OwnSemaphore extends Semaphore {}
        class OwnBarrier extends Barrier {}
        class OwnQueue<T> extends Queue<T> {}
        const [lock, event, condition] = [new OwnLock(), new OwnEvent(), new OwnCondition()];
        for (const primitive of [lock, event, condition, new OwnSemaphore(), new OwnBarrier(2), new OwnQueue()]) {
          print(primitive);
        }
      },
    ));

  it("LK-10: a task that releases and acquires again goes to the end of the queue", () =>
    same(
      `
      async def main():
          async def worker(name):
              await lock.acquire()
              for round in range(3):
                  print(name, round, t())
                  await asyncio.sleep(1)
                  lock.release()
                  await lock.acquire()
              lock.release()

          lock = asyncio.Lock()
          await asyncio.wait([asyncio.create_task(worker(name)) for name in "abc"])
          print(t(), lock.locked())
    `,
      function* (print) {
        function* worker(name: string): Coroutine {
          yield* lock.acquire();
          for (let round = 0; round < 3; round += 1) {
            print(name, round, t());
            yield* sleep(1);
            lock.release();
            yield* lock.acquire();
          }
          lock.release();
        }
        const lock = new Lock();
        yield* wait(["a", "b", "c"].map((name) => createTask(worker(name))));
        print(t(), lock.locked());
      },
    ));
});

import {
  type Awaitable,
  asyncWith,
  CancelledError,
  closeCoroutine,
  type Coroutine,
  createTask,
  eagerTaskFactory,
  gather,
  getRunningLoop,
  sleep,
  type Task,
  ValueError,
  wait,
} from "@yieldstar/loop";
import { Barrier, BoundedSemaphore, Condition, Event, Lock, Queue, Semaphore } from "@yieldstar/sync";
import type { VirtualTimeLoop } from "@yieldstar/testing";
import { timeoutAt, waitFor } from "@yieldstar/timeout";
import { describe, it } from "vitest";
import { repr } from "../../src/python-text.ts";
import { same, sameScript } from "../../src/same.ts";

/** For snippets, and indented as they are: what a call, or awaiting, came to; and texts without addresses and modules. */
const helpers = `
      import itertools, re

      def shown(value):
          return re.sub(r"<(?:\\w+\\.)*(\\w+) (?:object )?at 0x[0-9a-f]+ ", r"<\\1 ", str(value))

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

  it("LK-02: a block that released the lock itself cannot be left", () =>
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

  it("LK-03: between release() and the step of the first waiter nobody has the lock", () =>
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

  it("LK-04: who comes in the gap queues up behind those who wait", () =>
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

  it("LK-05: a newcomer takes a free lock at once when all who wait are cancelled", () =>
    same(
      `
      ${helpers}
      async def main():
          lock = asyncio.Lock()
          await lock.acquire()
          tasks = [asyncio.create_task(lock.acquire()) for _ in range(2)]
          await asyncio.sleep(0)
          for task in tasks:
              task.cancel()
          lock.release()
          asyncio.get_running_loop().call_soon(print, "next iteration")
          print(await lock.acquire(), shown(lock))
          await asyncio.wait(tasks)
          print(shown(lock))
    `,
      function* (print) {
        const lock = new Lock();
        yield* lock.acquire();
        const tasks = [1, 2].map(() => createTask(lock.acquire()));
        yield* sleep(0);
        for (const task of tasks) task.cancel();
        lock.release();
        getRunningLoop().callSoon(() => print("next iteration"));
        print(yield* lock.acquire(), lock);
        yield* wait(tasks);
        print(lock);
      },
    ));

  it("LK-05: one waiter that is not cancelled, wherever it stands, keeps a newcomer waiting", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker(name):
              async with lock:
                  print(name, "has it")

          for kept in range(3):
              lock = asyncio.Lock()
              await lock.acquire()
              tasks = [asyncio.create_task(worker(name)) for name in "abc"]
              await asyncio.sleep(0)
              for index, task in enumerate(tasks):
                  if index != kept:
                      task.cancel()
              lock.release()
              asyncio.get_running_loop().call_soon(print, "next iteration")
              await worker("newcomer")
              print(kept, shown(lock))
    `,
      function* (print) {
        for (const kept of [0, 1, 2]) {
          const lock = new Lock();
          const worker = (name: string): Coroutine =>
            asyncWith(lock, function* () {
              print(name, "has it");
            });
          yield* lock.acquire();
          const tasks = ["a", "b", "c"].map((name) => createTask(worker(name)));
          yield* sleep(0);
          for (const [index, task] of tasks.entries()) if (index !== kept) task.cancel();
          lock.release();
          getRunningLoop().callSoon(() => print("next iteration"));
          yield* worker("newcomer");
          print(kept, lock);
        }
      },
    ));

  it("LK-06: a waiter that is woken and then cancelled wakes the next before it raises", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker(name):
              try:
                  await lock.acquire()
                  print(name, "has it")
              except asyncio.CancelledError as error:
                  print(name, repr(error), shown(lock))
                  # The next one is woken already: this comes after its step.
                  asyncio.get_running_loop().call_soon(lambda: print("later", shown(lock)))
                  raise

          lock = asyncio.Lock()
          await lock.acquire()
          tasks = [asyncio.create_task(worker(name)) for name in "abc"]
          await asyncio.sleep(0)
          lock.release()
          print([task.cancel("stop") for task in tasks[:2]])
          tasks.append(asyncio.create_task(worker("newcomer")))
          await asyncio.sleep(0.5)
          lock.release()
          await asyncio.wait(tasks)
          print([task.cancelled() for task in tasks], shown(lock))
    `,
      function* (print) {
        function* worker(name: string): Coroutine {
          try {
            yield* lock.acquire();
            print(name, "has it");
          } catch (error) {
            print(name, repr(error), lock);
            getRunningLoop().callSoon(() => print("later", lock));
            throw error;
          }
        }
        const lock = new Lock();
        yield* lock.acquire();
        const tasks = ["a", "b", "c"].map((name) => createTask(worker(name)));
        yield* sleep(0);
        lock.release();
        print(tasks.slice(0, 2).map((task) => task.cancel("stop")));
        tasks.push(createTask(worker("newcomer")));
        yield* sleep(0.5);
        lock.release();
        yield* wait(tasks);
        print(
          tasks.map((task) => task.cancelled()),
          lock,
        );
      },
    ));

  it("LK-06: the lock is free after the only waiter was woken and cancelled", () =>
    same(
      `
      ${helpers}
      async def main():
          lock = asyncio.Lock()
          await lock.acquire()
          waiter = asyncio.create_task(lock.acquire())
          await asyncio.sleep(0)
          lock.release()
          waiter.cancel("x")
          print(shown(lock), await awaiting(waiter), shown(lock), await lock.acquire())
    `,
      function* (print) {
        const lock = new Lock();
        yield* lock.acquire();
        const waiter = createTask(lock.acquire());
        yield* sleep(0);
        lock.release();
        waiter.cancel("x");
        const before = String(lock);
        print(before, yield* awaiting(waiter), String(lock), yield* lock.acquire());
      },
    ));

  it("LK-06: a timeout at the very moment of the release, in both orders", () =>
    same(
      `
      ${helpers}
      async def main():
          async def with_timeout():
              async with asyncio.timeout_at(deadline):
                  async with lock:
                      print("has it")

          loop = asyncio.get_running_loop()
          lock = asyncio.Lock()
          for guarded in (with_timeout, lambda: asyncio.wait_for(lock.acquire(), 1)):
              for delay in (0, 1):
                  await lock.acquire()
                  start, deadline = t(), t() + 1
                  if delay == 0:
                      loop.call_at(deadline, lock.release)
                  tasks = [asyncio.create_task(awaiting(guarded())), asyncio.create_task(awaiting(lock.acquire()))]
                  await asyncio.sleep(0)
                  if delay == 1:
                      loop.call_at(deadline, lock.release)
                  await asyncio.sleep(2)
                  if not tasks[1].done():
                      lock.release()
                  print(await asyncio.gather(*tasks), t() - start, shown(lock))
                  lock.release()
    `,
      function* (print) {
        function* withTimeout(): Coroutine {
          yield* asyncWith(timeoutAt(deadline), () =>
            asyncWith(lock, function* () {
              print("has it");
            }),
          );
        }
        const loop = getRunningLoop();
        const lock = new Lock();
        let deadline = 0;
        for (const guarded of [withTimeout, () => waitFor(lock.acquire(), 1)]) {
          for (const delay of [0, 1]) {
            yield* lock.acquire();
            const start = t();
            deadline = start + 1;
            if (delay === 0) loop.callAt(deadline, () => lock.release());
            const tasks = [createTask(awaiting(guarded())), createTask(awaiting(lock.acquire()))] as const;
            yield* sleep(0);
            if (delay === 1) loop.callAt(deadline, () => lock.release());
            yield* sleep(2);
            if (!tasks[1].done()) lock.release();
            print(yield* gather(tasks), t() - start, lock);
            lock.release();
          }
        }
      },
    ));

  it("LK-07: a waiter cancelled while the lock is held leaves the queue, and the holder keeps the lock", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker(name):
              try:
                  async with lock:
                      print(name, "has it", t())
                      await asyncio.sleep(1)
              except asyncio.CancelledError as error:
                  print(name, repr(error), t(), shown(lock))

          lock = asyncio.Lock()
          tasks = [asyncio.create_task(worker(name)) for name in "abcd"]
          await asyncio.sleep(0.5)
          for cancelled in (1, 3):
              print(shown(lock), tasks[cancelled].cancel(cancelled), shown(lock))
              await asyncio.sleep(0)
              print(shown(lock))
          await asyncio.wait(tasks)
    `,
      function* (print) {
        function* worker(name: string): Coroutine {
          try {
            yield* asyncWith(lock, function* () {
              print(name, "has it", t());
              yield* sleep(1);
            });
          } catch (error) {
            print(name, repr(error), t(), lock);
          }
        }
        const lock = new Lock();
        const tasks = ["a", "b", "c", "d"].map((name) => createTask(worker(name)));
        yield* sleep(0.5);
        for (const cancelled of [1, 3]) {
          print(String(lock), tasks[cancelled]?.cancel(cancelled), lock);
          yield* sleep(0);
          print(lock);
        }
        yield* wait(tasks);
      },
    ));

  it("LK-07: a coroutine that is closed while it waits leaves the queue; closed after it was woken it wakes nobody", () =>
    same(
      `
      ${helpers}
      async def main():
          lock = asyncio.Lock()
          await lock.acquire()
          for is_woken in (False, True):
              by_hand = lock.acquire()
              by_hand.send(None)
              task = asyncio.create_task(lock.acquire())
              await asyncio.sleep(0)
              if is_woken:
                  lock.release()
              print(shown(lock), by_hand.close(), shown(lock))
              if not is_woken:
                  lock.release()
              await asyncio.sleep(1)
              print(task.done(), shown(lock))
              if is_woken:
                  task.cancel()
    `,
      function* (print) {
        const lock = new Lock();
        yield* lock.acquire();
        for (const isWoken of [false, true]) {
          const byHand = lock.acquire();
          byHand.next();
          const task = createTask(lock.acquire());
          yield* sleep(0);
          if (isWoken) lock.release();
          print(String(lock), closeCoroutine(byHand), lock);
          if (!isWoken) lock.release();
          yield* sleep(1);
          print(task.done(), lock);
          if (isWoken) task.cancel();
        }
      },
    ));

  it("LK-08: a primitive binds to the loop where it first has to wait, and cannot wait on another", () =>
    sameScript(
      `
      ${helpers}
      def waiting(primitive, use, go_on=None, set_up=None):
          async def waits():
              if set_up:
                  await set_up(primitive)
              waiter = asyncio.create_task(awaiting(use(primitive)))
              await asyncio.sleep(0)
              if go_on:
                  go_on(primitive)
              else:
                  waiter.cancel()
              return await waiter

          one, two = asyncio.new_event_loop(), asyncio.new_event_loop()
          print(shown(primitive))
          for loop in (one, two, one):
              print(loop.run_until_complete(waits()))
          one.close()
          two.close()

      async def acquire(primitive):
          if not primitive.locked():
              await primitive.acquire()

      async def wait_on(condition):
          async with condition:
              await condition.wait()

      async def fill(queue):
          if not queue.full():
              await queue.put(1)

      def wait_first(primitive): return primitive.acquire()
      def release(primitive): primitive.release()

      waiting(asyncio.Lock(), wait_first, release, acquire)
      waiting(asyncio.Event(), lambda event: event.wait())
      waiting(asyncio.Condition(), wait_first, release, acquire)
      waiting(asyncio.Condition(), wait_on)
      waiting(asyncio.Semaphore(), wait_first, release, acquire)
      waiting(asyncio.BoundedSemaphore(), wait_first, release, acquire)
      waiting(asyncio.Barrier(2), lambda barrier: barrier.wait())
      waiting(asyncio.Queue(), lambda queue: queue.get())
      waiting(asyncio.Queue(1), lambda queue: queue.put(2), lambda queue: queue.get_nowait(), fill)
      waiting(asyncio.Queue(1), lambda queue: queue.join(), None, fill)
    `,
      (print, newLoop) => {
        function waiting<P>(
          primitive: P,
          use: (primitive: P) => Coroutine<unknown>,
          goOn?: (primitive: P) => void,
          setUp?: (primitive: P) => Coroutine,
        ): void {
          function* waits(): Coroutine<string> {
            if (setUp) yield* setUp(primitive);
            const waiter = createTask(awaiting(use(primitive)));
            yield* sleep(0);
            if (goOn) goOn(primitive);
            else waiter.cancel();
            return yield* waiter;
          }
          const [one, two] = [newLoop(), newLoop()];
          print(primitive);
          for (const loop of [one, two, one]) print(loop.runUntilComplete(waits()));
          one.close();
          two.close();
        }
        function* acquire(primitive: Lock | Condition | Semaphore): Coroutine {
          if (!primitive.locked()) yield* primitive.acquire();
        }
        function* fill(queue: Queue<number>): Coroutine {
          if (!queue.full()) yield* queue.put(1);
        }
        const waitFirst = (primitive: Lock | Condition | Semaphore): Coroutine<true> => primitive.acquire();
        const release = (primitive: Lock | Condition | Semaphore): void => primitive.release();
        waiting(new Lock(), waitFirst, release, acquire);
        waiting(new Event(), (event) => event.wait());
        waiting(new Condition(), waitFirst, release, acquire);
        waiting(new Condition(), (condition) => asyncWith(condition, () => condition.wait()));
        waiting(new Semaphore(), waitFirst, release, acquire);
        waiting(new BoundedSemaphore(), waitFirst, release, acquire);
        waiting(new Barrier(2), (barrier) => barrier.wait());
        waiting(new Queue<number>(), (queue) => queue.get());
        waiting(
          new Queue<number>(1),
          (queue) => queue.put(2),
          (queue) => queue.getNowait(),
          fill,
        );
        waiting(new Queue<number>(1), (queue) => queue.join(), undefined, fill);
      },
    ));

  it("LK-08: use that never has to wait binds to no loop, and goes on after another loop has bound it", () =>
    sameScript(
      `
      ${helpers}
      lock, event, semaphore = asyncio.Lock(), asyncio.Event(), asyncio.Semaphore(2)
      condition, barrier = asyncio.Condition(), asyncio.Barrier(1)

      async def never_waits():
          async with lock, semaphore, condition, barrier as index:
              event.set()
              condition.notify_all()
              print(await event.wait(), await condition.wait_for(lambda: "true"), index)
          event.clear()

      async def waits():
          await lock.acquire()
          task = asyncio.create_task(lock.acquire())
          await asyncio.sleep(0)
          lock.release()
          await task
          lock.release()

      async def contends():
          async with lock:
              await lock.acquire()

      one, two = asyncio.new_event_loop(), asyncio.new_event_loop()
      for loop, program in ((one, never_waits), (two, never_waits), (two, waits), (one, never_waits), (one, contends)):
          print(loop.run_until_complete(awaiting(program())), shown(lock))
      one.close()
      two.close()
    `,
      (print, newLoop) => {
        const [lock, event, semaphore] = [new Lock(), new Event(), new Semaphore(2)];
        const [condition, barrier] = [new Condition(), new Barrier(1)];
        function* neverWaits(): Coroutine {
          yield* asyncWith([lock, semaphore, condition, barrier], function* ([, , , index]) {
            event.set();
            condition.notifyAll();
            print(yield* event.wait(), yield* condition.waitFor(() => "true"), index);
          });
          event.clear();
        }
        function* waits(): Coroutine {
          yield* lock.acquire();
          const task = createTask(lock.acquire());
          yield* sleep(0);
          lock.release();
          yield* task;
          lock.release();
        }
        const contends = (): Coroutine =>
          asyncWith(lock, function* () {
            yield* lock.acquire();
          });
        const [one, two] = [newLoop(), newLoop()];
        const plan: [VirtualTimeLoop, () => Coroutine][] = [
          [one, neverWaits],
          [two, neverWaits],
          [two, waits],
          [one, neverWaits],
          [one, contends],
        ];
        for (const [loop, program] of plan) {
          print(loop.runUntilComplete(awaiting(program())), lock);
        }
        one.close();
        two.close();
      },
    ));

  it("LK-09: the repr shows whether it is locked, and how many are in the queue", () =>
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

  it("LK-09: the repr of a subclass bears its name, as with the other primitives", () =>
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

  it("LK-10: who releases and acquires again goes to the end of the queue", () =>
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

  it("LK-11: whatever the order of a release, cancellations of waiters and a newcomer, the lock is not lost", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker(name):
              try:
                  async with lock:
                      log.append(f"{name} has it")
                      await asyncio.sleep(0)
              except asyncio.CancelledError:
                  log.append(f"{name} cancelled")

          names = ["release", "cancel a", "cancel b", "newcomer"]
          for order, waits in itertools.product(itertools.permutations(names), ([], [0], [1], [2], [0, 1, 2])):
              log, lock = [], asyncio.Lock()
              await lock.acquire()
              tasks = [asyncio.create_task(worker(name)) for name in "abc"]
              actions = {
                  "release": lock.release,
                  "cancel a": tasks[0].cancel,
                  "cancel b": tasks[1].cancel,
                  "newcomer": lambda: tasks.append(asyncio.create_task(worker("newcomer"))),
              }
              await asyncio.sleep(1)
              for index, action in enumerate(order):
                  actions[action]()
                  if index in waits:
                      await asyncio.sleep(0)
              print(" ".join(order), waits, shown(lock))
              await asyncio.sleep(1)
              print(log, shown(lock), all(task.done() for task in tasks))
    `,
      function* (print) {
        function* worker(name: string, lock: Lock, log: string[]): Coroutine {
          try {
            yield* asyncWith(lock, function* () {
              log.push(`${name} has it`);
              yield* sleep(0);
            });
          } catch (error) {
            if (!(error instanceof CancelledError)) throw error;
            log.push(`${name} cancelled`);
          }
        }
        const names = ["release", "cancel a", "cancel b", "newcomer"] as const;
        for (const order of permutations(names)) {
          for (const waits of [[], [0], [1], [2], [0, 1, 2]]) {
            const log: string[] = [];
            const lock = new Lock();
            yield* lock.acquire();
            const tasks = ["a", "b", "c"].map((name) => createTask(worker(name, lock, log)));
            const actions = {
              release: () => lock.release(),
              "cancel a": () => tasks[0]?.cancel(),
              "cancel b": () => tasks[1]?.cancel(),
              newcomer: () => tasks.push(createTask(worker("newcomer", lock, log))),
            };
            yield* sleep(1);
            for (const [index, action] of order.entries()) {
              actions[action]();
              if (waits.includes(index)) yield* sleep(0);
            }
            print(order.join(" "), waits, lock);
            yield* sleep(1);
            print(
              log,
              lock,
              tasks.every((task) => task.done()),
            );
          }
        }
      },
    ));

  it("LK-11: eager tasks queue up and pass the lock on in the same order", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker(name):
              try:
                  async with lock:
                      print(name, "has it", t())
                      await asyncio.sleep(1)
              except asyncio.CancelledError:
                  print(name, "cancelled", t())

          asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
          lock = asyncio.Lock()
          tasks = [asyncio.create_task(worker(name)) for name in "abcd"]
          print(shown(lock))
          tasks[1].cancel()
          tasks[0].cancel()
          print(shown(lock))
          tasks.append(asyncio.create_task(worker("e")))
          await asyncio.wait(tasks)
    `,
      function* (print) {
        function* worker(name: string): Coroutine {
          try {
            yield* asyncWith(lock, function* () {
              print(name, "has it", t());
              yield* sleep(1);
            });
          } catch {
            print(name, "cancelled", t());
          }
        }
        getRunningLoop().setTaskFactory(eagerTaskFactory);
        const lock = new Lock();
        const tasks: Task<void>[] = ["a", "b", "c", "d"].map((name) => createTask(worker(name)));
        print(lock);
        tasks[1]?.cancel();
        tasks[0]?.cancel();
        print(lock);
        tasks.push(createTask(worker("e")));
        yield* wait(tasks);
      },
    ));
});

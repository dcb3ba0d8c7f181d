import { asyncWith, type Coroutine, createTask, sleep } from "@yieldstar/loop";
import { Barrier, BoundedSemaphore, Condition, Event, Lock, Queue, Semaphore } from "@yieldstar/sync";
import type { VirtualTimeLoop } from "@yieldstar/testing";
import { describe, it } from "vitest";
import { sameScript } from "../../../src/same.ts";
import { awaiting } from "../outcomes.ts";
import { helpers } from "./helpers.ts";

describe("LK: locks, and how primitives belong to a loop", () => {
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

  it("LK-08: uses that need not wait bind to no loop, and work after another loop has bound the primitive", () =>
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
});

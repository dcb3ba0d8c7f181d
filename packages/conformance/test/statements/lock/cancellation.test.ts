import {
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
  wait,
} from "@yieldstar/loop";
import { Lock } from "@yieldstar/sync";
import { timeoutAt, waitFor } from "@yieldstar/timeout";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same } from "../../../src/same.ts";
import { awaiting, permutations, t } from "../outcomes.ts";
import { helpers } from "./helpers.ts";

describe("LK: locks, and how primitives belong to a loop", () => {
  it("LK-05: a newcomer takes a free lock at once when all waiters are cancelled", () =>
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

  it("LK-05: one uncancelled waiter, anywhere in the queue, keeps a newcomer waiting", () =>
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

  it("LK-06: a timeout at the very moment of the release ends as in CPython, in both orders", () =>
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

  it("LK-07: a coroutine closed while it waits leaves the queue; closed after it was woken it wakes no other", () =>
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

  it("LK-11: the lock is not lost, whatever the order of a release, cancellations of waiters and a newcomer", () =>
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

import { asyncWith, type Coroutine, createTask, getRunningLoop, sleep, ValueError, wait } from "@yieldstar/loop";
import { Condition, Lock } from "@yieldstar/sync";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same } from "../../../src/same.ts";
import { awaiting, outcome, t } from "../outcomes.ts";
import { helpers } from "./helpers.ts";

describe("CN: conditions", () => {
  it("CN-01: waiting and notifying without the lock raise RuntimeError", () =>
    same(
      `
      ${helpers}
      async def main():
          condition = asyncio.Condition()
          print(await awaiting(condition.wait()), await awaiting(condition.wait_for(lambda: False)))
          print(outcome(condition.notify), outcome(condition.notify_all), outcome(lambda: condition.notify(0)))
          print(outcome(condition.release), shown(condition))
          async with condition as value:
              print(value, outcome(condition.notify), outcome(condition.notify_all), shown(condition))
          print(outcome(condition.notify), shown(condition))
    `,
      function* (print) {
        const condition = new Condition();
        print(yield* awaiting(condition.wait()), yield* awaiting(condition.waitFor(() => false)));
        const notify = (): string => outcome(() => condition.notify());
        const notifyAll = (): string => outcome(() => condition.notifyAll());
        print(
          notify(),
          notifyAll(),
          outcome(() => condition.notify(0)),
        );
        print(
          outcome(() => condition.release()),
          condition,
        );
        yield* asyncWith(condition, function* (value) {
          print(value, notify(), notifyAll(), condition);
        });
        print(notify(), condition);
      },
    ));

  it("CN-01: wait() and notify() only need some task to hold the lock, which wait() then releases", () =>
    same(
      `
      ${helpers}
      async def main():
          async def holder():
              async with condition:
                  print("held", t())
                  await asyncio.sleep(3)
                  print("leaves", t(), condition.locked())

          condition = asyncio.Condition()
          task = asyncio.create_task(holder())
          await asyncio.sleep(1)
          waiting = asyncio.create_task(condition.wait())
          await asyncio.sleep(0)
          print(condition.locked(), outcome(condition.notify))
          await condition.acquire()
          print(condition.locked(), outcome(condition.notify))
          condition.release()
          print(await waiting, condition.locked(), t())
          print(await awaiting(task), await awaiting(condition.wait()))
    `,
      function* (print) {
        const condition = new Condition();
        const holder = (): Coroutine =>
          asyncWith(condition, function* () {
            print("held", t());
            yield* sleep(3);
            print("leaves", t(), condition.locked());
          });
        const task = createTask(holder());
        yield* sleep(1);
        const waiting = createTask(condition.wait());
        yield* sleep(0);
        const notify = (): string => outcome(() => condition.notify());
        print(condition.locked(), notify());
        yield* condition.acquire();
        print(condition.locked(), notify());
        condition.release();
        print(yield* waiting, condition.locked(), t());
        print(yield* awaiting(task), yield* awaiting(condition.wait()));
      },
    ));

  it("CN-02: notify(n) wakes up to n waiters in the order of their waits, each once", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker(name):
              async with condition:
                  log.append(f"{name} {await condition.wait()}")

          condition = asyncio.Condition()
          for counts in ([], [1], [2], [0], [-1], [1, 1], [1, 2, 3], [100], ["all"], [2, "all"], [None]):
              log, tasks = [], [asyncio.create_task(worker(name)) for name in "abcd"]
              await asyncio.sleep(1)
              async with condition:
                  for count in counts:
                      if count == "all":
                          condition.notify_all()
                      else:
                          condition.notify(*[count] if count is not None else [])
                  print(counts, shown(condition), log)
              await asyncio.sleep(1)
              print(log, shown(condition))
              async with condition:
                  condition.notify_all()
              await asyncio.wait(tasks)
    `,
      function* (print) {
        const condition = new Condition();
        for (const counts of [[], [1], [2], [0], [-1], [1, 1], [1, 2, 3], [100], ["all"], [2, "all"], [undefined]]) {
          const log: string[] = [];
          const worker = (name: string): Coroutine =>
            asyncWith(condition, function* () {
              log.push(`${name} ${repr(yield* condition.wait())}`);
            });
          const tasks = ["a", "b", "c", "d"].map((name) => createTask(worker(name)));
          yield* sleep(1);
          yield* asyncWith(condition, function* () {
            for (const count of counts) {
              if (count === "all") condition.notifyAll();
              else condition.notify(count as number | undefined);
            }
            print(counts, condition, log);
          });
          yield* sleep(1);
          print(log, condition);
          yield* asyncWith(condition, function* () {
            condition.notifyAll();
          });
          yield* wait(tasks);
        }
      },
    ));

  it("CN-02: woken waiters go on one after the other when the notifier frees the lock", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker(name):
              async with condition:
                  await condition.wait()
                  print(name, t(), shown(condition))
                  await asyncio.sleep(1)

          async def newcomer():
              async with condition:
                  print("newcomer", t(), shown(condition))

          condition = asyncio.Condition()
          tasks = [asyncio.create_task(worker(name)) for name in "abc"]
          await asyncio.sleep(1)
          async with condition:
              condition.notify_all()
              print("notified", shown(condition))
              await asyncio.sleep(0)
              print("an iteration later", shown(condition))
              tasks.append(asyncio.create_task(newcomer()))
              await asyncio.sleep(2)
              print("leaves", t())
          print(t(), condition.locked())
          await asyncio.wait(tasks)
    `,
      function* (print) {
        const condition = new Condition();
        const worker = (name: string): Coroutine =>
          asyncWith(condition, function* () {
            yield* condition.wait();
            print(name, t(), condition);
            yield* sleep(1);
          });
        const newcomer = (): Coroutine =>
          asyncWith(condition, function* () {
            print("newcomer", t(), condition);
          });
        const tasks = ["a", "b", "c"].map((name) => createTask(worker(name)));
        yield* sleep(1);
        yield* asyncWith(condition, function* () {
          condition.notifyAll();
          print("notified", condition);
          yield* sleep(0);
          print("an iteration later", condition);
          tasks.push(createTask(newcomer()));
          yield* sleep(2);
          print("leaves", t());
        });
        print(t(), condition.locked());
        yield* wait(tasks);
      },
    ));

  it("CN-06: wait_for() returns the predicate's last value, and asks it before the first wait and after each", () =>
    same(
      `
      ${helpers}
      async def main():
          def predicate():
              print("asked", t(), condition.locked(), shown(condition))
              return values.pop(0)

          condition = asyncio.Condition()
          values = ["at once"]
          print(await condition.wait_for(predicate))
          for later in (5, "text", True, ["item"]):
              values = [False, None, 0, "", later]

              async def waits():
                  async with condition:
                      return await condition.wait_for(predicate)

              waiting = asyncio.create_task(waits())
              while not waiting.done():
                  await asyncio.sleep(1)
                  async with condition:
                      condition.notify_all()
                  await asyncio.sleep(0)
              print(await waiting, values)
    `,
      function* (print) {
        const condition = new Condition();
        let values: unknown[] = ["at once"];
        const predicate = (): unknown => {
          print("asked", t(), condition.locked(), condition);
          return values.shift();
        };
        print(yield* condition.waitFor(predicate));
        for (const later of [5, "text", true, ["item"]]) {
          values = [false, undefined, 0, "", later];
          const waiting = createTask(asyncWith(condition, () => condition.waitFor(predicate)));
          while (!waiting.done()) {
            yield* sleep(1);
            yield* asyncWith(condition, function* () {
              condition.notifyAll();
            });
            yield* sleep(0);
          }
          print(yield* waiting, values);
        }
      },
    ));

  it("CN-06: an error of the predicate leaves wait_for() with the lock held", () =>
    same(
      `
      ${helpers}
      async def main():
          async def waits(results):
              def predicate():
                  if (result := results.pop(0)) is None:
                      raise ValueError("x")
                  return result

              async with condition:
                  try:
                      return await condition.wait_for(predicate)
                  finally:
                      print(shown(condition))

          condition = asyncio.Condition()
          print(await awaiting(waits([None])))
          task = asyncio.create_task(awaiting(waits([False, None])))
          await asyncio.sleep(0)
          async with condition:
              condition.notify()
          print(await task, shown(condition))
    `,
      function* (print) {
        const condition = new Condition();
        const waits = (results: (boolean | undefined)[]): Coroutine<boolean> =>
          asyncWith(condition, function* () {
            try {
              return yield* condition.waitFor(() => {
                const result = results.shift();
                if (result === undefined) throw new ValueError("x");
                return result;
              });
            } finally {
              print(condition);
            }
          });
        print(yield* awaiting(waits([undefined])));
        const task = createTask(awaiting(waits([false, undefined])));
        yield* sleep(0);
        yield* asyncWith(condition, function* () {
          condition.notify();
        });
        print(yield* task, condition);
      },
    ));

  it("CN-07: conditions can share a lock, and each wakes only its own waiters", () =>
    same(
      `
      ${helpers}
      async def main():
          async def producer():
              for item in range(5):
                  async with not_full:
                      await not_full.wait_for(lambda: len(items) < 2)
                      items.append(item)
                      print("put", item, shown(not_full), shown(not_empty))
                      not_empty.notify()

          async def consumer(name):
              while True:
                  async with not_empty:
                      await not_empty.wait_for(lambda: items)
                      print(name, "got", items.pop(0), shown(not_full), shown(not_empty))
                      not_full.notify()
                  await asyncio.sleep(1)

          lock, items = asyncio.Lock(), []
          not_full, not_empty = asyncio.Condition(lock), asyncio.Condition(lock)
          tasks = [asyncio.create_task(consumer(name)) for name in "ab"]
          await producer()
          await asyncio.sleep(5)
          for task in tasks:
              task.cancel()
          await asyncio.wait(tasks)
          print(t(), shown(lock), shown(not_full), shown(not_empty))
    `,
      function* (print) {
        function* producer(): Coroutine {
          for (let item = 0; item < 5; item += 1) {
            yield* asyncWith(notFull, function* () {
              yield* notFull.waitFor(() => items.length < 2);
              items.push(item);
              print("put", item, notFull, notEmpty);
              notEmpty.notify();
            });
          }
        }
        function* consumer(name: string): Coroutine {
          for (;;) {
            yield* asyncWith(notEmpty, function* () {
              yield* notEmpty.waitFor(() => items.length);
              print(name, "got", items.shift(), notFull, notEmpty);
              notFull.notify();
            });
            yield* sleep(1);
          }
        }
        const lock = new Lock();
        const items: number[] = [];
        const notFull = new Condition(lock);
        const notEmpty = new Condition(lock);
        const tasks = ["a", "b"].map((name) => createTask(consumer(name)));
        yield* producer();
        yield* sleep(5);
        for (const task of tasks) task.cancel();
        yield* wait(tasks);
        print(t(), lock, notFull, notEmpty);
      },
    ));

  it("CN-07: acquire(), release() and locked() call the lock's methods, those of a subclass included", () =>
    same(
      `
      ${helpers}
      class Own(asyncio.Lock):
          async def acquire(self):
              print("acquire")
              return await super().acquire()

          def release(self):
              print("release")
              super().release()

          def locked(self):
              print("locked")
              return super().locked()

      async def main():
          lock = Own()
          one, two = asyncio.Condition(lock), asyncio.Condition(lock)
          print(await one.acquire(), two.locked(), outcome(two.notify), lock.release())
          print(one.locked(), outcome(two.notify), outcome(one.release))
          async with lock:
              asyncio.get_running_loop().call_later(1, lambda: [one.notify_all(), two.notify_all()])
              waiting = asyncio.create_task(one.wait())
              await asyncio.sleep(0)
              await lock.acquire()
              await asyncio.sleep(2)
              lock.release()
              print(await waiting, shown(one))
    `,
      function* (print) {
        class Own extends Lock {
          override acquire(): Coroutine<true> {
            const acquire = (): Coroutine<true> => super.acquire();
            return (function* () {
              print("acquire");
              return yield* acquire();
            })();
          }
          override release(): void {
            print("release");
            super.release();
          }
          override locked(): boolean {
            print("locked");
            return super.locked();
          }
        }
        const lock = new Own();
        const one = new Condition(lock);
        const two = new Condition(lock);
        const notify = (): string => outcome(() => two.notify());
        print(yield* one.acquire(), two.locked(), notify(), lock.release());
        print(
          one.locked(),
          notify(),
          outcome(() => one.release()),
        );
        yield* asyncWith(lock, function* () {
          getRunningLoop().callLater(1, () => [one.notifyAll(), two.notifyAll()]);
          const waiting = createTask(one.wait());
          yield* sleep(0);
          yield* lock.acquire();
          yield* sleep(2);
          lock.release();
          print(yield* waiting, String(one));
        });
      },
    ));

  it("CN-07: the waiters of all its conditions and the lock's own waiters queue for the lock together", () =>
    same(
      `
      async def main():
          async def waits(name, condition):
              async with condition:
                  await condition.wait()
                  print(name, t())
                  await asyncio.sleep(1)

          async def locks(name):
              async with lock:
                  print(name, t())
                  await asyncio.sleep(1)

          lock = asyncio.Lock()
          one, two = asyncio.Condition(lock), asyncio.Condition(lock)
          tasks = [asyncio.create_task(waits(name, condition)) for name, condition in (("a", one), ("b", two), ("c", one))]
          await asyncio.sleep(0)
          async with lock:
              two.notify_all()
              tasks.append(asyncio.create_task(locks("d")))
              await asyncio.sleep(0)
              one.notify_all()
              tasks.append(asyncio.create_task(locks("e")))
              await asyncio.sleep(1)
          await asyncio.wait(tasks)
    `,
      function* (print) {
        const lock = new Lock();
        const one = new Condition(lock);
        const two = new Condition(lock);
        const waits = (name: string, condition: Condition): Coroutine =>
          asyncWith(condition, function* () {
            yield* condition.wait();
            print(name, t());
            yield* sleep(1);
          });
        const locks = (name: string): Coroutine =>
          asyncWith(lock, function* () {
            print(name, t());
            yield* sleep(1);
          });
        const tasks = [createTask(waits("a", one)), createTask(waits("b", two)), createTask(waits("c", one))];
        yield* sleep(0);
        yield* asyncWith(lock, function* () {
          two.notifyAll();
          tasks.push(createTask(locks("d")));
          yield* sleep(0);
          one.notifyAll();
          tasks.push(createTask(locks("e")));
          yield* sleep(1);
        });
        yield* wait(tasks);
      },
    ));
});

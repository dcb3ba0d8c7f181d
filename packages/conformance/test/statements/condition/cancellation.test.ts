import {
  asyncWith,
  CancelledError,
  closeCoroutine,
  type Coroutine,
  createTask,
  getRunningLoop,
  sleep,
  wait,
} from "@yieldstar/loop";
import { Condition, Lock } from "@yieldstar/sync";
import { timeout } from "@yieldstar/timeout";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same } from "../../../src/same.ts";
import { awaiting, outcome, permutations, t, thisTask } from "../outcomes.ts";
import { helpers } from "./helpers.ts";

describe("CN: conditions", () => {
  it("CN-03: a cancelled wait() waits for the lock as long as needed, and raises with the lock held", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker():
              async with condition:
                  try:
                      await condition.wait()
                  except asyncio.CancelledError as error:
                      print(repr(error), t(), shown(condition))
                      await asyncio.sleep(1)
                      raise
              print("never")

          condition = asyncio.Condition()
          task = asyncio.create_task(worker())
          await asyncio.sleep(0)
          async with condition:
              task.cancel("stop")
              await asyncio.sleep(0)
              print(task.done(), shown(condition))
              await asyncio.sleep(5)
          print(condition.locked(), t())
          await condition.acquire()
          print(task.cancelled(), t(), condition.locked(), condition.release())
    `,
      function* (print) {
        const condition = new Condition();
        const worker = function* (): Coroutine {
          yield* asyncWith(condition, function* () {
            try {
              yield* condition.wait();
            } catch (error) {
              print(repr(error), t(), condition);
              yield* sleep(1);
              throw error;
            }
          });
          print("never");
        };
        const task = createTask(worker());
        yield* sleep(0);
        yield* asyncWith(condition, function* () {
          task.cancel("stop");
          yield* sleep(0);
          print(task.done(), condition);
          yield* sleep(5);
        });
        print(condition.locked(), t());
        yield* condition.acquire();
        print(task.cancelled(), t(), condition.locked(), condition.release());
      },
    ));

  it("CN-03: a cancelled wait() takes the lock without suspending when it is free", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker():
              async with condition:
                  try:
                      await condition.wait()
                  finally:
                      print("leaves", shown(condition))

          loop = asyncio.get_running_loop()
          condition = asyncio.Condition()
          task = asyncio.create_task(worker())
          await asyncio.sleep(0)
          task.cancel()
          loop.call_soon(lambda: print("next iteration", task.done(), shown(condition)))
          await asyncio.wait([task])
          print(task.cancelled(), shown(condition))
    `,
      function* (print) {
        const condition = new Condition();
        const worker = (): Coroutine =>
          asyncWith(condition, function* () {
            try {
              yield* condition.wait();
            } finally {
              print("leaves", condition);
            }
          });
        const loop = getRunningLoop();
        const task = createTask(worker());
        yield* sleep(0);
        task.cancel();
        loop.callSoon(() => print("next iteration", task.done(), condition));
        yield* wait([task]);
        print(task.cancelled(), condition);
      },
    ));

  it("CN-03: a timeout around wait() ends only when the lock is free", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker():
              async with condition:
                  async with asyncio.timeout(1):
                      await condition.wait()

          condition = asyncio.Condition()
          task = asyncio.create_task(awaiting(worker()))
          await asyncio.sleep(0)
          async with condition:
              await asyncio.sleep(3)
          print(await task, t(), condition.locked())
    `,
      function* (print) {
        const condition = new Condition();
        const worker = (): Coroutine =>
          asyncWith(condition, () =>
            asyncWith(timeout(1), function* () {
              yield* condition.wait();
            }),
          );
        const task = createTask(awaiting(worker()));
        yield* sleep(0);
        yield* asyncWith(condition, () => sleep(3));
        print(yield* task, t(), condition.locked());
      },
    ));

  it("CN-04: the latest of several cancellations during the wait for the lock is raised, once the lock is held", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker():
              async with condition:
                  try:
                      await condition.wait()
                  except asyncio.CancelledError as error:
                      print(repr(error), asyncio.current_task().cancelling(), shown(condition))
                      raise

          condition = asyncio.Condition()
          for is_notified, messages in itertools.product((False, True), (["a"], ["a", "b"], ["a", "b", "c"])):
              task = asyncio.create_task(worker())
              await asyncio.sleep(0)
              async with condition:
                  if is_notified:
                      condition.notify()
                      await asyncio.sleep(0)
                  for message in messages:
                      print(task.cancel(message), task.cancelling(), shown(condition._lock))
                      await asyncio.sleep(0)
                      await asyncio.sleep(0)
                      print(task.done(), shown(condition._lock))
              print(is_notified, messages, await awaiting(task), task.cancelling(), shown(condition))
    `,
      function* (print) {
        const lock = new Lock();
        const condition = new Condition(lock);
        const worker = (): Coroutine =>
          asyncWith(condition, function* () {
            try {
              yield* condition.wait();
            } catch (error) {
              print(repr(error), thisTask().cancelling(), condition);
              throw error;
            }
          });
        for (const isNotified of [false, true]) {
          for (const messages of [["a"], ["a", "b"], ["a", "b", "c"]]) {
            const task = createTask(worker());
            yield* sleep(0);
            yield* asyncWith(condition, function* () {
              if (isNotified) {
                condition.notify();
                yield* sleep(0);
              }
              for (const message of messages) {
                print(task.cancel(message), task.cancelling(), lock);
                yield* sleep(0);
                yield* sleep(0);
                print(task.done(), lock);
              }
            });
            print(isNotified, messages, yield* awaiting(task), task.cancelling(), condition);
          }
        }
      },
    ));

  it("CN-04: the waiter keeps its turn for the lock only until it is cancelled again", () =>
    same(
      `
      async def main():
          async def worker():
              async with condition:
                  try:
                      await condition.wait()
                  finally:
                      print("worker", t())
                      await asyncio.sleep(1)

          async def other(name):
              async with condition:
                  print(name, t())
                  await asyncio.sleep(1)

          condition = asyncio.Condition()
          tasks = [asyncio.create_task(worker())]
          await asyncio.sleep(0)
          async with condition:
              tasks[0].cancel()
              await asyncio.sleep(0)
              tasks += [asyncio.create_task(other(name)) for name in "ab"]
              await asyncio.sleep(1)
              tasks[0].cancel()
              await asyncio.sleep(1)
          await asyncio.wait(tasks)
    `,
      function* (print) {
        const condition = new Condition();
        const worker = (): Coroutine =>
          asyncWith(condition, function* () {
            try {
              yield* condition.wait();
            } finally {
              print("worker", t());
              yield* sleep(1);
            }
          });
        const other = (name: string): Coroutine =>
          asyncWith(condition, function* () {
            print(name, t());
            yield* sleep(1);
          });
        const tasks = [createTask(worker())];
        yield* sleep(0);
        yield* asyncWith(condition, function* () {
          tasks[0]?.cancel();
          yield* sleep(0);
          tasks.push(...["a", "b"].map((name) => createTask(other(name))));
          yield* sleep(1);
          tasks[0]?.cancel();
          yield* sleep(1);
        });
        yield* wait(tasks);
      },
    ));

  it("CN-05: a notification survives the cancellation of its waiter, in any order", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker(name):
              async with condition:
                  try:
                      log.append(f"{name} {await condition.wait()}")
                  except asyncio.CancelledError as error:
                      log.append(f"{name} {error!r} {condition.locked()}")
                      raise

          names = ["notify", "cancel a", "cancel b", "release"]
          for order, waits in itertools.product(itertools.permutations(names), ([], [0], [1], [2], [0, 1, 2])):
              if order.index("release") < order.index("notify"):
                  continue
              log, condition = [], asyncio.Condition()
              tasks = [asyncio.create_task(worker(name)) for name in "abcd"]
              await asyncio.sleep(1)
              actions = {
                  "notify": condition.notify,
                  "cancel a": lambda: tasks[0].cancel("x"),
                  "cancel b": lambda: tasks[1].cancel("y"),
                  "release": condition.release,
              }
              await condition.acquire()
              for index, action in enumerate(order):
                  actions[action]()
                  if index in waits:
                      await asyncio.sleep(0)
              print(" ".join(order), waits, shown(condition))
              await asyncio.sleep(1)
              print(log, shown(condition))
              async with condition:
                  condition.notify_all()
              await asyncio.wait(tasks)
    `,
      function* (print) {
        const names = ["notify", "cancel a", "cancel b", "release"] as const;
        for (const order of permutations(names)) {
          for (const waits of [[], [0], [1], [2], [0, 1, 2]]) {
            if (order.indexOf("release") < order.indexOf("notify")) continue;
            const log: string[] = [];
            const condition = new Condition();
            const worker = (name: string): Coroutine =>
              asyncWith(condition, function* () {
                try {
                  log.push(`${name} ${repr(yield* condition.wait())}`);
                } catch (error) {
                  if (!(error instanceof CancelledError)) throw error;
                  log.push(`${name} ${repr(error)} ${repr(condition.locked())}`);
                  throw error;
                }
              });
            const tasks = ["a", "b", "c", "d"].map((name) => createTask(worker(name)));
            yield* sleep(1);
            const actions = {
              notify: () => condition.notify(),
              "cancel a": () => tasks[0]?.cancel("x"),
              "cancel b": () => tasks[1]?.cancel("y"),
              release: () => condition.release(),
            };
            yield* condition.acquire();
            for (const [index, action] of order.entries()) {
              actions[action]();
              if (waits.includes(index)) yield* sleep(0);
            }
            print(order.join(" "), waits, condition);
            yield* sleep(1);
            print(log, condition);
            yield* asyncWith(condition, function* () {
              condition.notifyAll();
            });
            yield* wait(tasks);
          }
        }
      },
    ));

  it("CN-05: a waiter that is cancelled while it waits for the lock passes its notification on", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker(name):
              async with condition:
                  print(name, await awaiting(condition.wait()), t())

          condition = asyncio.Condition()
          tasks = [asyncio.create_task(worker(name)) for name in "abc"]
          await asyncio.sleep(0)
          async with condition:
              condition.notify()
              await asyncio.sleep(1)
              tasks[0].cancel("stop")
              await asyncio.sleep(1)
              print(shown(condition))
          await asyncio.sleep(1)
          print(shown(condition), [task.done() for task in tasks])
    `,
      function* (print) {
        const condition = new Condition();
        const worker = (name: string): Coroutine =>
          asyncWith(condition, function* () {
            print(name, yield* awaiting(condition.wait()), t());
          });
        const tasks = ["a", "b", "c"].map((name) => createTask(worker(name)));
        yield* sleep(0);
        yield* asyncWith(condition, function* () {
          condition.notify();
          yield* sleep(1);
          tasks[0]?.cancel("stop");
          yield* sleep(1);
          print(condition);
        });
        yield* sleep(1);
        print(
          condition,
          tasks.map((task) => task.done()),
        );
      },
    ));

  it("CN-05: wait() may return without a notification: a cancelled waiter passes one on although it had none", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker(name):
              async with condition:
                  print(name, await awaiting(condition.wait()))

          condition = asyncio.Condition()
          tasks = [asyncio.create_task(worker(name)) for name in "abc"]
          await asyncio.sleep(0)
          tasks[0].cancel()
          await asyncio.sleep(1)
          print([task.done() for task in tasks], shown(condition))
    `,
      function* (print) {
        const condition = new Condition();
        const worker = (name: string): Coroutine =>
          asyncWith(condition, function* () {
            print(name, yield* awaiting(condition.wait()));
          });
        const tasks = ["a", "b", "c"].map((name) => createTask(worker(name)));
        yield* sleep(0);
        tasks[0]?.cancel();
        yield* sleep(1);
        print(
          tasks.map((task) => task.done()),
          condition,
        );
      },
    ));

  it("CN-05: a wait() that is closed by hand takes the lock as soon as it can, and passes its notification on", () =>
    same(
      `
      ${helpers}
      async def main():
          condition = asyncio.Condition()
          for is_held in (False, True):
              async def worker():
                  async with condition:
                      print(await condition.wait(), condition.locked())

              await condition.acquire()
              by_hand = condition.wait()
              by_hand.send(None)
              task = asyncio.create_task(worker())
              await asyncio.sleep(0)
              await condition.acquire()
              condition.notify()
              if not is_held:
                  condition.release()
              print(outcome(by_hand.close), shown(condition))
              condition.release()
              if is_held:
                  print(outcome(lambda: by_hand.send(None)), shown(condition))
                  condition.release()
              await asyncio.sleep(1)
              print(task.done(), shown(condition))
    `,
      function* (print) {
        const condition = new Condition();
        for (const isHeld of [false, true]) {
          const worker = (): Coroutine =>
            asyncWith(condition, function* () {
              print(yield* condition.wait(), condition.locked());
            });
          yield* condition.acquire();
          const byHand = condition.wait();
          byHand.next();
          const task = createTask(worker());
          yield* sleep(0);
          yield* condition.acquire();
          condition.notify();
          if (!isHeld) condition.release();
          print(
            outcome(() => closeCoroutine(byHand)),
            condition,
          );
          condition.release();
          if (isHeld) {
            print(
              outcome(() => byHand.next()),
              condition,
            );
            condition.release();
          }
          yield* sleep(1);
          print(task.done(), condition);
        }
      },
    ));
});

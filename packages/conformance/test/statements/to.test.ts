import {
  asyncWith,
  CancelledError,
  type Coroutine,
  createTask,
  currentTask,
  getRunningLoop,
  KeyboardInterrupt,
  sleep,
  type Task,
  TimeoutError,
  ValueError,
} from "@yieldstar/loop";
import { BaseExceptionGroup, ExceptionGroup, TaskGroup } from "@yieldstar/taskgroup";
import { VirtualTimeLoop } from "@yieldstar/testing";
import { timeout, timeoutAt } from "@yieldstar/timeout";
import { it } from "vitest";
import { repr } from "../../src/python-text.ts";
import { type Print, same, sameScript } from "../../src/same.ts";

const t = (): number => getRunningLoop().time();

const cancelling = (): number | undefined => currentTask()?.cancelling();

/** The error and what it came of: Python's `__context__`s, and here the `cause`s. */
function chain(error: unknown): unknown[] {
  return error instanceof Error ? [error, ...chain(error.cause)] : [];
}

/** The same in Python. */
const chainInPython = "chain = lambda error: [error, *chain(error.__context__)] if error else []";

/** A port for `sameScript` that runs `main` on a loop which `block` keeps busy, as `time.sleep` does in Python. */
function blocking(main: (print: Print, block: (seconds: number) => void) => Coroutine): (print: Print) => void {
  return (print) => {
    let blockedUntil = 0;
    class BlockableLoop extends VirtualTimeLoop {
      override time(): number {
        return Math.max(super.time(), blockedUntil);
      }
    }
    const loop = new BlockableLoop();
    const block = (seconds: number): void => {
      blockedUntil = loop.time() + seconds;
    };
    loop.runUntilComplete(main(print, block));
    loop.close();
  };
}

it("TO-01: timeout() computes its deadline when it is called, not when it is entered", () =>
  same(
    `
      async def main():
          await asyncio.sleep(0.25)
          cm = asyncio.timeout(1)
          print(cm.when())
          await asyncio.sleep(0.75)
          print(cm.when(), cm.expired())
          try:
              async with cm:
                  await asyncio.sleep(10)
          except TimeoutError:
              print("timed out", t(), cm.when())
    `,
    function* (print) {
      yield* sleep(0.25);
      const cm = timeout(1);
      print(cm.when());
      yield* sleep(0.75);
      print(cm.when(), cm.expired());
      try {
        yield* asyncWith(cm, function* () {
          yield* sleep(10);
        });
      } catch (error) {
        if (error instanceof TimeoutError) print("timed out", t(), cm.when());
      }
    },
  ));

it("TO-01: timeout_at() takes an absolute time of the loop", () =>
  same(
    `
      async def main():
          await asyncio.sleep(0.5)
          try:
              async with asyncio.timeout_at(0.75) as cm:
                  print(cm.when())
                  await asyncio.sleep(10)
          except TimeoutError:
              print("timed out", t())
    `,
    function* (print) {
      yield* sleep(0.5);
      try {
        yield* asyncWith(timeoutAt(0.75), function* (cm) {
          print(cm.when());
          yield* sleep(10);
        });
      } catch (error) {
        if (error instanceof TimeoutError) print("timed out", t());
      }
    },
  ));

it("TO-01: timeout() needs a running loop when called, timeout_at() only when entered", () =>
  sameScript(
    `
      for delay in (1, None):
          try:
              asyncio.timeout(delay)
          except RuntimeError as error:
              print(repr(error))
      cm = asyncio.timeout_at(0.5)
      print(cm, cm.when())
      try:
          cm.__aenter__().send(None)
      except RuntimeError as error:
          print(repr(error), cm)

      async def main():
          try:
              async with cm:
                  await asyncio.sleep(10)
          except TimeoutError:
              print("timed out", t())

      asyncio.run(main())
    `,
    (print, newLoop) => {
      for (const delay of [1, null]) {
        try {
          timeout(delay);
        } catch (error) {
          print(repr(error));
        }
      }
      const cm = timeoutAt(0.5);
      print(cm, cm.when());
      try {
        cm.aenter().next();
      } catch (error) {
        print(repr(error), cm);
      }

      function* main(): Coroutine {
        try {
          yield* asyncWith(cm, function* () {
            yield* sleep(10);
          });
        } catch (error) {
          if (error instanceof TimeoutError) print("timed out", t());
        }
      }
      newLoop().runUntilComplete(main());
    },
  ));

it("TO-02: timeout(None) never fires and has no deadline", () =>
  same(
    `
      async def main():
          for cm in (asyncio.timeout(None), asyncio.timeout_at(None)):
              async with cm:
                  print(cm.when())
                  await asyncio.sleep(1e9)
              print(cm, cm.when(), cm.expired(), t())
    `,
    function* (print) {
      for (const cm of [timeout(null), timeoutAt(null)]) {
        yield* asyncWith(cm, function* () {
          print(cm.when());
          yield* sleep(1e9);
        });
        print(cm, cm.when(), cm.expired(), t());
      }
    },
  ));

it("TO-02: reschedule() arms it later, and reschedule(None) disarms it", () =>
  same(
    `
      async def main():
          try:
              async with asyncio.timeout(None) as cm:
                  await asyncio.sleep(1)
                  cm.reschedule(1.5)
                  print(cm.when())
                  cm.reschedule(None)
                  print(cm.when())
                  await asyncio.sleep(1)
                  cm.reschedule(2.5)
                  await asyncio.sleep(10)
          except TimeoutError:
              print("timed out", t(), cm.when())
    `,
    function* (print) {
      const cm = timeout(null);
      try {
        yield* asyncWith(cm, function* () {
          yield* sleep(1);
          cm.reschedule(1.5);
          print(cm.when());
          cm.reschedule(null);
          print(cm.when());
          yield* sleep(1);
          cm.reschedule(2.5);
          yield* sleep(10);
        });
      } catch (error) {
        if (error instanceof TimeoutError) print("timed out", t(), cm.when());
      }
    },
  ));

it("TO-03: its repr shows the state and, while active, the deadline", () =>
  same(
    `
      async def main():
          cm = asyncio.timeout_at(3.123456)
          print(cm)
          async with cm:
              print(cm)
          print(cm)
          cm = asyncio.timeout(0.25)
          try:
              async with cm:
                  try:
                      await asyncio.sleep(10)
                  finally:
                      print(cm)
          except TimeoutError:
              print(cm)
          cm = asyncio.timeout(None)
          print(repr(cm))
          async with cm:
              print([cm])
          print(repr(cm))
    `,
    function* (print) {
      let cm = timeoutAt(3.123456);
      print(cm);
      yield* asyncWith(cm, function* () {
        print(cm);
      });
      print(cm);
      cm = timeout(0.25);
      try {
        yield* asyncWith(cm, function* () {
          try {
            yield* sleep(10);
          } finally {
            print(cm);
          }
        });
      } catch (error) {
        if (error instanceof TimeoutError) print(cm);
      }
      cm = timeout(null);
      print(repr(cm));
      yield* asyncWith(cm, function* () {
        print([cm]);
      });
      print(repr(cm));
    },
  ));

it("TO-03: the deadline is rounded to three places as Python's round() does", () =>
  same(
    `
      async def main():
          for when in (0.1236, 0.1235, 1.2345, 0.0625, 0.1875):
              async with asyncio.timeout_at(when) as cm:
                  print(cm)
    `,
    function* (print) {
      for (const when of [0.1236, 0.1235, 1.2345, 0.0625, 0.1875]) {
        yield* asyncWith(timeoutAt(when), function* (cm) {
          print(cm);
        });
      }
    },
  ));

it("TO-03: the deadline is written as Python writes a float", () =>
  same(
    `
      async def main():
          for delay in (3, 0.00001, -0.00001, 123456, 1e15, 1e16, 1e22, float("inf")):
              async with asyncio.timeout(delay) as cm:
                  print(cm)
    `,
    function* (print) {
      for (const delay of [3, 0.00001, -0.00001, 123456, 1e15, 1e16, 1e22, Infinity]) {
        yield* asyncWith(timeout(delay), function* (cm) {
          print(cm);
        });
      }
    },
  ));

it("TO-04: reschedule() is refused unless the block is active", () =>
  same(
    `
      async def main():
          def attempt(cm):
              try:
                  cm.reschedule(7.5)
              except RuntimeError as error:
                  print(repr(error), cm, cm.when())

          cm = asyncio.timeout(0.5)
          attempt(cm)
          try:
              async with cm:
                  try:
                      await asyncio.sleep(10)
                  finally:
                      attempt(cm)
          except TimeoutError:
              attempt(cm)
          async with asyncio.timeout(0.5) as cm:
              pass
          attempt(cm)
    `,
    function* (print) {
      const attempt = (cm: ReturnType<typeof timeout>): void => {
        try {
          cm.reschedule(7.5);
        } catch (error) {
          print(repr(error), cm, cm.when());
        }
      };
      const expiring = timeout(0.5);
      attempt(expiring);
      try {
        yield* asyncWith(expiring, function* () {
          try {
            yield* sleep(10);
          } finally {
            attempt(expiring);
          }
        });
      } catch (error) {
        if (error instanceof TimeoutError) attempt(expiring);
      }
      const finished = timeout(0.5);
      yield* asyncWith(finished, function* () {});
      attempt(finished);
    },
  ));

it("TO-05: a timeout can be entered only once", () =>
  same(
    `
      async def main():
          async def attempt(cm):
              try:
                  async with cm:
                      print("entered")
              except RuntimeError as error:
                  print(repr(error), cm)

          cm = asyncio.timeout(0.5)
          async with cm:
              await attempt(cm)
          await attempt(cm)
          cm = asyncio.timeout(0.5)
          try:
              async with cm:
                  try:
                      await asyncio.sleep(10)
                  finally:
                      await attempt(cm)
          except TimeoutError:
              await attempt(cm)
    `,
    function* (print) {
      function* attempt(cm: ReturnType<typeof timeout>): Coroutine {
        try {
          yield* asyncWith(cm, function* () {
            print("entered");
          });
        } catch (error) {
          print(repr(error), cm);
        }
      }
      const finished = timeout(0.5);
      yield* asyncWith(finished, function* () {
        yield* attempt(finished);
      });
      yield* attempt(finished);
      const expiring = timeout(0.5);
      try {
        yield* asyncWith(expiring, function* () {
          try {
            yield* sleep(10);
          } finally {
            yield* attempt(expiring);
          }
        });
      } catch (error) {
        if (error instanceof TimeoutError) yield* attempt(expiring);
      }
    },
  ));

it("TO-05: a timeout is entered inside a task only", () =>
  same(
    `
      async def main():
          cm = asyncio.timeout(0.5)

          def callback():
              try:
                  cm.__aenter__().send(None)
              except RuntimeError as error:
                  print(repr(error), cm)

          asyncio.get_running_loop().call_soon(callback)
          await asyncio.sleep(0)
          async with cm:
              print(cm)
    `,
    function* (print) {
      const cm = timeout(0.5);
      getRunningLoop().callSoon(() => {
        try {
          cm.aenter().next();
        } catch (error) {
          print(repr(error), cm);
        }
      });
      yield* sleep(0);
      yield* asyncWith(cm, function* () {
        print(cm);
      });
    },
  ));

it("TO-06: expiry cancels the task without a message, and is over only when the block is left", () =>
  same(
    `
      async def main():
          task = asyncio.current_task()
          cm = asyncio.timeout(1)

          def look():
              print("after the timer", cm, cm.expired(), task.cancelling())

          try:
              async with cm:
                  asyncio.get_running_loop().call_at(1, look)
                  try:
                      await asyncio.sleep(10)
                  except asyncio.CancelledError as error:
                      caught = error
                      print("cleanup", repr(error), len(error.args), cm, cm.expired(), task.cancelling())
                      await asyncio.sleep(1)
                      raise
          except TimeoutError as error:
              print(repr(error), error.__cause__ is caught, error.__context__ is caught)
          print(cm, cm.expired(), task.cancelling(), t())
    `,
    function* (print) {
      const task = currentTask() as Task<unknown>;
      const cm = timeout(1);
      let caught: unknown;
      const look = (): void => print("after the timer", cm, cm.expired(), task.cancelling());
      try {
        yield* asyncWith(cm, function* () {
          getRunningLoop().callAt(1, look);
          try {
            yield* sleep(10);
          } catch (error) {
            caught = error;
            const count = (error as CancelledError).args.length;
            print("cleanup", repr(error), count, cm, cm.expired(), task.cancelling());
            yield* sleep(1);
            throw error;
          }
        });
      } catch (error) {
        const { cause } = error as Error;
        print(repr(error), cause === caught, cause === caught);
      }
      print(cm, cm.expired(), task.cancelling(), t());
    },
  ));

it("TO-07: a deadline that is past does not interrupt a body that never suspends", () =>
  same(
    `
      async def main():
          await asyncio.sleep(1)
          for cm in (asyncio.timeout(0), asyncio.timeout(-1), asyncio.timeout_at(0.5), asyncio.timeout_at(1)):
              async with cm:
                  print("body", cm.when())
              print(cm.expired(), asyncio.current_task().cancelling())
              await asyncio.sleep(0)
          print("not cancelled later")
    `,
    function* (print) {
      yield* sleep(1);
      for (const cm of [timeout(0), timeout(-1), timeoutAt(0.5), timeoutAt(1)]) {
        yield* asyncWith(cm, function* () {
          print("body", cm.when());
        });
        print(cm.expired(), cancelling());
        yield* sleep(0);
      }
      print("not cancelled later");
    },
  ));

it("TO-07: a deadline that is past interrupts a body that suspends once, in the next iteration", () =>
  same(
    `
      async def main():
          await asyncio.sleep(1)
          loop = asyncio.get_running_loop()
          for cm in (asyncio.timeout(0), asyncio.timeout(-1), asyncio.timeout_at(0.5), asyncio.timeout_at(1)):
              loop.call_soon(lambda: print("before", cm.expired()))
              try:
                  async with cm:
                      loop.call_soon(lambda: print("after", cm.expired()))
                      await asyncio.sleep(0)
                      print("not reached")
              except TimeoutError as error:
                  print(repr(error), cm.expired(), t())
    `,
    function* (print) {
      yield* sleep(1);
      const loop = getRunningLoop();
      for (const cm of [timeout(0), timeout(-1), timeoutAt(0.5), timeoutAt(1)]) {
        loop.callSoon(() => print("before", cm.expired()));
        try {
          yield* asyncWith(cm, function* () {
            loop.callSoon(() => print("after", cm.expired()));
            yield* sleep(0);
            print("not reached");
          });
        } catch (error) {
          print(repr(error), cm.expired(), t());
        }
      }
    },
  ));

it("TO-08: synchronous code past the deadline does not time out", () =>
  sameScript(
    `
      import time

      async def main():
          async with asyncio.timeout(1) as cm:
              time.sleep(2)
              print("body", t())
          print(cm, cm.expired())
          await asyncio.sleep(1)
          print("not cancelled later", t(), asyncio.current_task().cancelling())

      asyncio.run(main())
    `,
    blocking(function* (print, block) {
      const cm = timeout(1);
      yield* asyncWith(cm, function* () {
        block(2);
        print("body", t());
      });
      print(cm, cm.expired());
      yield* sleep(1);
      print("not cancelled later", t(), cancelling());
    }),
  ));

it("TO-09: leaving the block takes back a timer that is queued already", () =>
  sameScript(
    `
      import time

      async def main():
          loop = asyncio.get_running_loop()
          async with asyncio.timeout(1) as cm:
              loop.call_at(1, print, "timer", t())
              time.sleep(2)
              await asyncio.sleep(0)
              print("stepped", t())
          print(cm, cm.expired())
          await asyncio.sleep(0)
          print("not cancelled later", asyncio.current_task().cancelling())

      asyncio.run(main())
    `,
    blocking(function* (print, block) {
      const loop = getRunningLoop();
      const cm = timeout(1);
      yield* asyncWith(cm, function* () {
        const begin = t();
        loop.callAt(1, () => print("timer", begin));
        block(2);
        yield* sleep(0);
        print("stepped", t());
      });
      print(cm, cm.expired());
      yield* sleep(0);
      print("not cancelled later", cancelling());
    }),
  ));

it("TO-09: of a result and an expiry in one iteration, the one that is queued first wins", () =>
  same(
    `
      async def main():
          loop = asyncio.get_running_loop()

          async def worker(name):
              try:
                  async with cm:
                      print(name, await future)
              except TimeoutError as error:
                  print(name, repr(error), repr(error.__cause__))
              print(cm, future, asyncio.current_task().cancelling())

          cm, future = asyncio.timeout(None), loop.create_future()
          task = asyncio.create_task(worker("first"))
          await asyncio.sleep(1)
          future.set_result("result")
          cm.reschedule(1)
          await task
          cm, future = asyncio.timeout(None), loop.create_future()
          task = asyncio.create_task(worker("second"))
          await asyncio.sleep(1)
          cm.reschedule(1)
          future.set_result("result")
          await task
    `,
    function* (print) {
      const loop = getRunningLoop();
      let [cm, future] = [timeout(null), loop.createFuture<string>()];

      function* worker(name: string): Coroutine {
        try {
          yield* asyncWith(cm, function* () {
            print(name, yield* future);
          });
        } catch (error) {
          print(name, repr(error), repr((error as Error).cause));
        }
        print(cm, future, cancelling());
      }

      let task = createTask(worker("first"));
      yield* sleep(1);
      future.setResult("result");
      cm.reschedule(1);
      yield* task;
      [cm, future] = [timeout(null), loop.createFuture<string>()];
      task = createTask(worker("second"));
      yield* sleep(1);
      cm.reschedule(1);
      future.setResult("result");
      yield* task;
    },
  ));

it("TO-09: a result that came in the iteration of the timer is lost to must-cancel", () =>
  same(
    `
      async def main():
          loop = asyncio.get_running_loop()
          future = loop.create_future()
          loop.call_at(1, future.set_result, "result")
          try:
              async with asyncio.timeout_at(1) as cm:
                  print(await future)
          except TimeoutError as error:
              print(repr(error), cm, future, t())
    `,
    function* (print) {
      const loop = getRunningLoop();
      const future = loop.createFuture<string>();
      loop.callAt(1, () => future.setResult("result"));
      const cm = timeoutAt(1);
      try {
        yield* asyncWith(cm, function* () {
          print(yield* future);
        });
      } catch (error) {
        print(repr(error), cm, future, t());
      }
    },
  ));

it("TO-10: a cancel from outside during the cleanup wins over the expiry", () =>
  same(
    `
      async def main():
          cm = asyncio.timeout(1)

          async def worker():
              try:
                  async with cm:
                      try:
                          await asyncio.sleep(10)
                      finally:
                          print("cleanup", t(), asyncio.current_task().cancelling())
                          await asyncio.sleep(10)
              finally:
                  print(cm, cm.expired(), asyncio.current_task().cancelling())

          task = asyncio.create_task(worker())
          await asyncio.sleep(2)
          task.cancel("from outside")
          try:
              await task
          except asyncio.CancelledError as error:
              print(repr(error), repr(error.__cause__), task.cancelled(), t())
    `,
    function* (print) {
      const cm = timeout(1);

      function* worker(): Coroutine {
        try {
          yield* asyncWith(cm, function* () {
            try {
              yield* sleep(10);
            } finally {
              print("cleanup", t(), cancelling());
              yield* sleep(10);
            }
          });
        } finally {
          print(cm, cm.expired(), cancelling());
        }
      }

      const task = createTask(worker());
      yield* sleep(2);
      task.cancel("from outside");
      try {
        yield* task;
      } catch (error) {
        print(repr(error), repr((error as Error).cause), task.cancelled(), t());
      }
    },
  ));

it("TO-10: an expiry during the cleanup of a cancelled body is not converted", () =>
  same(
    `
      async def main():
          cm = asyncio.timeout(2)

          async def worker():
              try:
                  async with cm:
                      try:
                          await asyncio.sleep(10)
                      finally:
                          print("cleanup", t(), asyncio.current_task().cancelling())
                          await asyncio.sleep(10)
              finally:
                  print(cm, cm.expired(), asyncio.current_task().cancelling())

          task = asyncio.create_task(worker())
          await asyncio.sleep(1)
          task.cancel("from outside")
          try:
              await task
          except asyncio.CancelledError as error:
              print(repr(error), task.cancelled(), t())
    `,
    function* (print) {
      const cm = timeout(2);

      function* worker(): Coroutine {
        try {
          yield* asyncWith(cm, function* () {
            try {
              yield* sleep(10);
            } finally {
              print("cleanup", t(), cancelling());
              yield* sleep(10);
            }
          });
        } finally {
          print(cm, cm.expired(), cancelling());
        }
      }

      const task = createTask(worker());
      yield* sleep(1);
      task.cancel("from outside");
      try {
        yield* task;
      } catch (error) {
        print(repr(error), task.cancelled(), t());
      }
    },
  ));

it("TO-10: a cancel that the body has taken back does not count", () =>
  same(
    `
      async def main():
          async def worker():
              task = asyncio.current_task()
              try:
                  async with asyncio.timeout(2):
                      try:
                          await asyncio.sleep(10)
                      except asyncio.CancelledError as error:
                          print(repr(error), "taken back", task.uncancel())
                      await asyncio.sleep(10)
              except TimeoutError as error:
                  print(repr(error), t(), task.cancelling())

          task = asyncio.create_task(worker())
          await asyncio.sleep(1)
          task.cancel()
          await task
    `,
    function* (print) {
      function* worker(): Coroutine {
        const task = currentTask() as Task<unknown>;
        try {
          yield* asyncWith(timeout(2), function* () {
            try {
              yield* sleep(10);
            } catch (error) {
              print(repr(error), "taken back", task.uncancel());
            }
            yield* sleep(10);
          });
        } catch (error) {
          print(repr(error), t(), task.cancelling());
        }
      }

      const task = createTask(worker());
      yield* sleep(1);
      task.cancel();
      yield* task;
    },
  ));

it("TO-11: CancelledError wins when the cancel and the expiry come in one iteration, in either order", () =>
  same(
    `
      async def main():
          loop = asyncio.get_running_loop()

          async def worker(cm):
              try:
                  async with cm:
                      await asyncio.sleep(10)
              except BaseException as error:
                  print(repr(error), cm, t(), asyncio.current_task().cancelling())

          task = asyncio.create_task(worker(asyncio.timeout_at(1)))
          loop.call_at(1, lambda: task.cancel("cancel first"))
          await task
          task = asyncio.create_task(worker(asyncio.timeout_at(2)))
          await asyncio.sleep(0)
          loop.call_at(2, lambda: task.cancel("timer first"))
          await task
    `,
    function* (print) {
      const loop = getRunningLoop();

      function* worker(cm: ReturnType<typeof timeout>): Coroutine {
        try {
          yield* asyncWith(cm, function* () {
            yield* sleep(10);
          });
        } catch (error) {
          print(repr(error), cm, t(), cancelling());
        }
      }

      const first = createTask(worker(timeoutAt(1)));
      loop.callAt(1, () => first.cancel("cancel first"));
      yield* first;
      const second = createTask(worker(timeoutAt(2)));
      yield* sleep(0);
      loop.callAt(2, () => second.cancel("timer first"));
      yield* second;
    },
  ));

it("TO-11: where nothing is awaited that takes the first cancel, the message of the last one is seen", () =>
  same(
    `
      async def main():
          task = asyncio.current_task()
          loop = asyncio.get_running_loop()
          try:
              async with asyncio.timeout(None) as cm:
                  loop.call_soon(task.cancel, "cancel first")
                  cm.reschedule(0)
                  await asyncio.sleep(0)
          except asyncio.CancelledError as error:
              print(repr(error), cm, task.uncancel())
          try:
              async with asyncio.timeout(0) as cm:
                  loop.call_soon(task.cancel, "timer first")
                  await asyncio.sleep(0)
          except asyncio.CancelledError as error:
              print(repr(error), cm, task.uncancel())
    `,
    function* (print) {
      const task = currentTask() as Task<unknown>;
      const loop = getRunningLoop();
      let cm = timeout(null);
      try {
        yield* asyncWith(cm, function* () {
          loop.callSoon(() => task.cancel("cancel first"));
          cm.reschedule(0);
          yield* sleep(0);
        });
      } catch (error) {
        print(repr(error), cm, task.uncancel());
      }
      cm = timeout(0);
      try {
        yield* asyncWith(cm, function* () {
          loop.callSoon(() => task.cancel("timer first"));
          yield* sleep(0);
        });
      } catch (error) {
        print(repr(error), cm, task.uncancel());
      }
    },
  ));

it("TO-12: cancel requests from before the block are none of its business", () =>
  same(
    `
      async def main():
          async def worker():
              task = asyncio.current_task()
              try:
                  await asyncio.sleep(10)
              except asyncio.CancelledError as error:
                  print("swallowed", repr(error), task.cancelling())
              try:
                  async with asyncio.timeout(1):
                      try:
                          await asyncio.sleep(10)
                      finally:
                          print("cleanup", task.cancelling())
              except TimeoutError as error:
                  print(repr(error), t(), task.cancelling())
              async with asyncio.timeout(1) as cm:
                  await asyncio.sleep(10)

          task = asyncio.create_task(worker())
          await asyncio.sleep(1)
          task.cancel()
          await asyncio.sleep(1.5)
          task.cancel("one more")
          try:
              await task
          except asyncio.CancelledError as error:
              print(repr(error), t(), task.cancelling())
    `,
    function* (print) {
      function* worker(): Coroutine {
        const task = currentTask() as Task<unknown>;
        try {
          yield* sleep(10);
        } catch (error) {
          print("swallowed", repr(error), task.cancelling());
        }
        try {
          yield* asyncWith(timeout(1), function* () {
            try {
              yield* sleep(10);
            } finally {
              print("cleanup", task.cancelling());
            }
          });
        } catch (error) {
          print(repr(error), t(), task.cancelling());
        }
        yield* asyncWith(timeout(1), function* () {
          yield* sleep(10);
        });
      }

      const task = createTask(worker());
      yield* sleep(1);
      task.cancel();
      yield* sleep(1.5);
      task.cancel("one more");
      try {
        yield* task;
      } catch (error) {
        print(repr(error), t(), task.cancelling());
      }
    },
  ));

it("TO-13: a body that swallows the CancelledError is not timed out", () =>
  same(
    `
      async def main():
          task = asyncio.current_task()
          async with asyncio.timeout(1) as cm:
              try:
                  await asyncio.sleep(10)
              except asyncio.CancelledError as error:
                  print("swallowed", repr(error), cm.expired(), task.cancelling())
              await asyncio.sleep(1)
              print("going on", t())
          print(cm, cm.expired(), task.cancelling())
          await asyncio.sleep(1)
          print("not cancelled later", t())
    `,
    function* (print) {
      const task = currentTask() as Task<unknown>;
      const cm = timeout(1);
      yield* asyncWith(cm, function* () {
        try {
          yield* sleep(10);
        } catch (error) {
          print("swallowed", repr(error), cm.expired(), task.cancelling());
        }
        yield* sleep(1);
        print("going on", t());
      });
      print(cm, cm.expired(), task.cancelling());
      yield* sleep(1);
      print("not cancelled later", t());
    },
  ));

it("TO-14: another exception that the expiry led to passes, with a TimeoutError put into its chain", () =>
  same(
    `
      ${chainInPython}

      async def main():
          try:
              async with asyncio.timeout(1) as cm:
                  try:
                      await asyncio.sleep(10)
                  except asyncio.CancelledError as error:
                      caught = error
                      raise ValueError("x")
          except ValueError as error:
              print(chain(error), cm, asyncio.current_task().cancelling())
              inserted = error.__context__
              print(inserted.__cause__ is caught, inserted.__context__ is caught)
    `,
    function* (print) {
      const cm = timeout(1);
      let caught: unknown;
      try {
        yield* asyncWith(cm, function* () {
          try {
            yield* sleep(10);
          } catch (error) {
            caught = error;
            throw new ValueError("x", { cause: error });
          }
        });
      } catch (error) {
        print(chain(error), cm, cancelling());
        const inserted = (error as Error).cause as Error;
        print(inserted.cause === caught, inserted.cause === caught);
      }
    },
  ));

it("TO-14: the TimeoutError comes before the first CancelledError in the chain", () =>
  same(
    `
      ${chainInPython}

      async def main():
          try:
              async with asyncio.timeout(1):
                  try:
                      await asyncio.sleep(10)
                  except asyncio.CancelledError:
                      try:
                          raise ValueError("oldest")
                      except ValueError:
                          try:
                              raise asyncio.CancelledError("newer")
                          except asyncio.CancelledError:
                              try:
                                  raise ValueError("middle")
                              except ValueError:
                                  raise ValueError("newest")
          except ValueError as error:
              print(chain(error))
    `,
    function* (print) {
      try {
        yield* asyncWith(timeout(1), function* () {
          try {
            yield* sleep(10);
          } catch (cause) {
            const oldest = new ValueError("oldest", { cause });
            const newer = Object.assign(new CancelledError("newer"), { cause: oldest });
            const middle = new ValueError("middle", { cause: newer });
            throw new ValueError("newest", { cause: middle });
          }
        });
      } catch (error) {
        print(chain(error));
      }
    },
  ));

it("TO-14: nothing is put into the chain when somebody else cancelled the task too", () =>
  same(
    `
      ${chainInPython}

      async def main():
          async def worker():
              try:
                  async with cm:
                      try:
                          await asyncio.sleep(10)
                      except asyncio.CancelledError:
                          raise ValueError("x")
              except ValueError as error:
                  print(chain(error), cm, asyncio.current_task().cancelling())

          cm = asyncio.timeout_at(1)
          task = asyncio.create_task(worker())
          asyncio.get_running_loop().call_at(1, task.cancel)
          await task
    `,
    function* (print) {
      const cm = timeoutAt(1);

      function* worker(): Coroutine {
        try {
          yield* asyncWith(cm, function* () {
            try {
              yield* sleep(10);
            } catch (cause) {
              throw new ValueError("x", { cause });
            }
          });
        } catch (error) {
          print(chain(error), cm, cancelling());
        }
      }

      const task = createTask(worker());
      getRunningLoop().callAt(1, () => task.cancel());
      yield* task;
    },
  ));

it("TO-15: the errors of a task group inside the block are spliced", () =>
  same(
    `
      ${chainInPython}

      async def main():
          async def fail(name):
              try:
                  await asyncio.sleep(10)
              except asyncio.CancelledError:
                  raise ValueError(name)

          try:
              async with asyncio.timeout(1):
                  async with asyncio.TaskGroup() as group:
                      group.create_task(fail("first"))
                      group.create_task(fail("second"))
                      await asyncio.sleep(10)
          except ExceptionGroup as error:
              print(repr(error))
              for member in error.exceptions:
                  print(chain(member))
    `,
    function* (print) {
      function* fail(name: string): Coroutine {
        try {
          yield* sleep(10);
        } catch (cause) {
          throw new ValueError(name, { cause });
        }
      }

      try {
        yield* asyncWith(timeout(1), function* () {
          yield* asyncWith(new TaskGroup(), function* (group) {
            group.createTask(fail("first"));
            group.createTask(fail("second"));
            yield* sleep(10);
          });
        });
      } catch (error) {
        print(repr(error));
        for (const member of (error as ExceptionGroup).exceptions) print(chain(member));
      }
    },
  ));

it("TO-15: a group and its direct members are spliced, the members of a nested group are not", () =>
  same(
    `
      ${chainInPython}

      async def main():
          direct, nested, unrelated = ValueError("direct"), ValueError("nested"), ValueError("unrelated")
          inner = ExceptionGroup("inner", [nested])
          try:
              async with asyncio.timeout(1):
                  try:
                      await asyncio.sleep(10)
                  except asyncio.CancelledError as error:
                      direct.__context__ = nested.__context__ = inner.__context__ = error
                      raise ExceptionGroup("outer", [direct, inner, unrelated])
          except ExceptionGroup as error:
              print([type(each).__name__ for each in chain(error)])
              print(chain(direct))
              print([type(each).__name__ for each in chain(inner)])
              print(chain(nested))
              print(chain(unrelated))
    `,
    function* (print) {
      const [direct, nested, unrelated] = [
        new ValueError("direct"),
        new ValueError("nested"),
        new ValueError("unrelated"),
      ];
      const inner = new ExceptionGroup("inner", [nested]);
      const names = (errors: readonly unknown[]): string[] => errors.map((each) => (each as Error).name);
      try {
        yield* asyncWith(timeout(1), function* () {
          try {
            yield* sleep(10);
          } catch (cause) {
            for (const each of [direct, nested, inner]) each.cause = cause;
            throw Object.assign(new ExceptionGroup("outer", [direct, inner, unrelated]), { cause });
          }
        });
      } catch (error) {
        print(names(chain(error)));
        print(chain(direct));
        print(names(chain(inner)));
        print(chain(nested));
        print(chain(unrelated));
      }
    },
  ));

it("TO-15: a member that the group itself came of is spliced twice", () =>
  same(
    `
      ${chainInPython}

      async def main():
          try:
              async with asyncio.timeout(1):
                  try:
                      await asyncio.sleep(10)
                  except asyncio.CancelledError:
                      try:
                          raise ValueError("member")
                      except ValueError as member:
                          raise ExceptionGroup("group", [member])
          except ExceptionGroup as error:
              print(chain(error.exceptions[0]))
    `,
    function* (print) {
      try {
        yield* asyncWith(timeout(1), function* () {
          try {
            yield* sleep(10);
          } catch (cause) {
            const member = new ValueError("member", { cause });
            throw Object.assign(new ExceptionGroup("group", [member]), { cause: member });
          }
        });
      } catch (error) {
        print(chain((error as ExceptionGroup).exceptions[0]));
      }
    },
  ));

it("TO-15: a BaseExceptionGroup that is no ExceptionGroup is spliced, its members are not", () =>
  same(
    `
      ${chainInPython}

      async def main():
          member = ValueError("member")
          try:
              async with asyncio.timeout(1):
                  try:
                      await asyncio.sleep(10)
                  except asyncio.CancelledError as error:
                      member.__context__ = error
                      raise BaseExceptionGroup("group", [member, KeyboardInterrupt()])
          except BaseExceptionGroup as error:
              print([type(each).__name__ for each in chain(error)])
              print(chain(member))
    `,
    function* (print) {
      const member = new ValueError("member");
      try {
        yield* asyncWith(timeout(1), function* () {
          try {
            yield* sleep(10);
          } catch (cause) {
            member.cause = cause;
            throw Object.assign(new BaseExceptionGroup("group", [member, new KeyboardInterrupt()]), { cause });
          }
        });
      } catch (error) {
        print(chain(error).map((each) => (each as Error).name));
        print(chain(member));
      }
    },
  ));

it("TO-16: an exception that no CancelledError led to is left alone though the timeout was expiring", () =>
  same(
    `
      ${chainInPython}

      async def main():
          task = asyncio.current_task()
          for cause in (None, ValueError("its cause")):
              try:
                  async with asyncio.timeout(1) as cm:
                      try:
                          await asyncio.sleep(10)
                      except asyncio.CancelledError as error:
                          print(repr(error), cm)
                      error = ValueError("unrelated")
                      error.__context__ = cause
                      raise error
              except ValueError as error:
                  print(chain(error), cm, task.cancelling())
    `,
    function* (print) {
      const task = currentTask() as Task<unknown>;
      for (const cause of [undefined, new ValueError("its cause")]) {
        const cm = timeout(1);
        try {
          yield* asyncWith(cm, function* () {
            try {
              yield* sleep(10);
            } catch (error) {
              print(repr(error), cm);
            }
            throw new ValueError("unrelated", { cause });
          });
        } catch (error) {
          print(chain(error), cm, task.cancelling());
        }
      }
    },
  ));

it("TO-16: without an expiry a chain with a CancelledError is left alone", () =>
  same(
    `
      ${chainInPython}

      async def main():
          try:
              async with asyncio.timeout(1) as cm:
                  try:
                      raise asyncio.CancelledError("mine")
                  except asyncio.CancelledError:
                      raise ValueError("x")
          except ValueError as error:
              print(chain(error), cm)
    `,
    function* (print) {
      const cm = timeout(1);
      try {
        yield* asyncWith(cm, function* () {
          throw new ValueError("x", { cause: new CancelledError("mine") });
        });
      } catch (error) {
        print(chain(error), cm);
      }
    },
  ));

it("TO-17: of nested timeouts with one deadline both expire, and the outer one raises", () =>
  same(
    `
      async def main():
          task = asyncio.current_task()
          outer, inner = asyncio.timeout_at(1), asyncio.timeout_at(1)
          try:
              async with outer:
                  try:
                      async with inner:
                          try:
                              await asyncio.sleep(10)
                          finally:
                              print("cleanup", task.cancelling(), inner, outer)
                  except BaseException as error:
                      print(repr(error), task.cancelling(), inner, outer)
                      raise
          except BaseException as error:
              print(repr(error), task.cancelling(), inner, outer, t())
          print(inner.expired(), outer.expired())
    `,
    function* (print) {
      const task = currentTask() as Task<unknown>;
      const [outer, inner] = [timeoutAt(1), timeoutAt(1)];
      try {
        yield* asyncWith(outer, function* () {
          try {
            yield* asyncWith(inner, function* () {
              try {
                yield* sleep(10);
              } finally {
                print("cleanup", task.cancelling(), inner, outer);
              }
            });
          } catch (error) {
            print(repr(error), task.cancelling(), inner, outer);
            throw error;
          }
        });
      } catch (error) {
        print(repr(error), task.cancelling(), inner, outer, t());
      }
      print(inner.expired(), outer.expired());
    },
  ));

it("TO-18: of nested timeouts the one with the earlier deadline raises", () =>
  same(
    `
      async def main():
          task = asyncio.current_task()
          for outer_delay, inner_delay in ((2.5, 1.5), (1.5, 2.5)):
              outer, inner = asyncio.timeout(outer_delay), asyncio.timeout(inner_delay)
              try:
                  async with outer:
                      try:
                          async with inner:
                              await asyncio.sleep(10)
                      except BaseException as error:
                          print("inner", repr(error), t(), task.cancelling(), inner, outer)
                          raise
              except BaseException as error:
                  print("outer", repr(error), t(), task.cancelling(), inner, outer)
    `,
    function* (print) {
      const task = currentTask() as Task<unknown>;
      for (const [outerDelay, innerDelay] of [
        [2.5, 1.5],
        [1.5, 2.5],
      ] as const) {
        const [outer, inner] = [timeout(outerDelay), timeout(innerDelay)];
        try {
          yield* asyncWith(outer, function* () {
            try {
              yield* asyncWith(inner, function* () {
                yield* sleep(10);
              });
            } catch (error) {
              print("inner", repr(error), t(), task.cancelling(), inner, outer);
              throw error;
            }
          });
        } catch (error) {
          print("outer", repr(error), t(), task.cancelling(), inner, outer);
        }
      }
    },
  ));

it("TO-18: when the inner TimeoutError is handled, the outer timeout goes on", () =>
  same(
    `
      async def main():
          try:
              async with asyncio.timeout(2) as outer:
                  try:
                      async with asyncio.timeout(1):
                          await asyncio.sleep(10)
                  except TimeoutError as error:
                      print("inner", repr(error), t(), outer.expired())
                  await asyncio.sleep(10)
          except TimeoutError as error:
              print("outer", repr(error), t(), outer.expired())
    `,
    function* (print) {
      const outer = timeout(2);
      try {
        yield* asyncWith(outer, function* () {
          try {
            yield* asyncWith(timeout(1), function* () {
              yield* sleep(10);
            });
          } catch (error) {
            print("inner", repr(error), t(), outer.expired());
          }
          yield* sleep(10);
        });
      } catch (error) {
        print("outer", repr(error), t(), outer.expired());
      }
    },
  ));

it("TO-19: only the task that entered is cancelled", () =>
  same(
    `
      async def main():
          async def other():
              await asyncio.sleep(2)
              print("undisturbed", t(), asyncio.current_task().cancelling())

          try:
              async with asyncio.timeout(1):
                  task = asyncio.create_task(other())
                  await asyncio.sleep(10)
          except TimeoutError as error:
              print(repr(error), t(), task.cancelling())
          await task
    `,
    function* (print) {
      function* other(): Coroutine {
        yield* sleep(2);
        print("undisturbed", t(), cancelling());
      }

      const tasks: Task<void>[] = [];
      try {
        yield* asyncWith(timeout(1), function* () {
          tasks.push(createTask(other()));
          yield* sleep(10);
        });
      } catch (error) {
        print(repr(error), t(), tasks[0]?.cancelling());
      }
      for (const task of tasks) yield* task;
    },
  ));

it("TO-19: a timeout inside a group's body ends in a group, one around the group does not", () =>
  same(
    `
      async def main():
          async def child():
              try:
                  await asyncio.sleep(10)
              finally:
                  print("child", t())

          try:
              async with asyncio.TaskGroup() as group:
                  group.create_task(child())
                  async with asyncio.timeout(1):
                      await asyncio.sleep(10)
          except BaseException as error:
              print(repr(error), asyncio.current_task().cancelling())
          for body in (10, 0):
              try:
                  async with asyncio.timeout(1):
                      async with asyncio.TaskGroup() as group:
                          group.create_task(child())
                          await asyncio.sleep(body)
              except BaseException as error:
                  print(repr(error), asyncio.current_task().cancelling())
    `,
    function* (print) {
      function* child(): Coroutine {
        try {
          yield* sleep(10);
        } finally {
          print("child", t());
        }
      }

      try {
        yield* asyncWith(new TaskGroup(), function* (group) {
          group.createTask(child());
          yield* asyncWith(timeout(1), function* () {
            yield* sleep(10);
          });
        });
      } catch (error) {
        print(repr(error), cancelling());
      }
      for (const body of [10, 0]) {
        try {
          yield* asyncWith([timeout(1), new TaskGroup()], function* ([, group]) {
            group.createTask(child());
            yield* sleep(body);
          });
        } catch (error) {
          print(repr(error), cancelling());
        }
      }
    },
  ));

it("TO-20: when a child fails because of the abort its group leaves, and no stray cancel stays", () =>
  same(
    `
      async def main():
          task = asyncio.current_task()

          async def child():
              try:
                  await asyncio.sleep(10)
              finally:
                  raise ValueError("in cleanup")

          for body in (10, 0):
              try:
                  async with asyncio.timeout(1) as cm:
                      async with asyncio.TaskGroup() as group:
                          group.create_task(child())
                          await asyncio.sleep(body)
              except BaseException as error:
                  print(repr(error), cm, task.cancelling(), t())
              await asyncio.sleep(1)
              print("not cancelled later", t())
    `,
    function* (print) {
      const task = currentTask() as Task<unknown>;

      function* child(): Coroutine {
        try {
          yield* sleep(10);
        } catch (cause) {
          throw new ValueError("in cleanup", { cause });
        }
      }

      for (const body of [10, 0]) {
        const cm = timeout(1);
        try {
          yield* asyncWith([cm, new TaskGroup()], function* ([, group]) {
            group.createTask(child());
            yield* sleep(body);
          });
        } catch (error) {
          print(repr(error), cm, task.cancelling(), t());
        }
        yield* sleep(1);
        print("not cancelled later", t());
      }
    },
  ));

it("TO-20: inside the block the group has cancelled its parent again", () =>
  same(
    `
      async def main():
          task = asyncio.current_task()

          async def child():
              try:
                  await asyncio.sleep(10)
              finally:
                  raise ValueError("in cleanup")

          try:
              async with asyncio.timeout(1):
                  try:
                      async with asyncio.TaskGroup() as group:
                          group.create_task(child())
                  except ExceptionGroup:
                      print("handled", task.cancelling())
                  try:
                      await asyncio.sleep(1)
                  except asyncio.CancelledError as error:
                      print(repr(error), task.cancelling())
                      raise
          except BaseException as error:
              print(repr(error), task.cancelling(), t())
    `,
    function* (print) {
      const task = currentTask() as Task<unknown>;

      function* child(): Coroutine {
        try {
          yield* sleep(10);
        } catch (cause) {
          throw new ValueError("in cleanup", { cause });
        }
      }

      try {
        yield* asyncWith(timeout(1), function* () {
          try {
            yield* asyncWith(new TaskGroup(), function* (group) {
              group.createTask(child());
            });
          } catch (error) {
            if (error instanceof ExceptionGroup) print("handled", task.cancelling());
          }
          try {
            yield* sleep(1);
          } catch (error) {
            print(repr(error), task.cancelling());
            throw error;
          }
        });
      } catch (error) {
        print(repr(error), task.cancelling(), t());
      }
    },
  ));

it("TO-21: reschedule() replaces the timer, and when() tells at once and after the exit", () =>
  same(
    `
      async def main():
          async with asyncio.timeout(1) as cm:
              cm.reschedule(5.5)
              print(cm.when())
              await asyncio.sleep(3)
          print(cm.when(), cm.expired(), t())
          try:
              async with asyncio.timeout(10) as cm:
                  cm.reschedule(8.5)
                  cm.reschedule(4.5)
                  print(cm.when())
                  await asyncio.sleep(20)
          except TimeoutError as error:
              print(repr(error), cm.when(), cm.expired(), t())
    `,
    function* (print) {
      const later = timeout(1);
      yield* asyncWith(later, function* () {
        later.reschedule(5.5);
        print(later.when());
        yield* sleep(3);
      });
      print(later.when(), later.expired(), t());
      const earlier = timeout(10);
      try {
        yield* asyncWith(earlier, function* () {
          earlier.reschedule(8.5);
          earlier.reschedule(4.5);
          print(earlier.when());
          yield* sleep(20);
        });
      } catch (error) {
        print(repr(error), earlier.when(), earlier.expired(), t());
      }
    },
  ));

it("TO-21: a new deadline that is past fires in the next iteration, in the order of call_soon", () =>
  same(
    `
      async def main():
          await asyncio.sleep(3.5)
          loop = asyncio.get_running_loop()
          for when in (1.5, 3.5):
              try:
                  async with asyncio.timeout(10) as cm:
                      loop.call_soon(lambda: print("before", cm))
                      cm.reschedule(when)
                      print(cm.when(), cm.expired())
                      loop.call_soon(lambda: print("after", cm.expired()))
                      await asyncio.sleep(0)
                      print("not reached")
              except TimeoutError as error:
                  print(repr(error), cm.when(), cm.expired(), t())
          async with asyncio.timeout(10) as cm:
              cm.reschedule(1)
          print(cm.when(), cm.expired())
    `,
    function* (print) {
      yield* sleep(3.5);
      const loop = getRunningLoop();
      for (const when of [1.5, 3.5]) {
        const cm = timeout(10);
        try {
          yield* asyncWith(cm, function* () {
            loop.callSoon(() => print("before", cm));
            cm.reschedule(when);
            print(cm.when(), cm.expired());
            loop.callSoon(() => print("after", cm.expired()));
            yield* sleep(0);
            print("not reached");
          });
        } catch (error) {
          print(repr(error), cm.when(), cm.expired(), t());
        }
      }
      const cm = timeout(10);
      yield* asyncWith(cm, function* () {
        cm.reschedule(1);
      });
      print(cm.when(), cm.expired());
    },
  ));

it("TO-22: a CancelledError of the body's own passes untouched", () =>
  same(
    `
      ${chainInPython}

      async def main():
          mine = asyncio.CancelledError("mine")
          try:
              async with asyncio.timeout(1) as cm:
                  raise mine
          except asyncio.CancelledError as error:
              print(chain(error), error is mine, cm, cm.expired(), asyncio.current_task().cancelling())
    `,
    function* (print) {
      const mine = new CancelledError("mine");
      const cm = timeout(1);
      try {
        yield* asyncWith(cm, function* () {
          throw mine;
        });
      } catch (error) {
        print(chain(error), error === mine, cm, cm.expired(), cancelling());
      }
    },
  ));

it("TO-22: the cancel of a task that the body awaits passes untouched", () =>
  same(
    `
      async def main():
          task = asyncio.create_task(asyncio.sleep(10))
          asyncio.get_running_loop().call_at(0.5, lambda: task.cancel("the other"))
          try:
              async with asyncio.timeout(1) as cm:
                  await task
          except asyncio.CancelledError as error:
              print(repr(error), cm, t(), asyncio.current_task().cancelling())
    `,
    function* (print) {
      const task = createTask(sleep(10));
      getRunningLoop().callAt(0.5, () => task.cancel("the other"));
      const cm = timeout(1);
      try {
        yield* asyncWith(cm, function* () {
          yield* task;
        });
      } catch (error) {
        print(repr(error), cm, t(), cancelling());
      }
    },
  ));

it("TO-23: an instance of a subclass of CancelledError is converted on expiry", () =>
  same(
    `
      class Stop(asyncio.CancelledError):
          pass

      async def main():
          try:
              async with asyncio.timeout(1):
                  try:
                      await asyncio.sleep(10)
                  except asyncio.CancelledError:
                      raise Stop("now")
          except TimeoutError as error:
              print(repr(error), repr(error.__cause__), asyncio.current_task().cancelling())
    `,
    function* (print) {
      class Stop extends CancelledError {
        override name = "Stop";
      }

      try {
        yield* asyncWith(timeout(1), function* () {
          try {
            yield* sleep(10);
          } catch (cause) {
            throw Object.assign(new Stop("now"), { cause });
          }
        });
      } catch (error) {
        print(repr(error), repr((error as Error).cause), cancelling());
      }
    },
  ));

it("TO-24: only expired() tells the block's TimeoutError from one of an inner operation", () =>
  same(
    `
      async def main():
          async def inner():
              raise TimeoutError("inner")

          async with asyncio.timeout(10):
              for operation in (inner, lambda: asyncio.sleep(10)):
                  try:
                      async with asyncio.timeout(1) as cm:
                          await operation()
                  except TimeoutError as error:
                      print(repr(error), type(error) is TimeoutError, cm, cm.expired())
    `,
    function* (print) {
      function* inner(): Coroutine {
        throw new TimeoutError("inner");
      }

      yield* asyncWith(timeout(10), function* () {
        for (const operation of [inner, () => sleep(10)]) {
          const cm = timeout(1);
          try {
            yield* asyncWith(cm, function* () {
              yield* operation();
            });
          } catch (error) {
            print(repr(error), (error as Error).constructor === TimeoutError, cm, cm.expired());
          }
        }
      });
    },
  ));

it("TO-25: nested deadlines that are overdue together fire together, and the outermost of them raises", () =>
  sameScript(
    `
      import time

      async def main():
          task = asyncio.current_task()
          loop = asyncio.get_running_loop()
          loop.call_at(0.5, lambda: time.sleep(2))
          outer, middle, inner = asyncio.timeout(3), asyncio.timeout(2), asyncio.timeout(1)
          try:
              async with outer:
                  try:
                      async with middle:
                          try:
                              async with inner:
                                  await asyncio.sleep(10)
                          except BaseException as error:
                              print("inner", repr(error), task.cancelling(), t())
                              raise
                  except BaseException as error:
                      print("middle", repr(error), task.cancelling())
                      raise
          except BaseException as error:
              print("outer", repr(error), task.cancelling())
          print(inner.expired(), middle.expired(), outer.expired())

      asyncio.run(main())
    `,
    blocking(function* (print, block) {
      const task = currentTask() as Task<unknown>;
      const loop = getRunningLoop();
      loop.callAt(0.5, () => block(2));
      const [outer, middle, inner] = [timeout(3), timeout(2), timeout(1)];
      try {
        yield* asyncWith(outer, function* () {
          try {
            yield* asyncWith(middle, function* () {
              try {
                yield* asyncWith(inner, function* () {
                  yield* sleep(10);
                });
              } catch (error) {
                print("inner", repr(error), task.cancelling(), t());
                throw error;
              }
            });
          } catch (error) {
            print("middle", repr(error), task.cancelling());
            throw error;
          }
        });
      } catch (error) {
        print("outer", repr(error), task.cancelling());
      }
      print(inner.expired(), middle.expired(), outer.expired());
    }),
  ));

it("TO-26: a timeout in the cleanup after an expiry works on its own", () =>
  same(
    `
      async def main():
          task = asyncio.current_task()
          first = asyncio.timeout(1)
          try:
              async with first:
                  try:
                      await asyncio.sleep(10)
                  finally:
                      async with asyncio.timeout(1) as unhurried:
                          await asyncio.sleep(0.5)
                      print(unhurried, task.cancelling())
                      second = asyncio.timeout(1)
                      try:
                          async with second:
                              try:
                                  await asyncio.sleep(10)
                              finally:
                                  print("cleanup", t(), task.cancelling())
                      except TimeoutError as error:
                          print(repr(error), t(), second, first, task.cancelling())
          except TimeoutError as error:
              print(repr(error), t(), second, first, task.cancelling())
    `,
    function* (print) {
      const task = currentTask() as Task<unknown>;
      const first = timeout(1);
      let second = timeout(null);
      try {
        yield* asyncWith(first, function* () {
          try {
            yield* sleep(10);
          } finally {
            const unhurried = timeout(1);
            yield* asyncWith(unhurried, function* () {
              yield* sleep(0.5);
            });
            print(unhurried, task.cancelling());
            second = timeout(1);
            try {
              yield* asyncWith(second, function* () {
                try {
                  yield* sleep(10);
                } finally {
                  print("cleanup", t(), task.cancelling());
                }
              });
            } catch (error) {
              print(repr(error), t(), second, first, task.cancelling());
            }
          }
        });
      } catch (error) {
        print(repr(error), t(), second, first, task.cancelling());
      }
    },
  ));

it("TO-27: a body that keeps awaiting in its cleanup is not interrupted again", () =>
  same(
    `
      async def main():
          try:
              async with asyncio.timeout(1) as cm:
                  try:
                      await asyncio.sleep(10)
                  finally:
                      for _ in range(3):
                          await asyncio.sleep(100)
                          print("cleaning up", t(), cm, asyncio.current_task().cancelling())
          except TimeoutError as error:
              print(repr(error), t(), cm)
    `,
    function* (print) {
      const cm = timeout(1);
      try {
        yield* asyncWith(cm, function* () {
          try {
            yield* sleep(10);
          } finally {
            for (let i = 0; i < 3; i += 1) {
              yield* sleep(100);
              print("cleaning up", t(), cm, cancelling());
            }
          }
        });
      } catch (error) {
        print(repr(error), t(), cm);
      }
    },
  ));

import {
  asyncWith,
  type CancelledError,
  type Coroutine,
  createTask,
  currentTask,
  getRunningLoop,
  sleep,
  type Task,
} from "@yieldstar/loop";
import { timeout, timeoutAt } from "@yieldstar/timeout";
import { it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same, sameScript } from "../../../src/same.ts";
import { cancelling, t } from "../outcomes.ts";
import { blocking } from "./helpers.ts";

it("TO-06: expiry cancels the task without a message, and is complete only when the block is left", () =>
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

it("TO-07: a deadline in the past does not interrupt a body that never suspends", () =>
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

it("TO-07: a deadline in the past interrupts a body that suspends once, in the next iteration", () =>
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

it("TO-09: leaving the block cancels a timer that is queued already", () =>
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

it("TO-09: a result and an expiry in one iteration: the one that is queued first wins", () =>
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

it("TO-09: a result that came in the iteration of the timer is lost to the pending cancel", () =>
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

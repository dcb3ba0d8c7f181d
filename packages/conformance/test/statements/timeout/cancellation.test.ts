import {
  asyncWith,
  CancelledError,
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
import { same } from "../../../src/same.ts";
import { cancelling, chain, chainInPython, t } from "../outcomes.ts";

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

it("TO-10: a cancel that the body has uncancelled does not count", () =>
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

it("TO-11: the message of the last cancel is seen when no awaited future takes the first", () =>
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

it("TO-12: cancel requests from before the block do not count", () =>
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

it("TO-22: a CancelledError that the body itself raises passes untouched", () =>
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

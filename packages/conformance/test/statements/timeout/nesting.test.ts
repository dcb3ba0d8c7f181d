import {
  asyncWith,
  type Coroutine,
  createTask,
  currentTask,
  getRunningLoop,
  sleep,
  type Task,
  ValueError,
} from "@yieldstar/loop";
import { ExceptionGroup, TaskGroup } from "@yieldstar/taskgroup";
import { timeout, timeoutAt } from "@yieldstar/timeout";
import { it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same, sameScript } from "../../../src/same.ts";
import { cancelling, t } from "../outcomes.ts";
import { blocking } from "./helpers.ts";

it("TO-17: nested timeouts with one deadline both expire, and the outer one raises", () =>
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

it("TO-18: the nested timeout with the earlier deadline raises", () =>
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

it("TO-19: expiry cancels only the task that entered the timeout", () =>
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

it("TO-20: a group whose child fails because of the abort passes its errors out, and no stray cancel stays", () =>
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

it("TO-20: a group that failed because of the expiry has cancelled its parent again, inside the block", () =>
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

it("TO-25: nested deadlines that are overdue together fire together, and the outermost one raises", () =>
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

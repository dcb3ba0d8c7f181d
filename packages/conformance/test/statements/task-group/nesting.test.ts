import { asyncWith, type Coroutine, createTask, currentTask, sleep, type Task, ValueError } from "@yieldstar/loop";
import { TaskGroup } from "@yieldstar/taskgroup";
import { it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { type Print, same } from "../../../src/same.ts";
import { cancelling, t } from "../outcomes.ts";

function* fail(delay: number, error: Error): Coroutine<never> {
  yield* sleep(delay);
  throw error;
}

/** Cleans up for `cleanup` seconds when it is cancelled, and prints its view. */
function* child(print: Print, name: string, cleanup: number, parent = currentTask()): Coroutine {
  try {
    yield* sleep(99);
  } finally {
    print(name, "is cancelled, parent", parent?.cancelling(), t());
    yield* sleep(cleanup);
    print(name, "ends, parent", parent?.cancelling(), t());
  }
}

/** The same in Python. `child` is not a coroutine function itself, so that it can see its caller. */
const helpersInPython = `
      cancelling = lambda: asyncio.current_task().cancelling()

      async def fail(delay, error):
          await asyncio.sleep(delay)
          raise error

      async def watch(name, cleanup, parent):
          try:
              await asyncio.sleep(99)
          finally:
              print(name, "is cancelled, parent", parent.cancelling(), t())
              await asyncio.sleep(cleanup)
              print(name, "ends, parent", parent.cancelling(), t())

      def child(name, cleanup):
          return watch(name, cleanup, asyncio.current_task())
`;

it("TG-20: an inner group's error goes through the outer body into the outer group", () =>
  same(
    `
      ${helpersInPython}
      async def main():
          try:
              async with asyncio.TaskGroup() as outer:
                  outer.create_task(child("outer child", 2))
                  try:
                      async with asyncio.TaskGroup() as inner:
                          inner.create_task(child("inner child", 1))
                          inner.create_task(fail(1, ValueError("x")))
                          await asyncio.sleep(9)
                  except ExceptionGroup as error:
                      print("outer body", repr(error), outer, cancelling(), t())
                      raise
          except ExceptionGroup as error:
              print(repr(error), cancelling(), t())
          await asyncio.sleep(1)
          print(t())
    `,
    function* (print) {
      try {
        yield* asyncWith(new TaskGroup(), function* (outer) {
          outer.createTask(child(print, "outer child", 2));
          try {
            yield* asyncWith(new TaskGroup(), function* (inner) {
              inner.createTask(child(print, "inner child", 1));
              inner.createTask(fail(1, new ValueError("x")));
              yield* sleep(9);
            });
          } catch (error) {
            print("outer body", repr(error), outer, cancelling(), t());
            throw error;
          }
        });
      } catch (error) {
        print(repr(error), cancelling(), t());
      }
      yield* sleep(1);
      print(t());
    },
  ));

it("TG-20: an inner group's error that the outer body catches does not affect the outer group", () =>
  same(
    `
      ${helpersInPython}
      async def main():
          async with asyncio.TaskGroup() as outer:
              task = outer.create_task(asyncio.sleep(2, "result"))
              try:
                  async with asyncio.TaskGroup() as inner:
                      inner.create_task(fail(1, ValueError("x")))
                      await asyncio.sleep(9)
              except ExceptionGroup as error:
                  print(repr(error), outer, cancelling())
              outer.create_task(asyncio.sleep(2))
          print(task.result(), t())
    `,
    function* (print) {
      const task = yield* asyncWith(new TaskGroup(), function* (outer) {
        const first = outer.createTask(sleep(2, "result"));
        try {
          yield* asyncWith(new TaskGroup(), function* (inner) {
            inner.createTask(fail(1, new ValueError("x")));
            yield* sleep(9);
          });
        } catch (error) {
          print(repr(error), outer, cancelling());
        }
        outer.createTask(sleep(2));
        return first;
      });
      print(task.result(), t());
    },
  ));

it("TG-20: groups nest as deep as the blocks do, in tasks of their own too", () =>
  same(
    `
      ${helpersInPython}
      async def nest(depth, name):
          async with asyncio.TaskGroup() as group:
              if depth == 0:
                  group.create_task(fail(1, ValueError(name)))
              else:
                  group.create_task(nest(depth - 1, name))
              await asyncio.sleep(9)

      async def main():
          try:
              async with asyncio.TaskGroup() as outer:
                  outer.create_task(nest(2, "deep"))
                  async with asyncio.TaskGroup() as inner:
                      inner.create_task(nest(0, "shallow"))
          except ExceptionGroup as error:
              print(repr(error), cancelling(), t())
    `,
    function* (print) {
      function nest(depth: number, name: string): Coroutine {
        return asyncWith(new TaskGroup(), function* (group) {
          group.createTask(depth === 0 ? fail(1, new ValueError(name)) : nest(depth - 1, name));
          yield* sleep(9);
        });
      }
      try {
        yield* asyncWith(new TaskGroup(), function* (outer) {
          outer.createTask(nest(2, "deep"));
          yield* asyncWith(new TaskGroup(), function* (inner) {
            inner.createTask(nest(0, "shallow"));
          });
        });
      } catch (error) {
        print(repr(error), cancelling(), t());
      }
    },
  ));

it("TG-21: an outer child's error cancels the parent in the inner group, and only the outer group withdraws it", () =>
  same(
    `
      ${helpersInPython}
      async def main():
          for body in 9, 0:
              try:
                  async with asyncio.TaskGroup() as outer:
                      outer.create_task(child("outer child", 2))
                      outer.create_task(fail(1, ValueError("x")))
                      try:
                          async with asyncio.TaskGroup() as inner:
                              inner.create_task(child("inner child", 1))
                              await asyncio.sleep(body)
                      except BaseException as error:
                          print("outer body", repr(error), inner, outer, cancelling(), t())
                          raise
              except BaseException as error:
                  print(repr(error), cancelling(), t())
              await asyncio.sleep(1)
              print(t())
    `,
    function* (print) {
      for (const body of [9, 0]) {
        try {
          yield* asyncWith(new TaskGroup(), function* (outer) {
            outer.createTask(child(print, "outer child", 2));
            outer.createTask(fail(1, new ValueError("x")));
            const inner = new TaskGroup();
            try {
              yield* asyncWith(inner, function* () {
                inner.createTask(child(print, "inner child", 1));
                yield* sleep(body);
              });
            } catch (error) {
              print("outer body", repr(error), inner, outer, cancelling(), t());
              throw error;
            }
          });
        } catch (error) {
          print(repr(error), cancelling(), t());
        }
        yield* sleep(1);
        print(t());
      }
    },
  ));

it("TG-22: groups that fail in the same iteration both cancel the parent, and both withdraw their cancel", () =>
  same(
    `
      ${helpersInPython}
      async def main():
          for first in "outer", "inner":
              try:
                  async with asyncio.TaskGroup() as outer:
                      if first == "outer":
                          outer.create_task(fail(1, ValueError("outer")))
                      try:
                          async with asyncio.TaskGroup() as inner:
                              inner.create_task(child("inner child", 1))
                              inner.create_task(fail(1, ValueError("inner")))
                              if first == "inner":
                                  outer.create_task(fail(1, ValueError("outer")))
                              outer.create_task(child("outer child", 2))
                              await asyncio.sleep(9)
                      except BaseException as error:
                          print("outer body", repr(error), cancelling(), t())
                          raise
              except BaseException as error:
                  print(repr(error), cancelling(), t())
              await asyncio.sleep(1)
              print(t())
    `,
    function* (print) {
      for (const first of ["outer", "inner"]) {
        try {
          yield* asyncWith(new TaskGroup(), function* (outer) {
            if (first === "outer") outer.createTask(fail(1, new ValueError("outer")));
            try {
              yield* asyncWith(new TaskGroup(), function* (inner) {
                inner.createTask(child(print, "inner child", 1));
                inner.createTask(fail(1, new ValueError("inner")));
                if (first === "inner") outer.createTask(fail(1, new ValueError("outer")));
                outer.createTask(child(print, "outer child", 2));
                yield* sleep(9);
              });
            } catch (error) {
              print("outer body", repr(error), cancelling(), t());
              throw error;
            }
          });
        } catch (error) {
          print(repr(error), cancelling(), t());
        }
        yield* sleep(1);
        print(t());
      }
    },
  ));

it("TG-22: an outer failure while the inner group is failing keeps the outer cancel alive", () =>
  same(
    `
      ${helpersInPython}
      async def main():
          try:
              async with asyncio.TaskGroup() as outer:
                  outer.create_task(fail(2, ValueError("outer")))
                  try:
                      async with asyncio.TaskGroup() as inner:
                          inner.create_task(child("inner child", 2))
                          inner.create_task(fail(1, ValueError("inner")))
                  except ExceptionGroup as error:
                      print("outer body", repr(error), cancelling(), t())
                  try:
                      await asyncio.sleep(9)
                  except asyncio.CancelledError as error:
                      print("outer body", repr(error), cancelling(), t())
                      raise
          except ExceptionGroup as error:
              print(repr(error), cancelling(), t())
          await asyncio.sleep(1)
          print(t())
    `,
    function* (print) {
      try {
        yield* asyncWith(new TaskGroup(), function* (outer) {
          outer.createTask(fail(2, new ValueError("outer")));
          try {
            yield* asyncWith(new TaskGroup(), function* (inner) {
              inner.createTask(child(print, "inner child", 2));
              inner.createTask(fail(1, new ValueError("inner")));
            });
          } catch (error) {
            print("outer body", repr(error), cancelling(), t());
          }
          try {
            yield* sleep(9);
          } catch (error) {
            print("outer body", repr(error), cancelling(), t());
            throw error;
          }
        });
      } catch (error) {
        print(repr(error), cancelling(), t());
      }
      yield* sleep(1);
      print(t());
    },
  ));

it("TG-15: a cancel of the parent aborts the groups from the inside out", () =>
  same(
    `
      ${helpersInPython}
      async def parent():
          async with asyncio.TaskGroup() as outer:
              outer.create_task(child("outer child", 1))
              async with asyncio.TaskGroup() as inner:
                  inner.create_task(child("inner child", 1))

      async def main():
          task = asyncio.create_task(parent())
          await asyncio.sleep(1)
          task.cancel("stop")
          try:
              await task
          except asyncio.CancelledError as error:
              print(repr(error), task.cancelling(), t())
    `,
    function* (print) {
      function parent(): Coroutine {
        return asyncWith(new TaskGroup(), function* (outer) {
          outer.createTask(child(print, "outer child", 1));
          yield* asyncWith(new TaskGroup(), function* (inner) {
            inner.createTask(child(print, "inner child", 1));
          });
        });
      }
      const task = createTask(parent());
      yield* sleep(1);
      task.cancel("stop");
      try {
        yield* task;
      } catch (error) {
        print(repr(error), task.cancelling(), t());
      }
    },
  ));

it("TG-17: a cancel outlives the failures of two groups", () =>
  same(
    `
      ${helpersInPython}
      async def fail_when_cancelled(delay, error):
          try:
              await asyncio.sleep(99)
          except asyncio.CancelledError:
              await asyncio.sleep(delay)
              raise error

      async def parent():
          try:
              async with asyncio.TaskGroup() as outer:
                  outer.create_task(child("outer child", 2))
                  outer.create_task(fail_when_cancelled(1, ValueError("outer")))
                  async with asyncio.TaskGroup() as inner:
                      inner.create_task(fail_when_cancelled(1, ValueError("inner")))
          except ExceptionGroup as error:
              print(repr(error), cancelling(), t())
          await asyncio.sleep(9)

      async def main():
          task = asyncio.create_task(parent())
          await asyncio.sleep(1)
          task.cancel("stop")
          try:
              await task
          except asyncio.CancelledError as error:
              print(repr(error), task.cancelling(), t())
    `,
    function* (print) {
      function* failWhenCancelled(delay: number, error: Error): Coroutine {
        try {
          yield* sleep(99);
        } catch {
          yield* sleep(delay);
          throw error;
        }
      }
      function* parent(): Coroutine {
        try {
          yield* asyncWith(new TaskGroup(), function* (outer) {
            outer.createTask(child(print, "outer child", 2));
            outer.createTask(failWhenCancelled(1, new ValueError("outer")));
            yield* asyncWith(new TaskGroup(), function* (inner) {
              inner.createTask(failWhenCancelled(1, new ValueError("inner")));
            });
          });
        } catch (error) {
          print(repr(error), cancelling(), t());
        }
        yield* sleep(9);
      }
      const task: Task<void> = createTask(parent());
      yield* sleep(1);
      task.cancel("stop");
      try {
        yield* task;
      } catch (error) {
        print(repr(error), task.cancelling(), t());
      }
    },
  ));

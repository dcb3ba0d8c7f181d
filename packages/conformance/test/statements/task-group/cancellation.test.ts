import {
  asyncWith,
  CancelledError,
  type Coroutine,
  createTask,
  currentTask,
  sleep,
  type Task,
  ValueError,
} from "@yieldstar/loop";
import { TaskGroup } from "@yieldstar/taskgroup";
import { it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { type Print, same } from "../../../src/same.ts";
import { cancelling, t } from "../outcomes.ts";

function* fail(delay: number, error: Error): Coroutine<never> {
  yield* sleep(delay);
  throw error;
}

/** Throws `error` `delay` seconds after it was cancelled. */
function* failWhenCancelled(delay: number, error: Error): Coroutine {
  try {
    yield* sleep(99);
  } catch {
    yield* sleep(delay);
    throw error;
  }
}

/** Cleans up for `cleanup` seconds when it is cancelled, and prints how that went. */
function* child(print: Print, cleanup: number): Coroutine {
  try {
    yield* sleep(99);
  } catch (error) {
    print("child", repr(error), t());
    try {
      yield* sleep(cleanup);
    } catch (second) {
      print("child interrupted", repr(second), t());
    }
    print("child cleaned up", cancelling(), t());
    throw error;
  }
}

/** Prints how a cancelled task ends. */
function* printEnd(print: Print, task: Task<unknown>): Coroutine {
  try {
    print("result", yield* task);
  } catch (error) {
    print("end", repr(error), task.cancelled(), task.cancelling(), t());
  }
}

/** The same in Python. */
const helpersInPython = `
      cancelling = lambda: asyncio.current_task().cancelling()

      async def fail(delay, error):
          await asyncio.sleep(delay)
          raise error

      async def fail_when_cancelled(delay, error):
          try:
              await asyncio.sleep(99)
          except asyncio.CancelledError:
              await asyncio.sleep(delay)
              raise error

      async def child(cleanup):
          try:
              await asyncio.sleep(99)
          except asyncio.CancelledError as error:
              print("child", repr(error), t())
              try:
                  await asyncio.sleep(cleanup)
              except asyncio.CancelledError as second:
                  print("child interrupted", repr(second), t())
              print("child cleaned up", cancelling(), t())
              raise error

      async def print_end(task):
          try:
              print("result", await task)
          except BaseException as error:
              print("end", repr(error), task.cancelled(), task.cancelling(), t())
`;

it("TG-12: a CancelledError that the body raises aborts the children and passes unchanged, unless a child failed", () =>
  same(
    `
      ${helpersInPython}
      async def main():
          raised = asyncio.CancelledError("own")
          try:
              async with asyncio.TaskGroup() as group:
                  group.create_task(child(1))
                  await asyncio.sleep(1)
                  raise raised
          except asyncio.CancelledError as error:
              print(error is raised, cancelling(), t())
          try:
              async with asyncio.TaskGroup() as group:
                  group.create_task(fail_when_cancelled(1, ValueError("x")))
                  await asyncio.sleep(1)
                  raise raised
          except ExceptionGroup as error:
              print(repr(error), cancelling(), t())
          await asyncio.sleep(1)
          print(t())
    `,
    function* (print) {
      const raised = new CancelledError("own");
      try {
        yield* asyncWith(new TaskGroup(), function* (group) {
          group.createTask(child(print, 1));
          yield* sleep(1);
          throw raised;
        });
      } catch (error) {
        print(error === raised, cancelling(), t());
      }
      try {
        yield* asyncWith(new TaskGroup(), function* (group) {
          group.createTask(failWhenCancelled(1, new ValueError("x")));
          yield* sleep(1);
          throw raised;
        });
      } catch (error) {
        print(repr(error), cancelling(), t());
      }
      yield* sleep(1);
      print(t());
    },
  ));

it("TG-14: a cancel at the end of the block cancels the children, awaits them all, and keeps its message", () =>
  same(
    `
      ${helpersInPython}
      async def parent():
          try:
              async with asyncio.TaskGroup() as group:
                  group.create_task(child(1))
                  group.create_task(child(2))
                  print("body", t())
          except asyncio.CancelledError as error:
              print("parent", repr(error), cancelling(), t())
              raise

      async def main():
          task = asyncio.create_task(parent())
          await asyncio.sleep(1)
          task.cancel("stop")
          await print_end(task)
    `,
    function* (print) {
      function* parent(): Coroutine {
        try {
          yield* asyncWith(new TaskGroup(), function* (group) {
            group.createTask(child(print, 1));
            group.createTask(child(print, 2));
            print("body", t());
          });
        } catch (error) {
          print("parent", repr(error), cancelling(), t());
          throw error;
        }
      }
      const task = createTask(parent());
      yield* sleep(1);
      task.cancel("stop");
      yield* printEnd(print, task);
    },
  ));

it("TG-15: a cancel in the body passes on, as the same error, once the children have ended", () =>
  same(
    `
      ${helpersInPython}
      async def parent():
          try:
              async with asyncio.TaskGroup() as group:
                  group.create_task(child(1))
                  try:
                      await asyncio.sleep(9)
                  except asyncio.CancelledError as error:
                      print("body", repr(error), t())
                      caught = error
                      raise
          except asyncio.CancelledError as error:
              print("parent", error is caught, cancelling(), t())
              raise

      async def main():
          task = asyncio.create_task(parent())
          await asyncio.sleep(1)
          task.cancel("stop")
          await print_end(task)
    `,
    function* (print) {
      function* parent(): Coroutine {
        let caught: unknown;
        try {
          yield* asyncWith(new TaskGroup(), function* (group) {
            group.createTask(child(print, 1));
            try {
              yield* sleep(9);
            } catch (error) {
              print("body", repr(error), t());
              caught = error;
              throw error;
            }
          });
        } catch (error) {
          print("parent", error === caught, cancelling(), t());
          throw error;
        }
      }
      const task = createTask(parent());
      yield* sleep(1);
      task.cancel("stop");
      yield* printEnd(print, task);
    },
  ));

it("TG-16: further cancels while the group is aborting are counted and interrupt nothing", () =>
  same(
    `
      ${helpersInPython}
      async def parent(body):
          async with asyncio.TaskGroup() as group:
              group.create_task(child(3))
              await asyncio.sleep(body)

      async def main():
          for body in 9, 0:
              task = asyncio.create_task(parent(body))
              await asyncio.sleep(1)
              print(task.cancel("first"))
              await asyncio.sleep(1)
              print(task.cancel("second"), task.cancelling())
              await asyncio.sleep(0)
              print(task.cancel("third"), task.cancelling())
              await print_end(task)
    `,
    function* (print) {
      function parent(body: number): Coroutine {
        return asyncWith(new TaskGroup(), function* (group) {
          group.createTask(child(print, 3));
          yield* sleep(body);
        });
      }
      for (const body of [9, 0]) {
        const task = createTask(parent(body));
        yield* sleep(1);
        print(task.cancel("first"));
        yield* sleep(1);
        print(task.cancel("second"), task.cancelling());
        yield* sleep(0);
        print(task.cancel("third"), task.cancelling());
        yield* printEnd(print, task);
      }
    },
  ));

it("TG-35: a subclass of CancelledError counts as a cancellation, in the body and in a child", () =>
  same(
    `
      ${helpersInPython}
      class Stopped(asyncio.CancelledError):
          pass

      async def main():
          raised = Stopped("own")
          try:
              async with asyncio.TaskGroup() as group:
                  group.create_task(child(1))
                  await asyncio.sleep(1)
                  raise raised
          except asyncio.CancelledError as error:
              print(error is raised, t())
          async with asyncio.TaskGroup() as group:
              stopped = group.create_task(fail(1, raised))
              sibling = group.create_task(asyncio.sleep(2, "sibling"))
          print(stopped.cancelled(), sibling.result(), t())
    `,
    function* (print) {
      class Stopped extends CancelledError {}
      const raised = new Stopped("own");
      try {
        yield* asyncWith(new TaskGroup(), function* (group) {
          group.createTask(child(print, 1));
          yield* sleep(1);
          throw raised;
        });
      } catch (error) {
        print(error === raised, t());
      }
      const [stopped, sibling] = yield* asyncWith(new TaskGroup(), function* (group) {
        return [group.createTask(fail(1, raised)), group.createTask(sleep(2, "sibling"))] as const;
      });
      print(stopped.cancelled(), sibling.result(), t());
    },
  ));

it("TG-17: a child's error wins over a cancel, which comes again at the parent's next suspension", () =>
  same(
    `
      ${helpersInPython}
      async def parent(body):
          try:
              async with asyncio.TaskGroup() as group:
                  group.create_task(fail_when_cancelled(1, ValueError("x")))
                  await asyncio.sleep(body)
          except ExceptionGroup as error:
              print(repr(error), cancelling(), t())
          print("still running")
          try:
              await asyncio.sleep(9)
          finally:
              print("parent", cancelling(), t())

      async def main():
          for body in 9, 0:
              task = asyncio.create_task(parent(body))
              await asyncio.sleep(1)
              task.cancel("stop")
              await print_end(task)
    `,
    function* (print) {
      function* parent(body: number): Coroutine {
        try {
          yield* asyncWith(new TaskGroup(), function* (group) {
            group.createTask(failWhenCancelled(1, new ValueError("x")));
            yield* sleep(body);
          });
        } catch (error) {
          print(repr(error), cancelling(), t());
        }
        print("still running");
        try {
          yield* sleep(9);
        } finally {
          print("parent", cancelling(), t());
        }
      }
      for (const body of [9, 0]) {
        const task = createTask(parent(body));
        yield* sleep(1);
        task.cancel("stop");
        yield* printEnd(print, task);
      }
    },
  ));

it("TG-17: a cancelled parent ends with the group of errors if that is not caught", () =>
  same(
    `
      ${helpersInPython}
      async def parent():
          async with asyncio.TaskGroup() as group:
              group.create_task(fail_when_cancelled(1, ValueError("x")))

      async def main():
          task = asyncio.create_task(parent())
          await asyncio.sleep(1)
          task.cancel("stop")
          await print_end(task)
    `,
    function* (print) {
      function parent(): Coroutine {
        return asyncWith(new TaskGroup(), function* (group) {
          group.createTask(failWhenCancelled(1, new ValueError("x")));
        });
      }
      const task = createTask(parent());
      yield* sleep(1);
      task.cancel("stop");
      yield* printEnd(print, task);
    },
  ));

it("TG-18: a group that fails leaves the number of cancel requests unchanged", () =>
  same(
    `
      ${helpersInPython}
      async def parent(body):
          try:
              await asyncio.sleep(9)
          except asyncio.CancelledError:
              print("swallowed", cancelling())
          try:
              async with asyncio.TaskGroup() as group:
                  group.create_task(fail(1, ValueError("x")))
                  await asyncio.sleep(body)
          except ExceptionGroup as error:
              print(repr(error), cancelling())
          print(asyncio.current_task().uncancel())
          await asyncio.sleep(1)
          return "result"

      async def main():
          for body in 9, 0:
              task = asyncio.create_task(parent(body))
              await asyncio.sleep(1)
              task.cancel("stop")
              await print_end(task)
    `,
    function* (print) {
      function* parent(body: number): Coroutine<string> {
        try {
          yield* sleep(9);
        } catch {
          print("swallowed", cancelling());
        }
        try {
          yield* asyncWith(new TaskGroup(), function* (group) {
            group.createTask(fail(1, new ValueError("x")));
            yield* sleep(body);
          });
        } catch (error) {
          print(repr(error), cancelling());
        }
        print(currentTask()?.uncancel());
        yield* sleep(1);
        return "result";
      }
      for (const body of [9, 0]) {
        const task = createTask(parent(body));
        yield* sleep(1);
        task.cancel("stop");
        yield* printEnd(print, task);
      }
    },
  ));

it("TG-19: after a group failed a swallowed cancel comes again, or else discards the return value", () =>
  same(
    `
      ${helpersInPython}
      async def parent(awaits):
          try:
              await asyncio.sleep(9)
          except asyncio.CancelledError as error:
              print("swallowed", repr(error))
          try:
              async with asyncio.TaskGroup() as group:
                  group.create_task(fail(1, ValueError("x")))
          except ExceptionGroup:
              pass
          if awaits:
              try:
                  await asyncio.sleep(1)
              except asyncio.CancelledError as error:
                  print("again", repr(error))
          return "result"

      async def main():
          for awaits in True, False:
              task = asyncio.create_task(parent(awaits))
              await asyncio.sleep(1)
              task.cancel("stop")
              await print_end(task)
    `,
    function* (print) {
      function* parent(awaits: boolean): Coroutine<string> {
        try {
          yield* sleep(9);
        } catch (error) {
          print("swallowed", repr(error));
        }
        try {
          yield* asyncWith(new TaskGroup(), function* (group) {
            group.createTask(fail(1, new ValueError("x")));
          });
        } catch {}
        if (awaits) {
          try {
            yield* sleep(1);
          } catch (error) {
            print("again", repr(error));
          }
        }
        return "result";
      }
      for (const awaits of [true, false]) {
        const task = createTask(parent(awaits));
        yield* sleep(1);
        task.cancel("stop");
        yield* printEnd(print, task);
      }
    },
  ));

it("TG-19: an error of the body alone is enough to bring a swallowed cancel back", () =>
  same(
    `
      ${helpersInPython}
      async def parent():
          try:
              await asyncio.sleep(9)
          except asyncio.CancelledError:
              pass
          try:
              async with asyncio.TaskGroup():
                  raise ValueError("x")
          except ExceptionGroup as error:
              print(repr(error), cancelling())
          return "result"

      async def main():
          task = asyncio.create_task(parent())
          await asyncio.sleep(1)
          task.cancel("stop")
          await print_end(task)
    `,
    function* (print) {
      function* parent(): Coroutine<string> {
        try {
          yield* sleep(9);
        } catch {}
        try {
          yield* asyncWith(new TaskGroup(), function* () {
            throw new ValueError("x");
          });
        } catch (error) {
          print(repr(error), cancelling());
        }
        return "result";
      }
      const task = createTask(parent());
      yield* sleep(1);
      task.cancel("stop");
      yield* printEnd(print, task);
    },
  ));

it("TG-36: the group withdraws its cancel of the parent only when all children have ended", () =>
  same(
    `
      ${helpersInPython}
      async def watch(parent):
          try:
              await asyncio.sleep(9)
          finally:
              await asyncio.sleep(1)
              print("child", parent.cancelling(), t())

      async def main():
          for body in 9, 0:
              try:
                  async with asyncio.TaskGroup() as group:
                      group.create_task(watch(asyncio.current_task()))
                      group.create_task(fail(1, ValueError("x")))
                      await asyncio.sleep(body)
              except ExceptionGroup:
                  print("main", cancelling(), t())
    `,
    function* (print) {
      function* watch(parent: Task<unknown> | undefined): Coroutine {
        try {
          yield* sleep(9);
        } finally {
          yield* sleep(1);
          print("child", parent?.cancelling(), t());
        }
      }
      for (const body of [9, 0]) {
        try {
          yield* asyncWith(new TaskGroup(), function* (group) {
            group.createTask(watch(currentTask()));
            group.createTask(fail(1, new ValueError("x")));
            yield* sleep(body);
          });
        } catch {
          print("main", cancelling(), t());
        }
      }
    },
  ));

it("TG-37: a cancel that comes while a failure aborts the group is not lost", () =>
  same(
    `
      ${helpersInPython}
      async def parent():
          try:
              async with asyncio.TaskGroup() as group:
                  group.create_task(child(2))
                  group.create_task(fail(1, ValueError("x")))
                  await asyncio.sleep(9)
          except ExceptionGroup as error:
              print(repr(error), cancelling(), t())
          await asyncio.sleep(9)

      async def main():
          task = asyncio.create_task(parent())
          await asyncio.sleep(2)
          task.cancel("stop")
          print("cancelled", task.cancelling())
          await print_end(task)
    `,
    function* (print) {
      function* parent(): Coroutine {
        try {
          yield* asyncWith(new TaskGroup(), function* (group) {
            group.createTask(child(print, 2));
            group.createTask(fail(1, new ValueError("x")));
            yield* sleep(9);
          });
        } catch (error) {
          print(repr(error), cancelling(), t());
        }
        yield* sleep(9);
      }
      const task = createTask(parent());
      yield* sleep(2);
      task.cancel("stop");
      print("cancelled", task.cancelling());
      yield* printEnd(print, task);
    },
  ));

it("TG-37: a cancel in the very iteration of a failure, before or after it, is not lost", () =>
  same(
    `
      ${helpersInPython}
      async def parent():
          try:
              async with asyncio.TaskGroup() as group:
                  group.create_task(fail(1, ValueError("x")))
                  try:
                      await asyncio.sleep(9)
                  except asyncio.CancelledError as error:
                      print("body", repr(error), cancelling(), group)
                      raise
          except ExceptionGroup as error:
              print(repr(error), cancelling(), t())
          await asyncio.sleep(9)

      async def cancel(task):
          await asyncio.sleep(1)
          task.cancel("stop")

      async def main():
          task = asyncio.create_task(parent())
          canceller = asyncio.create_task(cancel(task))
          await print_end(task)

          task = asyncio.create_task(parent())
          await asyncio.sleep(0)
          await asyncio.sleep(0)
          canceller = asyncio.create_task(cancel(task))
          await print_end(task)
    `,
    function* (print) {
      function* parent(): Coroutine {
        try {
          yield* asyncWith(new TaskGroup(), function* (group) {
            group.createTask(fail(1, new ValueError("x")));
            try {
              yield* sleep(9);
            } catch (error) {
              print("body", repr(error), cancelling(), group);
              throw error;
            }
          });
        } catch (error) {
          print(repr(error), cancelling(), t());
        }
        yield* sleep(9);
      }
      function* cancel(task: Task<unknown>): Coroutine {
        yield* sleep(1);
        task.cancel("stop");
      }
      let task = createTask(parent());
      createTask(cancel(task));
      yield* printEnd(print, task);

      task = createTask(parent());
      yield* sleep(0);
      yield* sleep(0);
      createTask(cancel(task));
      yield* printEnd(print, task);
    },
  ));

it("TG-37: a cancel is not lost in a body that swallows both it and the group's own cancel", () =>
  same(
    `
      ${helpersInPython}
      async def parent():
          try:
              async with asyncio.TaskGroup() as group:
                  group.create_task(fail(1, ValueError("x")))
                  for i in range(2):
                      try:
                          await asyncio.sleep(9)
                      except asyncio.CancelledError as error:
                          print("body", repr(error), cancelling(), t())
          except ExceptionGroup as error:
              print(repr(error), cancelling(), t())
          await asyncio.sleep(9)

      async def main():
          task = asyncio.create_task(parent())
          await asyncio.sleep(2)
          task.cancel("stop")
          await print_end(task)
    `,
    function* (print) {
      function* parent(): Coroutine {
        try {
          yield* asyncWith(new TaskGroup(), function* (group) {
            group.createTask(fail(1, new ValueError("x")));
            for (let i = 0; i < 2; i += 1) {
              try {
                yield* sleep(9);
              } catch (error) {
                print("body", repr(error), cancelling(), t());
              }
            }
          });
        } catch (error) {
          print(repr(error), cancelling(), t());
        }
        yield* sleep(9);
      }
      const task = createTask(parent());
      yield* sleep(2);
      task.cancel("stop");
      yield* printEnd(print, task);
    },
  ));

import { runInNewContext } from "node:vm";
import {
  asyncWith,
  BaseException,
  closeCoroutine,
  type Coroutine,
  currentTask,
  GeneratorExit,
  getRunningLoop,
  KeyboardInterrupt,
  sleep,
  SystemExit,
  type Task,
  ValueError,
} from "@yieldstar/loop";
import { ExceptionGroup, TaskGroup } from "@yieldstar/taskgroup";
import { runVirtual } from "@yieldstar/testing";
import { expect, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same, sameScript } from "../../../src/same.ts";
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
`;

it("TG-07: the first failure cancels the other children, then the parent, once", () =>
  same(
    `
      ${helpersInPython}
      async def child(name):
          try:
              await asyncio.sleep(9)
          except asyncio.CancelledError as error:
              print(name, repr(error), cancelling(), t())
              await asyncio.sleep(1)
              print(name, "cleaned up", t())
              raise

      async def main():
          try:
              async with asyncio.TaskGroup() as group:
                  done = group.create_task(asyncio.sleep(0.5, "result"))
                  cancelled = group.create_task(child("first"))
                  group.create_task(fail(1, ValueError("x")))
                  group.create_task(fail(1, ValueError("y")))
                  group.create_task(child("second"))
                  try:
                      await asyncio.sleep(9)
                  except asyncio.CancelledError as error:
                      print("body", repr(error), cancelling(), t())
                      raise
          except ExceptionGroup as error:
              print(repr(error), cancelling(), t())
          print(done.result(), done.cancelling(), cancelled.cancelled(), cancelled.cancelling())
          await asyncio.sleep(1)
          print("main", t())
    `,
    function* (print) {
      function* child(name: string): Coroutine {
        try {
          yield* sleep(9);
        } catch (error) {
          print(name, repr(error), cancelling(), t());
          yield* sleep(1);
          print(name, "cleaned up", t());
          throw error;
        }
      }
      let done: Task<string> | undefined;
      let cancelled: Task<void> | undefined;
      try {
        yield* asyncWith(new TaskGroup(), function* (group) {
          done = group.createTask(sleep(0.5, "result"));
          cancelled = group.createTask(child("first"));
          group.createTask(fail(1, new ValueError("x")));
          group.createTask(fail(1, new ValueError("y")));
          group.createTask(child("second"));
          try {
            yield* sleep(9);
          } catch (error) {
            print("body", repr(error), cancelling(), t());
            throw error;
          }
        });
      } catch (error) {
        print(repr(error), cancelling(), t());
      }
      print(done?.result(), done?.cancelling(), cancelled?.cancelled(), cancelled?.cancelling());
      yield* sleep(1);
      print("main", t());
    },
  ));

it("TG-08: a failure while the parent waits at the end of the block is absorbed there", () =>
  same(
    `
      ${helpersInPython}
      async def child():
          try:
              await asyncio.sleep(9)
          finally:
              await asyncio.sleep(1)
              print("child", t())

      async def main():
          try:
              async with asyncio.TaskGroup() as group:
                  group.create_task(child())
                  group.create_task(fail(1, ValueError("x")))
                  print("body", t())
          except ExceptionGroup as error:
              print(repr(error), cancelling(), t())
          await asyncio.sleep(1)
          print("main", t())
    `,
    function* (print) {
      function* child(): Coroutine {
        try {
          yield* sleep(9);
        } finally {
          yield* sleep(1);
          print("child", t());
        }
      }
      try {
        yield* asyncWith(new TaskGroup(), function* (group) {
          group.createTask(child());
          group.createTask(fail(1, new ValueError("x")));
          print("body", t());
        });
      } catch (error) {
        print(repr(error), cancelling(), t());
      }
      yield* sleep(1);
      print("main", t());
    },
  ));

it("TG-09: the group of errors has no cause", () =>
  same(
    `
      ${helpersInPython}
      async def main():
          try:
              async with asyncio.TaskGroup() as group:
                  group.create_task(fail(1, ValueError("child")))
                  await asyncio.sleep(9)
          except ExceptionGroup as error:
              print(repr(error), error.__cause__)
          try:
              async with asyncio.TaskGroup() as group:
                  raise ValueError("body")
          except ExceptionGroup as error:
              print(repr(error), error.__cause__)
    `,
    function* (print) {
      try {
        yield* asyncWith(new TaskGroup(), function* (group) {
          group.createTask(fail(1, new ValueError("child")));
          yield* sleep(9);
        });
      } catch (error) {
        print(repr(error), (error as Error).cause);
      }
      try {
        yield* asyncWith(new TaskGroup(), function* () {
          throw new ValueError("body");
        });
      } catch (error) {
        print(repr(error), (error as Error).cause);
      }
    },
  ));

it("TG-10: errors are in the order in which the children ended, and the body's is the last", () =>
  same(
    `
      ${helpersInPython}
      async def main():
          try:
              async with asyncio.TaskGroup() as group:
                  group.create_task(fail_when_cancelled(2, ValueError("slow")))
                  group.create_task(fail_when_cancelled(1, ValueError("quick")))
                  group.create_task(fail(1, ValueError("first")))
                  try:
                      await asyncio.sleep(9)
                  except asyncio.CancelledError:
                      print("body", t())
                      raise ValueError("body")
          except ExceptionGroup as error:
              print(repr(error), t())
    `,
    function* (print) {
      try {
        yield* asyncWith(new TaskGroup(), function* (group) {
          group.createTask(failWhenCancelled(2, new ValueError("slow")));
          group.createTask(failWhenCancelled(1, new ValueError("quick")));
          group.createTask(fail(1, new ValueError("first")));
          try {
            yield* sleep(9);
          } catch {
            print("body", t());
            throw new ValueError("body");
          }
        });
      } catch (error) {
        print(repr(error), t());
      }
    },
  ));

it("TG-11: an error of the body alone comes in a group, after the children; the parent is not cancelled", () =>
  same(
    `
      ${helpersInPython}
      async def child(parent):
          try:
              await asyncio.sleep(9)
          except asyncio.CancelledError as error:
              print("child", repr(error), parent.cancelling(), t())
              await asyncio.sleep(1)
              raise

      async def main():
          raised = ValueError("x")
          try:
              async with asyncio.TaskGroup() as group:
                  group.create_task(child(asyncio.current_task()))
                  await asyncio.sleep(1)
                  raise raised
          except ExceptionGroup as error:
              print(repr(error), error.exceptions[0] is raised, cancelling(), t())
          await asyncio.sleep(1)
          print("main", t())
    `,
    function* (print) {
      function* child(parent: Task<unknown> | undefined): Coroutine {
        try {
          yield* sleep(9);
        } catch (error) {
          print("child", repr(error), parent?.cancelling(), t());
          yield* sleep(1);
          throw error;
        }
      }
      const raised = new ValueError("x");
      try {
        yield* asyncWith(new TaskGroup(), function* (group) {
          group.createTask(child(currentTask()));
          yield* sleep(1);
          throw raised;
        });
      } catch (error) {
        if (!(error instanceof ExceptionGroup)) throw error;
        print(repr(error), error.exceptions[0] === raised, cancelling(), t());
      }
      yield* sleep(1);
      print("main", t());
    },
  ));

it("TG-23: a body that swallows the cancellation goes on undisturbed, and still ends with the group's error", () =>
  same(
    `
      ${helpersInPython}
      async def main():
          try:
              async with asyncio.TaskGroup() as group:
                  group.create_task(fail(1, ValueError("x")))
                  try:
                      await asyncio.sleep(9)
                  except asyncio.CancelledError:
                      print("swallowed", cancelling(), t())
                  await asyncio.sleep(1)
                  await asyncio.sleep(0)
                  print("body", cancelling(), t())
          except ExceptionGroup as error:
              print(repr(error), cancelling(), t())
          await asyncio.sleep(1)
          print("main", t())
    `,
    function* (print) {
      try {
        yield* asyncWith(new TaskGroup(), function* (group) {
          group.createTask(fail(1, new ValueError("x")));
          try {
            yield* sleep(9);
          } catch {
            print("swallowed", cancelling(), t());
          }
          yield* sleep(1);
          yield* sleep(0);
          print("body", cancelling(), t());
        });
      } catch (error) {
        print(repr(error), cancelling(), t());
      }
      yield* sleep(1);
      print("main", t());
    },
  ));

it("TG-24: errors that children raise while they are aborted are collected", () =>
  same(
    `
      ${helpersInPython}
      async def swallow():
          try:
              await asyncio.sleep(9)
          except asyncio.CancelledError:
              return "swallowed"

      async def main():
          try:
              async with asyncio.TaskGroup() as group:
                  task = group.create_task(swallow())
                  group.create_task(fail_when_cancelled(1, ValueError("child")))
                  await asyncio.sleep(1)
                  raise ValueError("body")
          except ExceptionGroup as error:
              print(repr(error), task.result(), t())
    `,
    function* (print) {
      function* swallow(): Coroutine<string> {
        try {
          yield* sleep(9);
          return "slept";
        } catch {
          return "swallowed";
        }
      }
      let task: Task<string> | undefined;
      try {
        yield* asyncWith(new TaskGroup(), function* (group) {
          task = group.createTask(swallow());
          group.createTask(failWhenCancelled(1, new ValueError("child")));
          yield* sleep(1);
          throw new ValueError("body");
        });
      } catch (error) {
        print(repr(error), task?.result(), t());
      }
    },
  ));

it("TG-24: a thrown value that is not an exception is collected as the TypeError that says so", () =>
  same(
    `
      async def child():
          raise "child"

      async def main():
          try:
              async with asyncio.TaskGroup() as group:
                  group.create_task(child())
                  try:
                      await asyncio.sleep(9)
                  except asyncio.CancelledError:
                      raise "body"
          except ExceptionGroup as error:
              print([str(each) for each in error.exceptions])
    `,
    function* (print) {
      function* child(): Coroutine {
        throw "child";
      }
      try {
        yield* asyncWith(new TaskGroup(), function* (group) {
          group.createTask(child());
          try {
            yield* sleep(9);
          } catch {
            throw "body";
          }
        });
      } catch (error) {
        if (!(error instanceof ExceptionGroup)) throw error;
        print(error.exceptions.map(({ message }) => message.replace(/ \(hint: .*\)$/, "")));
      }
    },
  ));

it("TG-24: an error of another realm is collected like any other", () => {
  const foreign = runInNewContext("new TypeError('foreign')") as Error;
  const own = new ValueError("own");
  const program = asyncWith(new TaskGroup(), function* (group) {
    group.createTask(fail(1, foreign));
    group.createTask(failWhenCancelled(1, own));
  });
  expect(() => runVirtual(program)).toThrow(
    expect.objectContaining({ name: "ExceptionGroup", exceptions: [foreign, own] }),
  );
});

it("TG-25: one error that is not an Exception makes a BaseExceptionGroup", () =>
  same(
    `
      ${helpersInPython}
      class Stop(BaseException):
          pass

      async def main():
          for errors in [[Stop("a")], [ValueError("a"), Stop("b")], [ValueError("a"), ValueError("b")]]:
              try:
                  async with asyncio.TaskGroup() as group:
                      for error in errors:
                          group.create_task(fail(1, error))
              except BaseExceptionGroup as error:
                  print(repr(error), isinstance(error, Exception))
          for error in Stop("body"), GeneratorExit("body"), ValueError("body"):
              try:
                  async with asyncio.TaskGroup():
                      raise error
              except BaseExceptionGroup as group:
                  print(repr(group), isinstance(group, Exception))
    `,
    function* (print) {
      class Stop extends BaseException {
        override readonly name = "Stop";
      }
      const cases = [[new Stop("a")], [new ValueError("a"), new Stop("b")], [new ValueError("a"), new ValueError("b")]];
      for (const errors of cases) {
        try {
          yield* asyncWith(new TaskGroup(), function* (group) {
            for (const error of errors) group.createTask(fail(1, error));
          });
        } catch (error) {
          print(repr(error), error instanceof ExceptionGroup);
        }
      }
      for (const error of [new Stop("body"), new GeneratorExit("body"), new ValueError("body")]) {
        try {
          yield* asyncWith(new TaskGroup(), function* () {
            throw error;
          });
        } catch (group) {
          print(repr(group), group instanceof ExceptionGroup);
        }
      }
    },
  ));

it("TG-25: closing a coroutine inside the block raises a group of its GeneratorExit", () =>
  same(
    `
      async def holder(*children):
          async with asyncio.TaskGroup() as group:
              for child in children:
                  group.create_task(child)
              await asyncio.sleep(0)

      async def main():
          for coro in holder(), holder(asyncio.sleep(1)):
              coro.send(None)
              try:
                  coro.close()
              except BaseException as error:
                  print(repr(error))
          await asyncio.sleep(0)
    `,
    function* (print) {
      function holder(...children: Coroutine[]): Coroutine {
        return asyncWith(new TaskGroup(), function* (group) {
          for (const child of children) group.createTask(child);
          yield* sleep(0);
        });
      }
      for (const coro of [holder(), holder(sleep(1))]) {
        coro.next();
        try {
          closeCoroutine(coro);
        } catch (error) {
          print(repr(error));
        }
      }
      yield* sleep(0);
    },
  ));

it("TG-26: KeyboardInterrupt and SystemExit of the body leave bare, after the children, whose errors are dropped", () =>
  same(
    `
      ${helpersInPython}
      async def main():
          asyncio.get_running_loop().set_exception_handler(lambda loop, context: print(context["message"]))
          for raised in KeyboardInterrupt(), SystemExit(3):
              try:
                  async with asyncio.TaskGroup() as group:
                      task = group.create_task(fail_when_cancelled(1, ValueError("dropped")))
                      await asyncio.sleep(1)
                      raise raised
              except BaseException as error:
                  print(error is raised, task.exception(), cancelling(), t())
    `,
    function* (print) {
      getRunningLoop().setExceptionHandler((_, { message }) => print(message));
      for (const raised of [new KeyboardInterrupt(), new SystemExit(3)]) {
        let task: Task<void> | undefined;
        try {
          yield* asyncWith(new TaskGroup(), function* (group) {
            task = group.createTask(failWhenCancelled(1, new ValueError("dropped")));
            yield* sleep(1);
            throw raised;
          });
        } catch (error) {
          print(error === raised, task?.exception(), cancelling(), t());
        }
      }
    },
  ));

it("TG-26: a bare error leaves the group's own cancel of the parent in place", () =>
  same(
    `
      ${helpersInPython}
      async def main():
          try:
              async with asyncio.TaskGroup() as group:
                  group.create_task(fail(1, ValueError("x")))
                  try:
                      await asyncio.sleep(9)
                  except asyncio.CancelledError:
                      raise KeyboardInterrupt
          except KeyboardInterrupt as error:
              print(repr(error), cancelling())
          await asyncio.sleep(1)
          print(t())
    `,
    function* (print) {
      try {
        yield* asyncWith(new TaskGroup(), function* (group) {
          group.createTask(fail(1, new ValueError("x")));
          try {
            yield* sleep(9);
          } catch {
            throw new KeyboardInterrupt();
          }
        });
      } catch (error) {
        print(repr(error), cancelling());
      }
      yield* sleep(1);
      print(t());
    },
  ));

it("TG-27: KeyboardInterrupt and SystemExit of a child leave the loop first, and the group bare when it runs again", () =>
  sameScript(
    `
      ${helpersInPython}
      async def child():
          try:
              await asyncio.sleep(9)
          finally:
              print("child", t())

      async def block(raised):
          async with asyncio.TaskGroup() as group:
              group.create_task(child())
              group.create_task(fail_when_cancelled(1, ValueError("dropped")))
              group.create_task(fail(1, raised))
              try:
                  await asyncio.sleep(9)
              finally:
                  print("body", group, t())

      async def main(raised):
          try:
              await block(raised)
          except BaseException as error:
              print("main", error is raised, t())
              raise

      for raised in KeyboardInterrupt("stop"), SystemExit(3):
          loop = asyncio.new_event_loop()
          task = loop.create_task(main(raised))
          for run in 1, 2:
              try:
                  loop.run_until_complete(task)
              except BaseException as error:
                  print("run", run, error is raised, task.done(), loop.time())
          print(task.exception() is raised)
          loop.close()
    `,
    (print, newLoop) => {
      function* child(): Coroutine {
        try {
          yield* sleep(9);
        } finally {
          print("child", t());
        }
      }
      function block(raised: Error): Coroutine {
        return asyncWith(new TaskGroup(), function* (group) {
          group.createTask(child());
          group.createTask(failWhenCancelled(1, new ValueError("dropped")));
          group.createTask(fail(1, raised));
          try {
            yield* sleep(9);
          } finally {
            print("body", group, t());
          }
        });
      }
      function* main(raised: Error): Coroutine {
        try {
          yield* block(raised);
        } catch (error) {
          print("main", error === raised, t());
          throw error;
        }
      }
      for (const raised of [new KeyboardInterrupt("stop"), new SystemExit(3)]) {
        const loop = newLoop();
        const task = loop.createTask(main(raised));
        for (const run of [1, 2]) {
          try {
            loop.runUntilComplete(task);
          } catch (error) {
            print("run", run, error === raised, task.done(), loop.time());
          }
        }
        print(task.exception() === raised);
        loop.close();
      }
    },
  ));

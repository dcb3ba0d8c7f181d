import {
  allTasks,
  type Coroutine,
  createTask,
  currentTask,
  ensureFuture,
  getRunningLoop,
  asyncWith,
  sleep,
  Task,
  ValueError,
} from "@yieldstar/loop";
import { TaskGroup } from "@yieldstar/taskgroup";
import { VirtualTimeLoop } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same, sameScript } from "../../../src/same.ts";
import { isOver } from "../outcomes.ts";
import { helpers, outcome } from "./helpers.ts";

describe("TK: tasks", () => {
  it("TK-01: only a coroutine can be made a task", async () => {
    const python = `
      ${helpers}
      async def worker(): pass

      class SomeAwaitable:
          def __await__(self): yield
          def __repr__(self): return "<some awaitable>"

      async def main():
          loop = asyncio.get_running_loop()
          task = asyncio.create_task(worker(), name="x")
          for value in (None, 42, "text", [1], loop.create_future(), task, SomeAwaitable(), worker):
              print(outcome(lambda: asyncio.create_task(value)))
              print(outcome(lambda: loop.create_task(value)))
              print(outcome(lambda: asyncio.Task(value)))
          print(len(asyncio.all_tasks()))
    `;
    await same(python, function* (print) {
      function* worker(): Coroutine {}
      class SomeAwaitable {
        *[Symbol.iterator](): Coroutine {
          yield;
        }
        toString(): string {
          return "<some awaitable>";
        }
      }
      const loop = getRunningLoop();
      const task = createTask(worker(), { name: "x" });
      for (const value of [undefined, 42, "text", [1], loop.createFuture(), task, new SomeAwaitable(), worker]) {
        print(outcome(() => createTask(value as never)));
        print(outcome(() => loop.createTask(value as never)));
        print(outcome(() => new Task(value as never)));
      }
      print(allTasks().size);
    });
  });

  it("TK-01: the error names the fix for a function and for a promise", () => {
    function* worker(): Coroutine {}
    const loop = new VirtualTimeLoop();
    expect(() => loop.createTask(worker as never)).toThrow(
      new TypeError("a coroutine was expected, got <function worker> (hint: call it: worker())"),
    );
    expect(() => loop.createTask(Promise.resolve() as never)).toThrow(
      new TypeError(
        "a coroutine was expected, got <Promise object> (hint: wrap it in fromPromise: fromPromise(promise))",
      ),
    );
  });

  it("TK-02: create_task() outside a running loop raises RuntimeError and leaves the coroutine alone", async () => {
    const python = `
      ${helpers}
      async def worker():
          print("ran")
          return "result"

      loop = asyncio.new_event_loop()
      coroutine = worker()
      print(outcome(lambda: asyncio.create_task(coroutine)))
      print(outcome(lambda: asyncio.create_task(coroutine, name="x")))
      print(loop.run_until_complete(coroutine))
      print(outcome(lambda: asyncio.create_task(5)))
      loop.close()
    `;
    await sameScript(python, (print, newLoop) => {
      function* worker(): Coroutine<string> {
        print("ran");
        return "result";
      }
      const loop = newLoop();
      const coroutine = worker();
      print(outcome(() => createTask(coroutine)));
      print(outcome(() => createTask(coroutine, { name: "x" })));
      print(loop.runUntilComplete(coroutine));
      print(outcome(() => createTask(5 as never)));
      loop.close();
    });
  });

  it("TK-03: unnamed tasks are counted in the order of creation, across loops, and named ones are not", async () => {
    const python = `
      ${helpers}
      async def worker():
          return asyncio.current_task().get_name()

      one, two = asyncio.new_event_loop(), asyncio.new_event_loop()
      tasks = [one.create_task(worker()), two.create_task(worker()), one.create_task(worker(), name="named")]
      tasks += [two.create_task(worker(), name=None), one.create_task(worker())]
      outcome(lambda: one.create_task(5))
      tasks.append(asyncio.Task(worker(), loop=two))
      print([task.get_name() for task in reversed(tasks)])
      print([task.get_loop().run_until_complete(task) for task in tasks])
      print(one.run_until_complete(worker()))
      one.close()
      two.close()
    `;
    await sameScript(python, (print, newLoop) => {
      function* worker(): Coroutine<string | undefined> {
        return currentTask()?.getName();
      }
      const one = newLoop();
      const two = newLoop();
      const tasks = [one.createTask(worker()), two.createTask(worker()), one.createTask(worker(), { name: "named" })];
      tasks.push(two.createTask(worker(), { name: undefined }), one.createTask(worker()));
      outcome(() => one.createTask(5 as never));
      tasks.push(new Task(worker(), { loop: two }));
      print([...tasks].reverse().map((task) => task.getName()));
      print(tasks.map((task) => (task.getLoop() as VirtualTimeLoop).runUntilComplete(task)));
      print(one.runUntilComplete(worker()));
      one.close();
      two.close();
    });
  });

  it("TK-03: a task's name is the text of the value that was given", async () => {
    const python = `
      class Named:
          def __str__(self): return "from an object"

      async def worker(): pass

      async def main():
          for name in ("text", "", 5, 0, Named()):
              task = asyncio.create_task(worker(), name=name)
              print(repr(task.get_name()))
              task.set_name("other")
              print(repr(task.get_name()))
              task.set_name(name)
              print(repr(task.get_name()))
    `;
    await same(python, function* (print) {
      class Named {
        toString(): string {
          return "from an object";
        }
      }
      function* worker(): Coroutine {}
      for (const name of ["text", "", 5, 0, new Named()]) {
        const task = createTask(worker(), { name });
        print(repr(task.getName()));
        task.setName("other");
        print(repr(task.getName()));
        task.setName(name);
        print(repr(task.getName()));
      }
    });
  });

  it("TK-24: a failed create_task() reports nothing and does not close the coroutine", async () => {
    const python = `
      ${helpers}
      async def worker():
          print("ran")

      closed, loop = asyncio.new_event_loop(), asyncio.new_event_loop()
      for each in (closed, loop):
          each.set_exception_handler(lambda loop, context: print("reported", context["message"]))
      closed.close()
      coroutine = worker()
      print(outcome(lambda: closed.create_task(coroutine)))
      print(outcome(lambda: closed.create_task(5)))
      print(outcome(lambda: loop.create_task(5)))
      print(len(asyncio.all_tasks(closed)), len(asyncio.all_tasks(loop)))
      loop.run_until_complete(coroutine)
      loop.close()
    `;
    await sameScript(python, (print, newLoop) => {
      function* worker(): Coroutine {
        print("ran");
      }
      const closed = newLoop();
      const loop = newLoop();
      for (const each of [closed, loop]) {
        each.setExceptionHandler((_loop, context) => print("reported", context.message));
      }
      closed.close();
      const coroutine = worker();
      print(outcome(() => closed.createTask(coroutine)));
      print(outcome(() => closed.createTask(5 as never)));
      print(outcome(() => loop.createTask(5 as never)));
      print(allTasks(closed).size, allTasks(loop).size);
      loop.runUntilComplete(coroutine);
      loop.close();
    });
  });

  it("TK-24: ensure_future() closes a coroutine when the loop is closed, but not when there is no loop", async () => {
    const python = `
      ${helpers}
      async def worker():
          print("ran")

      closed, loop = asyncio.new_event_loop(), asyncio.new_event_loop()
      closed.set_exception_handler(lambda loop, context: print("reported", context["message"]))
      closed.close()
      coroutine = worker()
      print(outcome(lambda: asyncio.ensure_future(coroutine, loop=closed)), coroutine.cr_frame is None)
      coroutine = worker()
      print(outcome(lambda: asyncio.ensure_future(coroutine)))
      loop.run_until_complete(coroutine)
      loop.close()
    `;
    await sameScript(python, (print, newLoop) => {
      function* worker(): Coroutine {
        print("ran");
      }
      const closed = newLoop();
      const loop = newLoop();
      closed.setExceptionHandler((_loop, context) => print("reported", context.message));
      closed.close();
      const refused = worker();
      print(
        outcome(() => ensureFuture(refused, { loop: closed })),
        isOver(refused),
      );
      const coroutine = worker();
      print(outcome(() => ensureFuture(coroutine)));
      loop.runUntilComplete(coroutine);
      loop.close();
    });
  });

  it("TK-24: TaskGroup.create_task() closes the coroutine for its three state errors", async () => {
    const python = `
      ${helpers}
      async def worker():
          print("ran")

      async def fails():
          raise ValueError("x")

      def attempt(group):
          coroutine = worker()
          print(outcome(lambda: group.create_task(coroutine)), coroutine.cr_frame is None)

      async def main():
          asyncio.get_running_loop().set_exception_handler(lambda loop, context: print("reported", context["message"]))
          group = asyncio.TaskGroup()
          attempt(group)
          try:
              async with group:
                  group.create_task(fails())
                  try:
                      await asyncio.sleep(1)
                  except asyncio.CancelledError:
                      attempt(group)
                      raise
          except ExceptionGroup as error:
              print(error)
          attempt(group)
    `;
    await same(python, function* (print) {
      function* worker(): Coroutine {
        print("ran");
      }
      function* fails(): Coroutine {
        throw new ValueError("x");
      }
      function attempt(group: TaskGroup): void {
        const coroutine = worker();
        print(
          outcome(() => group.createTask(coroutine)),
          isOver(coroutine),
        );
      }
      getRunningLoop().setExceptionHandler((_loop, context) => print("reported", context.message));
      const group = new TaskGroup();
      attempt(group);
      try {
        yield* asyncWith(group, function* () {
          group.createTask(fails());
          try {
            yield* sleep(1);
          } catch (error) {
            attempt(group);
            throw error;
          }
        });
      } catch (error) {
        print(error);
      }
      attempt(group);
    });
  });
});

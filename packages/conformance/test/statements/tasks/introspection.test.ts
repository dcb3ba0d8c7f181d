import {
  allTasks,
  CancelledError,
  Context,
  ContextVar,
  type Coroutine,
  createTask,
  currentTask,
  type Future,
  getRunningLoop,
  sleep,
  Task,
  ValueError,
} from "@yieldstar/loop";
import { describe, it } from "vitest";
import { same, sameScript } from "../../../src/same.ts";
import { awaiting, helpers, outcome, shown } from "./helpers.ts";

describe("TK: tasks", () => {
  it("TK-17: get_coro() returns the coroutine, before, during and after the run", async () => {
    const python = `
      async def worker():
          print(asyncio.current_task().get_coro() is coroutines[0])
          await asyncio.sleep(0)

      coroutines = []

      async def main():
          coroutines.append(worker())
          task = asyncio.create_task(coroutines[0])
          print(task.get_coro() is coroutines[0])
          await task
          print(task.get_coro() is coroutines[0])
    `;
    await same(python, function* (print) {
      function* worker(): Coroutine {
        print(currentTask()?.getCoro() === coroutine);
        yield* sleep(0);
      }
      const coroutine: Coroutine = worker();
      const task = createTask(coroutine);
      print(task.getCoro() === coroutine);
      yield* task;
      print(task.getCoro() === coroutine);
    });
  });

  it("TK-17: get_context() returns the context the task runs in: the given one, or a copy of its creator's", async () => {
    const python = `
      variable = contextvars.ContextVar("variable")

      async def worker():
          variable.set("of the task")

      async def main():
          variable.set("of main")
          given = contextvars.Context()
          copying, sharing = asyncio.create_task(worker()), asyncio.create_task(worker(), context=given)
          print(sharing.get_context() is given, copying.get_context() is asyncio.current_task().get_context())
          print(copying.get_context()[variable], given.get(variable))
          await sharing
          print(copying.get_context()[variable], given[variable])
          print(copying.get_context() is copying.get_context(), variable.get())
    `;
    await same(python, function* (print) {
      const variable = new ContextVar<string>("variable");
      function* worker(): Coroutine {
        variable.set("of the task");
      }
      variable.set("of main");
      const given = new Context();
      const copying = createTask(worker());
      const sharing = createTask(worker(), { context: given });
      print(sharing.getContext() === given, copying.getContext() === currentTask()?.getContext());
      print(copying.getContext().get(variable), given.get(variable));
      yield* sharing;
      print(copying.getContext().get(variable), given.get(variable));
      print(copying.getContext() === copying.getContext(), variable.get());
    });
  });

  it("TK-18: current_task() is the task whose step runs, in whatever coroutine", async () => {
    const python = `
      def name():
          task = asyncio.current_task()
          return task and task.get_name()

      async def nested():
          print("nested", name())
          await asyncio.sleep(0)
          print("nested again", name())

      async def worker():
          print("worker", name())
          await nested()
          print("worker again", name())

      async def main():
          loop = asyncio.get_running_loop()
          tasks = [asyncio.create_task(worker(), name=name) for name in ("x", "y")]
          tasks[0].add_done_callback(lambda task: print("done callback", name()))
          loop.call_soon(lambda: print("callback", name()))
          loop.call_later(1, lambda: print("timer", name()))
          for task in tasks:
              await task
          await asyncio.sleep(2)
          asyncio.current_task().set_name("main")
          print(name(), asyncio.current_task(loop).get_name())
    `;
    await same(python, function* (print) {
      const name = (): string | undefined => currentTask()?.getName();
      function* nested(): Coroutine {
        print("nested", name());
        yield* sleep(0);
        print("nested again", name());
      }
      function* worker(): Coroutine {
        print("worker", name());
        yield* nested();
        print("worker again", name());
      }
      const loop = getRunningLoop();
      const tasks = ["x", "y"].map((given) => createTask(worker(), { name: given }));
      tasks[0]?.addDoneCallback(() => print("done callback", name()));
      loop.callSoon(() => print("callback", name()));
      loop.callLater(1, () => print("timer", name()));
      for (const task of tasks) yield* task;
      yield* sleep(2);
      currentTask()?.setName("main");
      print(name(), currentTask(loop)?.getName());
    });
  });

  it("TK-18: current_task() raises RuntimeError outside a loop, unless it is given one", async () => {
    const python = `
      ${helpers}
      loop, other = asyncio.new_event_loop(), asyncio.new_event_loop()

      async def main():
          print(asyncio.current_task(loop) is asyncio.current_task(), asyncio.current_task(other))

      print(outcome(asyncio.current_task), asyncio.current_task(loop))
      loop.run_until_complete(main())
      print(outcome(asyncio.current_task), asyncio.current_task(loop))
      loop.close()
      other.close()
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      const other = newLoop();
      function* main(): Coroutine {
        print(currentTask(loop) === currentTask(), currentTask(other));
      }
      print(
        outcome(() => currentTask()),
        currentTask(loop),
      );
      loop.runUntilComplete(main());
      print(
        outcome(() => currentTask()),
        currentTask(loop),
      );
      loop.close();
      other.close();
    });
  });

  it("TK-19: all_tasks() is a new set of the tasks that are not done", async () => {
    const python = `
      async def worker(delay):
          await asyncio.sleep(delay)

      def names():
          return [task.get_name() for task in asyncio.all_tasks()]

      async def main():
          asyncio.current_task().set_name("main")
          tasks = [asyncio.create_task(worker(delay), name=f"of {delay}") for delay in (3, 1, 2)]
          print(names(), asyncio.all_tasks() is asyncio.all_tasks())
          asyncio.all_tasks().clear()
          before = asyncio.all_tasks()
          await asyncio.sleep(1.5)
          print(names(), len(before))
          tasks[0].cancel()
          print(names())
          await asyncio.sleep(0)
          print(names())
          await asyncio.sleep(1)
          print(names())
    `;
    await same(python, function* (print) {
      function* worker(delay: number): Coroutine {
        yield* sleep(delay);
      }
      const names = (): string[] => Array.from(allTasks(), (task) => task.getName());
      currentTask()?.setName("main");
      const tasks = [3, 1, 2].map((delay) => createTask(worker(delay), { name: `of ${delay}` }));
      print(names(), allTasks() === allTasks());
      allTasks().clear();
      const before = allTasks();
      yield* sleep(1.5);
      print(names(), before.size);
      tasks[0]?.cancel();
      print(names());
      yield* sleep(0);
      print(names());
      yield* sleep(1);
      print(names());
    });
  });

  it("TK-19: all_tasks() knows the tasks of each loop, and raises RuntimeError where none runs", async () => {
    const python = `
      ${helpers}
      async def worker():
          await asyncio.sleep(1)

      one, two = asyncio.new_event_loop(), asyncio.new_event_loop()
      tasks = [one.create_task(worker(), name="one"), two.create_task(worker(), name="two")]
      print(outcome(asyncio.all_tasks))
      print([[task.get_name() for task in asyncio.all_tasks(loop)] for loop in (one, two)])
      one.run_until_complete(tasks[0])
      print([[task.get_name() for task in asyncio.all_tasks(loop)] for loop in (one, two)])
      two.run_until_complete(tasks[1])
      one.close()
      two.close()
    `;
    await sameScript(python, (print, newLoop) => {
      function* worker(): Coroutine {
        yield* sleep(1);
      }
      const one = newLoop();
      const two = newLoop();
      const namesOfBoth = (): string[][] =>
        [one, two].map((loop) => Array.from(allTasks(loop), (task) => task.getName()));
      const first = one.createTask(worker(), { name: "one" });
      const second = two.createTask(worker(), { name: "two" });
      print(outcome(() => allTasks()));
      print(namesOfBoth());
      one.runUntilComplete(first);
      print(namesOfBoth());
      two.runUntilComplete(second);
      one.close();
      two.close();
    });
  });

  it("TK-21: the repr shows the state, the name, the awaited future, the outcome and the callbacks", async () => {
    const python = `
      ${helpers}
      def callback(task): pass

      async def worker(future):
          print(shown(asyncio.current_task()))
          return await future

      async def swallows():
          try:
              await asyncio.sleep(5)
          except asyncio.CancelledError:
              print(shown(asyncio.current_task()))
              await asyncio.sleep(5)
          return 2

      async def main():
          loop = asyncio.get_running_loop()
          future = loop.create_future()
          task = asyncio.create_task(worker(future), name="it's")
          print(shown(task))
          await asyncio.sleep(0)
          print(shown(task))
          task.add_done_callback(callback)
          print(shown(task), shown(future))
          future.set_result([1, "a"])
          print(shown(task))
          await asyncio.sleep(0)
          print(shown(task))
          await asyncio.sleep(0)
          print(shown(task))

          future = loop.create_future()
          failing, waiting = asyncio.create_task(worker(future), name="failing"), asyncio.create_task(swallows(), name="x")
          await asyncio.sleep(0)
          future.set_exception(ValueError("x"))
          waiting.cancel()
          print(shown(waiting))
          await asyncio.sleep(1)
          print(shown(failing), shown(waiting))
          failing.exception()
          print(await waiting, shown(waiting))

          cancelled = asyncio.create_task(swallows(), name="cancelled")
          cancelled.cancel("x")
          print(shown(cancelled))
          await asyncio.sleep(0)
          print(shown(cancelled))
    `;
    await same(python, function* (print) {
      function callback(): void {}
      function* worker(awaited: Future<unknown>): Coroutine<unknown> {
        print(shown(currentTask()));
        return yield* awaited;
      }
      function* swallows(): Coroutine<number> {
        try {
          yield* sleep(5);
        } catch (error) {
          if (!(error instanceof CancelledError)) throw error;
          print(shown(currentTask()));
          yield* sleep(5);
        }
        return 2;
      }
      const loop = getRunningLoop();
      let future = loop.createFuture<unknown>();
      const task = createTask(worker(future), { name: "it's" });
      print(shown(task));
      yield* sleep(0);
      print(shown(task));
      task.addDoneCallback(callback);
      print(shown(task), shown(future));
      future.setResult([1, "a"]);
      print(shown(task));
      yield* sleep(0);
      print(shown(task));
      yield* sleep(0);
      print(shown(task));

      future = loop.createFuture();
      const failing = createTask(worker(future), { name: "failing" });
      const waiting = createTask(swallows(), { name: "x" });
      yield* sleep(0);
      future.setException(new ValueError("x"));
      waiting.cancel();
      print(shown(waiting));
      yield* sleep(1);
      print(shown(failing), shown(waiting));
      failing.exception();
      print(yield* waiting, shown(waiting));

      const cancelled = createTask(swallows(), { name: "cancelled" });
      cancelled.cancel("x");
      print(shown(cancelled));
      yield* sleep(0);
      print(shown(cancelled));
    });
  });

  it("TK-21: the reprs of a subclass of Task, and of the future it awaits, show the names of their classes", async () => {
    const python = `
      ${helpers}
      class Own(asyncio.Task):
          pass

      async def main():
          future = asyncio.get_running_loop().create_future()
          task = Own(awaiting(future), name="x")
          print(shown(task))
          await asyncio.sleep(0)
          print(shown(task), shown(future))
    `;
    await same(python, function* (print) {
      class Own<T> extends Task<T> {}
      const future = getRunningLoop().createFuture();
      const task = new Own(awaiting(future), { name: "x" });
      print(shown(task));
      yield* sleep(0);
      print(shown(task), shown(future));
    });
  });

  it("TK-21: the repr of the main task shows the callback that ends the run", async () => {
    const python = `
      ${helpers}
      async def main():
          asyncio.current_task().set_name("main")
          print(shown(asyncio.current_task()))
    `;
    await same(python, function* (print) {
      currentTask()?.setName("main");
      print(shown(currentTask()));
    });
  });

  it("TK-22: a task that is destroyed while pending is reported, a done one is not", async () => {
    const python = `
      import gc

      def report(loop, context):
          print(sorted(context), context["message"], context["task"].get_name())

      async def worker(delay):
          await asyncio.sleep(delay)

      async def waits_for(future):
          await future

      loop = asyncio.new_event_loop()
      loop.set_exception_handler(report)
      loop.create_task(waits_for(loop.create_future()), name="waiting")
      loop.create_task(worker(1), name="done")
      loop.create_task(worker(1), name="cancelled").cancel()
      loop.advance(2)
      gc.collect()
      loop.create_task(worker(1), name="not started")
      loop.close()
    `;
    await sameScript(python, (print, newLoop) => {
      function* worker(delay: number): Coroutine {
        yield* sleep(delay);
      }
      function* waitsFor(future: Future<void>): Coroutine {
        yield* future;
      }
      const loop = newLoop();
      loop.setExceptionHandler((_loop, context) => {
        print(Object.keys(context).sort(), context.message, context.task?.getName());
      });
      loop.createTask(waitsFor(loop.createFuture()), { name: "waiting" });
      loop.createTask(worker(1), { name: "done" });
      loop.createTask(worker(1), { name: "cancelled" }).cancel();
      loop.advance(2);
      loop.createTask(worker(1), { name: "not started" });
      loop.close();
    });
  });
});

import {
  ContextVar,
  copyContext,
  type Coroutine,
  createTask,
  currentTask,
  eagerTaskFactory,
  gather,
  getRunningLoop,
  sleep,
  Task,
  ValueError,
  wait,
} from "@yieldstar/loop";
import { describe, it } from "vitest";
import { same, sameScript } from "../../../src/same.ts";
import { current, outcome } from "../outcomes.ts";
import { beginToTick, helpers, names, workerThatPrints } from "./helpers.ts";

describe("EA-01: when a task starts", () => {
  it("EA-01: an eager task runs its first step inside the constructor", () =>
    same(
      `
      ${helpers}
      async def main():
          loop = asyncio.get_running_loop()
          plain = asyncio.Task(worker("plain", 0), loop=loop)
          print("made", plain.done())
          eager = asyncio.Task(worker("eager", 0), loop=loop, eager_start=True)
          print("made", eager.done())
          quick = asyncio.Task(worker("quick"), loop=loop, eager_start=True)
          print("made", quick.done())
          not_eager = asyncio.Task(worker("not eager", 0), eager_start=False)
          print("made", not_eager.done())
          for task in (plain, eager, quick, not_eager):
              print(await task)
    `,
      function* (print) {
        const worker = workerThatPrints(print);
        const loop = getRunningLoop();
        const plain = new Task(worker("plain", 0), { loop });
        print("made", plain.done());
        const eager = new Task(worker("eager", 0), { loop, eagerStart: true });
        print("made", eager.done());
        const quick = new Task(worker("quick"), { loop, eagerStart: true });
        print("made", quick.done());
        const notEager = new Task(worker("not eager", 0), { eagerStart: false });
        print("made", notEager.done());
        for (const task of [plain, eager, quick, notEager]) print(yield* task);
      },
    ));

  it("EA-01: an eager task of a loop that is not running is scheduled like any other", () =>
    sameScript(
      `
      ${helpers}
      loop = asyncio.new_event_loop()
      tasks = [
          asyncio.Task(worker("first"), loop=loop, eager_start=True),
          loop.create_task(worker("second"), eager_start=True),
      ]
      loop.set_task_factory(asyncio.eager_task_factory)
      tasks.append(loop.create_task(worker("third")))
      print("made", [task.done() for task in tasks], tasks[0].get_coro() is None)
      print(loop.run_until_complete(worker("main")))
      print([task.result() for task in tasks], tasks[0].get_coro() is None)
      loop.close()
    `,
      (print, newLoop) => {
        const worker = workerThatPrints(print);
        const loop = newLoop();
        const tasks = [
          new Task(worker("first"), { loop, eagerStart: true }),
          loop.createTask(worker("second"), { eagerStart: true }),
        ] as const;
        loop.setTaskFactory(eagerTaskFactory);
        const third = loop.createTask(worker("third"));
        const all = [...tasks, third];
        print(
          "made",
          all.map((task) => task.done()),
          tasks[0].getCoro() === undefined,
        );
        print(loop.runUntilComplete(worker("main")));
        print(
          all.map((task) => task.result()),
          tasks[0].getCoro() === undefined,
        );
        loop.close();
      },
    ));

  it("EA-01: an eager task of another loop than the running one is scheduled like any other", () =>
    sameScript(
      `
      ${helpers}
      one, other = asyncio.new_event_loop(), asyncio.new_event_loop()

      async def main():
          tasks = [asyncio.Task(worker("other's"), loop=other, eager_start=True), other.create_task(worker("too"), eager_start=True)]
          print("made", [task.done() for task in tasks], names())
          return tasks

      tasks = one.run_until_complete(main())
      print("one has ended")
      print([other.run_until_complete(task) for task in tasks])
      one.close()
      other.close()
    `,
      (print, newLoop) => {
        const worker = workerThatPrints(print);
        const [one, other] = [newLoop(), newLoop()];
        function* main(): Coroutine<Task<string>[]> {
          const tasks = [
            new Task(worker("other's"), { loop: other, eagerStart: true }),
            other.createTask(worker("too"), { eagerStart: true }),
          ];
          print(
            "made",
            tasks.map((task) => task.done()),
            names(),
          );
          return tasks;
        }
        const tasks = one.runUntilComplete(main());
        print("one has ended");
        print(tasks.map((task) => other.runUntilComplete(task)));
        one.close();
        other.close();
      },
    ));

  it("EA-01: a plain callback can start an eager task too", () =>
    same(
      `
      ${helpers}
      async def main():
          loop = asyncio.get_running_loop()
          tasks = []

          def callback():
              tasks.append(loop.create_task(worker("eager", 1), name="eager", eager_start=True))
              print("made", current(), names())

          loop.call_soon(callback)
          await asyncio.sleep(0)
          print(await tasks[0], t())
    `,
      function* (print) {
        const worker = workerThatPrints(print);
        const loop = getRunningLoop();
        const tasks: Task<string>[] = [];
        loop.callSoon(() => {
          tasks.push(loop.createTask(worker("eager", 1), { name: "eager", eagerStart: true }));
          print("made", current(), names());
        });
        yield* sleep(0);
        for (const task of tasks) print(yield* task, loop.time());
      },
    ));
});

describe("EA-02: an eager task that ends in its first step", () => {
  it("EA-02: an eager task that ends in its first step is done at creation, with no coroutine and nothing queued", () =>
    same(
      `
      ${helpers}
      async def main():
          begin_to_tick()
          task = asyncio.create_task(worker("eager"), name="eager", eager_start=True)
          print(task.done(), task.cancelled(), task.result(), task.exception(), task.get_coro(), task.cancelling())
          print(names())
          print(await task)
          print(await asyncio.create_task(worker("another"), eager_start=True))
          print(task.cancel(), task.cancelling(), task.cancelled())
          await asyncio.sleep(0)
          await asyncio.sleep(0)
          print("end of main")
    `,
      function* (print) {
        const worker = workerThatPrints(print);
        beginToTick(print);
        const task = createTask(worker("eager"), { name: "eager", eagerStart: true });
        print(task.done(), task.cancelled(), task.result(), task.exception(), task.getCoro(), task.cancelling());
        print(names());
        print(yield* task);
        print(yield* createTask(worker("another"), { eagerStart: true }));
        print(task.cancel(), task.cancelling(), task.cancelled());
        yield* sleep(0);
        yield* sleep(0);
        print("end of main");
      },
    ));

  it("EA-02: an eager task that suspended keeps its coroutine, even after its end", () =>
    same(
      `
      ${helpers}
      async def main():
          coroutine = worker("eager", 1)
          task = asyncio.create_task(coroutine, eager_start=True)
          print(task.get_coro() is coroutine)
          await task
          print(task.get_coro() is coroutine)
    `,
      function* (print) {
        const coroutine = workerThatPrints(print)("eager", 1);
        const task = createTask(coroutine, { eagerStart: true });
        print(task.getCoro() === coroutine);
        yield* task;
        print(task.getCoro() === coroutine);
      },
    ));

  it("EA-02: the coroutine of an eager task cannot be run again", () =>
    same(
      `
      ${helpers}
      async def main():
          coroutine = worker("eager")
          await asyncio.create_task(coroutine, eager_start=True)
          print(await awaiting(asyncio.create_task(coroutine)))
    `,
      function* (print) {
        const coroutine = workerThatPrints(print)("eager");
        yield* createTask(coroutine, { eagerStart: true });
        // Ours reports it at once, since it can.
        print(outcome(() => createTask(coroutine)).replace(/ \(hint: [^)]*\)/, ""));
      },
    ));

  it("EA-02: callbacks that an eager task adds to itself are called in the next iteration", () =>
    same(
      `
      ${helpers}
      async def main():
          begin_to_tick()

          async def eager():
              asyncio.current_task().add_done_callback(lambda task: print("called", task.result(), current()))
              print("end of eager")
              return 1

          task = asyncio.create_task(eager(), eager_start=True)
          print("made", task.done())
          await asyncio.sleep(0)
          await asyncio.sleep(0)
    `,
      function* (print) {
        beginToTick(print);
        function* eager(): Coroutine<number> {
          currentTask()?.addDoneCallback((task) => print("called", task.result(), current()));
          print("end of eager");
          return 1;
        }
        const task = createTask(eager(), { eagerStart: true });
        print("made", task.done());
        yield* sleep(0);
        yield* sleep(0);
      },
    ));
});

describe("EA-03: the current task and the context of an eager step", () => {
  it("EA-03: the new task is the current one during its eager step, and its creator before and after", () =>
    same(
      `
      ${helpers}
      async def inner():
          print("inner", current())
          await asyncio.sleep(0)
          print("inner", current())

      async def outer():
          print("outer", current())
          task = asyncio.create_task(inner(), name="inner", eager_start=True)
          print("outer", current())
          await task
          print("outer", current())

      async def fail():
          raise ValueError(current())

      async def main():
          asyncio.current_task().set_name("main")
          print("main", current())
          tasks = [asyncio.create_task(outer(), name="outer", eager_start=True)]
          print("main", current())
          tasks.append(asyncio.create_task(fail(), name="fail", eager_start=True))
          print("main", current())
          print(await asyncio.gather(*tasks, return_exceptions=True), current())
    `,
      function* (print) {
        function* inner(): Coroutine {
          print("inner", current());
          yield* sleep(0);
          print("inner", current());
        }
        function* outer(): Coroutine {
          print("outer", current());
          const task = createTask(inner(), { name: "inner", eagerStart: true });
          print("outer", current());
          yield* task;
          print("outer", current());
        }
        function* fail(): Coroutine {
          throw new ValueError(current());
        }
        currentTask()?.setName("main");
        print("main", current());
        const tasks = [createTask(outer(), { name: "outer", eagerStart: true })];
        print("main", current());
        tasks.push(createTask(fail(), { name: "fail", eagerStart: true }));
        print("main", current());
        print(yield* gather(tasks, { returnExceptions: true }), current());
      },
    ));

  it("EA-03: the eager step runs in a copy of its creator's context, as do the later steps", () =>
    same(
      `
      variable = contextvars.ContextVar("variable", default="default")

      async def eager():
          print("eager sees", variable.get())
          variable.set("by eager")
          await asyncio.sleep(0)
          print("eager sees", variable.get())

      async def main():
          variable.set("by main")
          task = asyncio.create_task(eager(), eager_start=True)
          print("main sees", variable.get(), task.get_context()[variable])
          variable.set("by main again")
          await task
          print("main sees", variable.get(), task.get_context()[variable])
    `,
      function* (print) {
        const variable = new ContextVar("variable", { default: "default" });
        function* eager(): Coroutine {
          print("eager sees", variable.get());
          variable.set("by eager");
          yield* sleep(0);
          print("eager sees", variable.get());
        }
        variable.set("by main");
        const task = createTask(eager(), { eagerStart: true });
        print("main sees", variable.get(), task.getContext().get(variable));
        variable.set("by main again");
        yield* task;
        print("main sees", variable.get(), task.getContext().get(variable));
      },
    ));

  it("EA-03: the eager step runs in the very context that the task is given", () =>
    same(
      `
      variable = contextvars.ContextVar("variable", default="default")

      async def eager(name):
          print(name, "sees", variable.get())
          variable.set(name)
          await asyncio.sleep(0)
          print(name, "sees", variable.get())

      async def main():
          context = contextvars.copy_context()
          context.run(variable.set, "given")
          tasks = [asyncio.create_task(eager(name), context=context, eager_start=True) for name in "ab"]
          print("main sees", variable.get(), context[variable], tasks[0].get_context() is context)
          await asyncio.wait(tasks)
    `,
      function* (print) {
        const variable = new ContextVar("variable", { default: "default" });
        function* eager(name: string): Coroutine {
          print(name, "sees", variable.get());
          variable.set(name);
          yield* sleep(0);
          print(name, "sees", variable.get());
        }
        const context = copyContext();
        context.run(() => variable.set("given"));
        const tasks = ["a", "b"].map((name) => createTask(eager(name), { context, eagerStart: true }));
        print("main sees", variable.get(), context.get(variable), tasks[0]?.getContext() === context);
        yield* wait(tasks);
      },
    ));

  it("EA-03: nested eager steps have a context each", () =>
    same(
      `
      variable = contextvars.ContextVar("variable", default="main's")

      async def eager(depth):
          before = variable.get()
          variable.set(f"of {depth}")
          if depth < 3:
              asyncio.create_task(eager(depth + 1), eager_start=True)
          print(depth, before, variable.get())

      async def main():
          asyncio.create_task(eager(1), eager_start=True)
          print(variable.get())
    `,
      function* (print) {
        const variable = new ContextVar("variable", { default: "main's" });
        function* eager(depth: number): Coroutine {
          const before = variable.get();
          variable.set(`of ${depth}`);
          if (depth < 3) createTask(eager(depth + 1), { eagerStart: true });
          print(depth, before, variable.get());
        }
        createTask(eager(1), { eagerStart: true });
        print(variable.get());
      },
    ));
});

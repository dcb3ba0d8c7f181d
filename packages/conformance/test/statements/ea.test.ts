import {
  allTasks,
  asCompleted,
  asyncWith,
  type Awaitable,
  CancelledError,
  ContextVar,
  copyContext,
  type Coroutine,
  createEagerTaskFactory,
  createTask,
  currentTask,
  eagerTaskFactory,
  ensureFuture,
  type Future,
  gather,
  getRunningLoop,
  KeyboardInterrupt,
  shield,
  sleep,
  SystemExit,
  Task,
  type TaskFactory,
  ValueError,
  wait,
} from "@yieldstar/loop";
import { TaskGroup } from "@yieldstar/taskgroup";
import { timeout, waitFor } from "@yieldstar/timeout";
import { describe, it } from "vitest";
import { repr } from "../../src/python-text.ts";
import { type Print, same, sameScript } from "../../src/same.ts";

/** For snippets, and indented as they are; what stands below is the same in TypeScript. */
const helpers = `
      def current():
          task = asyncio.current_task()
          return None if task is None else task.get_name()

      def names():
          return [task.get_name() for task in asyncio.all_tasks()]

      def tick(number=1):
          print("tick", number)
          if number < 6:
              asyncio.get_running_loop().call_soon(tick, number + 1)

      def begin_to_tick():
          asyncio.get_running_loop().call_soon(tick)

      def be_eager():
          asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)

      def outcome(call):
          try:
              return f"returned {call()!r}"
          except BaseException as error:
              return f"raised {error!r}"

      async def awaiting(awaitable):
          try:
              return f"returned {await awaitable!r}"
          except BaseException as error:
              return f"raised {error!r}"

      async def worker(name, delay=None):
          print("begin", name)
          if delay is not None:
              await asyncio.sleep(delay)
          print("end", name)
          return name
`;

function current(): string | undefined {
  return currentTask()?.getName();
}

function names(): string[] {
  return Array.from(allTasks(), (task) => task.getName());
}

/** Prints the number of each iteration. */
function beginToTick(print: Print): void {
  const loop = getRunningLoop();
  const tick = (number: number): void => {
    print("tick", number);
    if (number < 6) loop.callSoon(() => tick(number + 1));
  };
  loop.callSoon(() => tick(1));
}

function beEager(): void {
  getRunningLoop().setTaskFactory(eagerTaskFactory);
}

function outcome(call: () => unknown): string {
  try {
    return `returned ${repr(call())}`;
  } catch (error) {
    return `raised ${repr(error)}`;
  }
}

function* awaiting(awaitable: Awaitable<unknown>): Coroutine<string> {
  try {
    return `returned ${repr(yield* awaitable)}`;
  } catch (error) {
    return `raised ${repr(error)}`;
  }
}

type Worker = (name: string, delay?: number) => Coroutine<string>;

function workerThatPrints(print: Print): Worker {
  return function* worker(name, delay) {
    print("begin", name);
    if (delay !== undefined) yield* sleep(delay);
    print("end", name);
    return name;
  };
}

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

  it("EA-01: where the loop is not running, it is scheduled as any other", () =>
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

  it("EA-01: and so is one of another loop than the running one", () =>
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

  it("EA-01: a plain callback can start one too", () =>
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
  it("EA-02: is done at creation, with no coroutine and nothing queued", () =>
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

  it("EA-02: one that suspended keeps its coroutine, also after its end", () =>
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

  it("EA-02: its coroutine cannot be run again", () =>
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
        // Ours says so at once, since it can.
        print(outcome(() => createTask(coroutine)).replace(/ \(hint: [^)]*\)/, ""));
      },
    ));

  it("EA-02: the callbacks that it adds to itself are called in the next iteration", () =>
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
  it("EA-03: the new task is the current one meanwhile, and its creator before and afterwards", () =>
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

  it("EA-03: the step runs in a copy of its creator's context, as do the later ones", () =>
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

  it("EA-03: or in the very context that it is given", () =>
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

describe("EA-04: an exception in the eager step", () => {
  it("EA-04: is stored in the task, and not raised by createTask", () =>
    same(
      `
      ${helpers}
      async def fail():
          raise ValueError("x")

      async def main():
          begin_to_tick()
          task = asyncio.create_task(fail(), eager_start=True)
          print(task.done(), repr(task.exception()), task.get_coro())
          task.add_done_callback(lambda task: print("called", current()))
          print(await awaiting(task))
          await asyncio.sleep(0)
          print("main goes on")
    `,
      function* (print) {
        function* fail(): Coroutine {
          throw new ValueError("x");
        }
        beginToTick(print);
        const task = createTask(fail(), { eagerStart: true });
        print(task.done(), repr(task.exception()), task.getCoro());
        task.addDoneCallback(() => print("called", current()));
        print(yield* awaiting(task));
        yield* sleep(0);
        print("main goes on");
      },
    ));

  it("EA-04: that nobody retrieves is reported", () =>
    same(
      `
      async def fail():
          raise ValueError("x")

      async def main():
          loop = asyncio.get_running_loop()
          loop.set_exception_handler(lambda loop, context: print(context["message"], repr(context["exception"])))
          asyncio.create_task(fail(), eager_start=True)
    `,
      function* (print) {
        function* fail(): Coroutine {
          throw new ValueError("x");
        }
        getRunningLoop().setExceptionHandler((_, { message, exception }) => print(message, repr(exception)));
        createTask(fail(), { eagerStart: true });
      },
    ));

  it("EA-04: KeyboardInterrupt and SystemExit are stored, and raised out of the constructor too", () =>
    same(
      `
      ${helpers}
      async def fail(error):
          made.append(asyncio.current_task())
          raise error

      made = []

      async def main():
          for error in (KeyboardInterrupt("x"), SystemExit("2")):
              for make in (lambda coro: asyncio.Task(coro, loop=asyncio.get_running_loop(), eager_start=True), lambda coro: asyncio.create_task(coro, eager_start=True)):
                  try:
                      make(fail(error))
                  except BaseException as raised:
                      print(repr(raised), raised is error)
          print(len(made), [[task.done(), repr(task.exception()), task.get_coro()] for task in made])
          print(len(asyncio.all_tasks()), asyncio.current_task() in asyncio.all_tasks())
          await asyncio.sleep(1)
          print("still running", t())
    `,
      function* (print) {
        const made: Task<unknown>[] = [];
        function* fail(error: Error): Coroutine {
          made.push(currentTask() as Task<unknown>);
          throw error;
        }
        const eagerStart = true;
        for (const error of [new KeyboardInterrupt("x"), new SystemExit("2")]) {
          for (const make of [
            (coroutine: Coroutine) => new Task(coroutine, { eagerStart }),
            (coroutine: Coroutine) => createTask(coroutine, { eagerStart }),
          ]) {
            try {
              make(fail(error));
            } catch (raised) {
              print(repr(raised), raised === error);
            }
          }
        }
        print(
          made.length,
          made.map((task) => [task.done(), repr(task.exception()), task.getCoro()]),
        );
        print(allTasks().size, allTasks().has(currentTask() as Task<unknown>));
        yield* sleep(1);
        print("still running", getRunningLoop().time());
      },
    ));

  it("EA-04: a KeyboardInterrupt passes through every eager step that it finds, and ends the run", () =>
    sameScript(
      `
      ${helpers}
      async def interrupt():
          raise KeyboardInterrupt("stop")

      async def outer():
          try:
              asyncio.create_task(interrupt(), eager_start=True)
          finally:
              print("leaving outer", current())

      async def main():
          asyncio.current_task().set_name("main")
          try:
              asyncio.create_task(outer(), name="outer", eager_start=True)
          finally:
              print("leaving main", current())

      loop, reports = asyncio.new_event_loop(), []
      loop.set_exception_handler(lambda loop, context: reports.append(context["message"]))
      print(outcome(lambda: loop.run_until_complete(main())))
      loop.close()
      print(reports)
    `,
      (print, newLoop) => {
        function* interrupt(): Coroutine {
          throw new KeyboardInterrupt("stop");
        }
        function* outer(): Coroutine {
          try {
            createTask(interrupt(), { eagerStart: true });
          } finally {
            print("leaving outer", current());
          }
        }
        function* main(): Coroutine {
          currentTask()?.setName("main");
          try {
            createTask(outer(), { name: "outer", eagerStart: true });
          } finally {
            print("leaving main", current());
          }
        }
        const loop = newLoop();
        const reports: string[] = [];
        loop.setExceptionHandler((_, { message }) => reports.push(message));
        print(outcome(() => loop.runUntilComplete(main())));
        loop.close();
        print(reports);
      },
    ));

  it("EA-04: cancelled is a task whose eager step raises CancelledError", () =>
    same(
      `
      ${helpers}
      async def cancelled():
          raise asyncio.CancelledError("own")

      async def main():
          begin_to_tick()
          task = asyncio.create_task(cancelled(), eager_start=True)
          print(task.done(), task.cancelled(), task.cancelling(), outcome(task.result))
          print(await awaiting(task))
    `,
      function* (print) {
        function* cancelled(): Coroutine {
          throw new CancelledError("own");
        }
        beginToTick(print);
        const task = createTask(cancelled(), { eagerStart: true });
        print(
          task.done(),
          task.cancelled(),
          task.cancelling(),
          outcome(() => task.result()),
        );
        print(yield* awaiting(task));
      },
    ));
});

describe("EA-05: what starts tasks eagerly", () => {
  it("EA-05: with the eager factory: createTask, TaskGroup, gather, ensureFuture, and what is built on them", () =>
    same(
      `
      ${helpers}
      async def main():
          loop = asyncio.get_running_loop()
          begin_to_tick()
          be_eager()
          print(loop.get_task_factory() is asyncio.eager_task_factory)
          tasks = [asyncio.create_task(worker("createTask")), loop.create_task(worker("loop.createTask"))]
          tasks.append(asyncio.ensure_future(worker("ensureFuture")))
          print([task.done() for task in tasks])
          async with asyncio.TaskGroup() as group:
              child = group.create_task(worker("child"))
              print("child made", child.done())
          await asyncio.gather(worker("gathered"), worker("gathered too"))
          print(await asyncio.wait_for(worker("waited for"), 1))
          print(await asyncio.shield(worker("shielded")))
          for next_one in asyncio.as_completed([worker("completed")]):
              print(await next_one)
          print("end of main")
    `,
      function* (print) {
        const worker = workerThatPrints(print);
        const loop = getRunningLoop();
        beginToTick(print);
        beEager();
        print(loop.getTaskFactory() === eagerTaskFactory);
        const tasks: Future<string>[] = [createTask(worker("createTask")), loop.createTask(worker("loop.createTask"))];
        tasks.push(ensureFuture(worker("ensureFuture")));
        print(tasks.map((task) => task.done()));
        const group = new TaskGroup();
        yield* asyncWith(group, function* () {
          const child = group.createTask(worker("child"));
          print("child made", child.done());
        });
        yield* gather([worker("gathered"), worker("gathered too")]);
        print(yield* waitFor(worker("waited for"), 1));
        print(yield* shield(worker("shielded")));
        for (const nextOne of asCompleted([worker("completed")])) print(yield* nextOne);
        print("end of main");
      },
    ));

  it("EA-05: with the eager factory, eagerStart: false opts out", () =>
    same(
      `
      ${helpers}
      async def main():
          be_eager()
          tasks = [asyncio.create_task(worker(f"{eager}"), eager_start=eager) for eager in (False, True)]
          tasks.append(asyncio.create_task(worker("default"), name="named"))
          async with asyncio.TaskGroup() as group:
              tasks.append(group.create_task(worker("child"), eager_start=False))
              print([task.done() for task in tasks], tasks[2].get_name())
          print([task.result() for task in tasks])
    `,
      function* (print) {
        const worker = workerThatPrints(print);
        beEager();
        const tasks = [false, true].map((eagerStart) => createTask(worker(repr(eagerStart)), { eagerStart }));
        tasks.push(createTask(worker("default"), { name: "named" }));
        const group = new TaskGroup();
        yield* asyncWith(group, function* () {
          tasks.push(group.createTask(worker("child"), { eagerStart: false }));
          print(
            tasks.map((task) => task.done()),
            tasks[2]?.getName(),
          );
        });
        print(tasks.map((task) => task.result()));
      },
    ));

  it("EA-05: without a factory, eagerStart: true opts in", () =>
    same(
      `
      ${helpers}
      async def main():
          loop = asyncio.get_running_loop()
          print(loop.get_task_factory())
          tasks = [asyncio.create_task(worker("one"), eager_start=True), loop.create_task(worker("two"), eager_start=True)]
          tasks += [asyncio.create_task(worker("three")), asyncio.create_task(worker("four"), eager_start=False)]
          async with asyncio.TaskGroup() as group:
              tasks.append(group.create_task(worker("child"), eager_start=True, name="named"))
              print([task.done() for task in tasks], tasks[-1].get_name())
    `,
      function* (print) {
        const worker = workerThatPrints(print);
        const loop = getRunningLoop();
        print(loop.getTaskFactory());
        const tasks = [
          createTask(worker("one"), { eagerStart: true }),
          loop.createTask(worker("two"), { eagerStart: true }),
          createTask(worker("three")),
          createTask(worker("four"), { eagerStart: false }),
        ];
        const group = new TaskGroup();
        yield* asyncWith(group, function* () {
          tasks.push(group.createTask(worker("child"), { eagerStart: true, name: "named" }));
          print(
            tasks.map((task) => task.done()),
            tasks.at(-1)?.getName(),
          );
        });
      },
    ));

  it("EA-05: a factory that is taken away again leaves the tasks that it made", () =>
    same(
      `
      ${helpers}
      async def main():
          loop = asyncio.get_running_loop()
          be_eager()
          first = asyncio.create_task(worker("eager", 1))
          loop.set_task_factory(None)
          second = asyncio.create_task(worker("plain", 1))
          print("made", loop.get_task_factory())
          print(await first, await second, t())
    `,
      function* (print) {
        const worker = workerThatPrints(print);
        const loop = getRunningLoop();
        beEager();
        const first = createTask(worker("eager", 1));
        loop.setTaskFactory(undefined);
        const second = createTask(worker("plain", 1));
        print("made", loop.getTaskFactory());
        print(yield* first, yield* second, loop.time());
      },
    ));
});

describe("EA-06: task factories", () => {
  it("EA-06: a factory is called with the loop, the coroutine and the options of createTask", () =>
    same(
      `
      def factory(loop, coro, **options):
          print(loop is asyncio.get_running_loop(), coro is expected, sorted(options.items()))
          return asyncio.Task(coro, loop=loop, name=options.get("name"))

      async def worker():
          return asyncio.current_task().get_name()

      async def main():
          global expected
          loop = asyncio.get_running_loop()
          loop.set_task_factory(factory)
          print(loop.get_task_factory() is factory)
          for options in ({}, {"name": "a"}, {"eager_start": True}, {"eager_start": False, "name": "b"}):
              expected = worker()
              task = asyncio.create_task(expected, **options)
              name = await task
              print(name == options.get("name", name), task.done())
          async with asyncio.TaskGroup() as group:
              expected = worker()
              group.create_task(expected, name="child", eager_start=False)
          expected = worker()
          await asyncio.gather(expected)
          expected = worker()
          await asyncio.ensure_future(expected)
          loop.set_task_factory(None)
    `,
      function* (print) {
        let expected: Coroutine<string>;
        const factory: TaskFactory = (factoryLoop, coro, options = {}) => {
          const entries = Object.entries(options).sort(([one], [other]) => (one < other ? -1 : 1));
          const snake = entries.map(
            ([key, value]) => `(${repr(key === "eagerStart" ? "eager_start" : key)}, ${repr(value)})`,
          );
          print(factoryLoop === getRunningLoop(), (coro as unknown) === expected, `[${snake.join(", ")}]`);
          return new Task(coro, { loop: factoryLoop, name: options.name });
        };
        function* worker(): Coroutine<string> {
          return currentTask()?.getName() ?? "";
        }
        const loop = getRunningLoop();
        loop.setTaskFactory(factory);
        print(loop.getTaskFactory() === factory);
        const choices = [{}, { name: "a" }, { eagerStart: true }, { eagerStart: false, name: "b" }];
        for (const options of choices) {
          expected = worker();
          const task = createTask(expected, options);
          const name = yield* task;
          print(name === (options.name ?? name), task.done());
        }
        const group = new TaskGroup();
        yield* asyncWith(group, function* () {
          expected = worker();
          group.createTask(expected, { name: "child", eagerStart: false });
        });
        expected = worker();
        yield* gather([expected]);
        expected = worker();
        yield* ensureFuture(expected);
        loop.setTaskFactory(undefined);
      },
    ));

  it("EA-06: what a factory returns is returned as it is", () =>
    same(
      `
      ${helpers}
      class Job(asyncio.Task):
          pass

      made = []

      def factory(loop, coro, **options):
          made.append(Job(coro, loop=loop, **options))
          return made[-1]

      async def main():
          loop = asyncio.get_running_loop()
          loop.set_task_factory(factory)
          task = asyncio.create_task(worker("job"), name="job")
          print(task is made[0], type(task).__name__, task.get_name())
          print(await task)
          only = loop.create_future()
          coroutines = [worker("unused"), worker("unused")]
          loop.set_task_factory(lambda loop, coro, **options: only)
          print(loop.create_task(coroutines[0]) is only, asyncio.create_task(coroutines[1], name="ignored") is only)
          for coroutine in coroutines:
              coroutine.close()
          loop.set_task_factory(None)
    `,
      function* (print) {
        const worker = workerThatPrints(print);
        class Job<T> extends Task<T> {}
        const made: Task<unknown>[] = [];
        const loop = getRunningLoop();
        loop.setTaskFactory((factoryLoop, coroutine, options) => {
          const job = new Job(coroutine, { ...options, loop: factoryLoop });
          made.push(job);
          return job;
        });
        const task = createTask(worker("job"), { name: "job" });
        print((task as Task<unknown>) === made[0], task.constructor.name, task.getName());
        print(yield* task);
        const only = loop.createFuture<string>();
        loop.setTaskFactory(() => only as never);
        print(
          (loop.createTask(worker("unused")) as Future<string>) === only,
          (createTask(worker("unused"), { name: "ignored" }) as Future<string>) === only,
        );
        loop.setTaskFactory(undefined);
      },
    ));

  it("EA-06: what a factory raises comes out of createTask", () =>
    same(
      `
      ${helpers}
      async def main():
          loop = asyncio.get_running_loop()

          def factory(loop, coro, **options):
              coro.close()
              raise ValueError("no task today")

          loop.set_task_factory(factory)
          print(outcome(lambda: loop.create_task(worker("unused"))))
          print(outcome(lambda: asyncio.create_task(worker("unused"))))
          loop.set_task_factory(None)
          print(await asyncio.create_task(worker("used")))
    `,
      function* (print) {
        const worker = workerThatPrints(print);
        const loop = getRunningLoop();
        loop.setTaskFactory(() => {
          throw new ValueError("no task today");
        });
        print(outcome(() => loop.createTask(worker("unused"))));
        print(outcome(() => createTask(worker("unused"))));
        loop.setTaskFactory(undefined);
        print(yield* createTask(worker("used")));
      },
    ));

  it("EA-06: a factory is a function or nothing", () =>
    sameScript(
      `
      ${helpers}
      loop = asyncio.new_event_loop()
      for factory in (5, "x", {}):
          print(outcome(lambda: loop.set_task_factory(factory)), loop.get_task_factory())
      loop.set_task_factory(asyncio.eager_task_factory)
      print(outcome(lambda: loop.set_task_factory(0)), loop.get_task_factory() is asyncio.eager_task_factory)
      print(outcome(lambda: loop.set_task_factory(None)), loop.get_task_factory())
      loop.close()
    `,
      (print, newLoop) => {
        const loop = newLoop();
        for (const factory of [5, "x", {}]) {
          print(
            outcome(() => loop.setTaskFactory(factory as never)),
            loop.getTaskFactory(),
          );
        }
        loop.setTaskFactory(eagerTaskFactory);
        print(
          outcome(() => loop.setTaskFactory(0 as never)),
          loop.getTaskFactory() === eagerTaskFactory,
        );
        print(
          outcome(() => loop.setTaskFactory(undefined)),
          loop.getTaskFactory(),
        );
        loop.close();
      },
    ));

  it("EA-06: the factory of createEagerTaskFactory calls the constructor with the loop and all options", () =>
    same(
      `
      ${helpers}
      class Job(asyncio.Task):
          pass

      def make(coro, **options):
          loop = options.pop("loop")
          print(loop is asyncio.get_running_loop(), sorted(options.items()))
          return Job(coro, loop=loop, **options)

      async def main():
          loop = asyncio.get_running_loop()
          factory = asyncio.create_eager_task_factory(make)
          loop.set_task_factory(factory)
          for options in ({}, {"name": "a"}, {"eager_start": False}, {"eager_start": True}):
              task = asyncio.create_task(worker("job"), **options)
              print(type(task).__name__, task.done())
              await task
          loop.set_task_factory(asyncio.create_eager_task_factory(Job))
          task = asyncio.create_task(worker("job"), name="b")
          print(type(task).__name__, task.done(), task.get_name())
          print(factory(loop, worker("direct")).done())
    `,
      function* (print) {
        const worker = workerThatPrints(print);
        class Job<T> extends Task<T> {}
        const loop = getRunningLoop();
        const factory = createEagerTaskFactory((coroutine, { loop: given, ...options }) => {
          const { name, eagerStart } = options;
          const pairs = [
            `('eager_start', ${repr(eagerStart)})`,
            ...(name === undefined ? [] : [`('name', ${repr(name)})`]),
          ];
          print(given === loop, `[${pairs.join(", ")}]`);
          return new Job(coroutine, { ...options, loop: given });
        });
        loop.setTaskFactory(factory);
        for (const options of [{}, { name: "a" }, { eagerStart: false }, { eagerStart: true }]) {
          const task = createTask(worker("job"), options);
          print(task.constructor.name, task.done());
          yield* task;
        }
        loop.setTaskFactory(createEagerTaskFactory((coroutine, options) => new Job(coroutine, options)));
        const task = createTask(worker("job"), { name: "b" });
        print(task.constructor.name, task.done(), task.getName());
        print(factory(loop, worker("direct")).done());
      },
    ));
});

describe("EA-07: gather of eager tasks", () => {
  it("EA-07: it is done at once when all of them are, and awaiting it does not suspend", () =>
    same(
      `
      ${helpers}
      async def main():
          begin_to_tick()
          be_eager()
          future = asyncio.gather(worker("a"), worker("b"))
          print(future.done(), future.result())
          print(await future)
          print(await asyncio.gather(worker("c")))
          await asyncio.sleep(0)
    `,
      function* (print) {
        const worker = workerThatPrints(print);
        beginToTick(print);
        beEager();
        const future = gather([worker("a"), worker("b")]);
        print(future.done(), future.result());
        print(yield* future);
        print(yield* gather([worker("c")]));
        yield* sleep(0);
      },
    ));

  it("EA-07: with one that waits it waits too, and keeps the order", () =>
    same(
      `
      ${helpers}
      async def main():
          be_eager()
          future = asyncio.gather(worker("a"), worker("b", 1), worker("c"))
          print(future.done())
          print(await future, t())
    `,
      function* (print) {
        const worker = workerThatPrints(print);
        beEager();
        const future = gather([worker("a"), worker("b", 1), worker("c")]);
        print(future.done());
        print(yield* future, getRunningLoop().time());
      },
    ));

  it("EA-07: it fails at once when one fails eagerly, and the others run on", () =>
    same(
      `
      ${helpers}
      async def fail(text):
          raise ValueError(text)

      async def main():
          begin_to_tick()
          be_eager()
          future = asyncio.gather(worker("a", 1), fail("first"), fail("second"), worker("b"))
          print(future.done(), outcome(future.result))
          print(await awaiting(future))
          print(await asyncio.gather(fail("x"), worker("c"), return_exceptions=True))
          await asyncio.sleep(2)
    `,
      function* (print) {
        const worker = workerThatPrints(print);
        function* fail(text: string): Coroutine {
          throw new ValueError(text);
        }
        beginToTick(print);
        beEager();
        const future = gather([worker("a", 1), fail("first"), fail("second"), worker("b")]);
        print(
          future.done(),
          outcome(() => future.result()),
        );
        print(yield* awaiting(future));
        print(yield* gather([fail("x"), worker("c")], { returnExceptions: true }));
        yield* sleep(2);
      },
    ));
});

describe("EA-08: an eager task that waits", () => {
  it("EA-08: goes on like any other, and a cancel reaches what it waits for", () =>
    same(
      `
      async def main():
          future = asyncio.get_running_loop().create_future()

          async def eager():
              try:
                  await future
              except asyncio.CancelledError as error:
                  print("cancelled", repr(error), future.cancelled())
                  await asyncio.sleep(1)
                  raise

          task = asyncio.create_task(eager(), eager_start=True)
          print(task.done(), task.cancelling())
          print(task.cancel("enough"), future.cancelled(), task.cancelled(), task.cancelling())
          try:
              await task
          except asyncio.CancelledError as error:
              print(repr(error), task.cancelled(), t())
    `,
      function* (print) {
        const loop = getRunningLoop();
        const future = loop.createFuture<void>();
        function* eager(): Coroutine {
          try {
            yield* future;
          } catch (error) {
            print("cancelled", repr(error), future.cancelled());
            yield* sleep(1);
            throw error;
          }
        }
        const task = createTask(eager(), { eagerStart: true });
        print(task.done(), task.cancelling());
        print(task.cancel("enough"), future.cancelled(), task.cancelled(), task.cancelling());
        try {
          yield* task;
        } catch (error) {
          print(repr(error), task.cancelled(), loop.time());
        }
      },
    ));

  it("EA-08: a cancel before its second step finds it even after a bare yield", () =>
    same(
      `
      ${helpers}
      async def eager():
          try:
              await asyncio.sleep(0)
              print("not reached")
          finally:
              print("cleanup")

      async def main():
          begin_to_tick()
          task = asyncio.create_task(eager(), eager_start=True)
          print(task.cancel("early"), task.cancelling())
          print(await awaiting(task), task.cancelled())
    `,
      function* (print) {
        function* eager(): Coroutine {
          try {
            yield* sleep(0);
            print("not reached");
          } finally {
            print("cleanup");
          }
        }
        beginToTick(print);
        const task = createTask(eager(), { eagerStart: true });
        print(task.cancel("early"), task.cancelling());
        print(yield* awaiting(task), task.cancelled());
      },
    ));

  it("EA-08: what it awaits and cannot is told to it in its next step", () =>
    same(
      `
      ${helpers}
      class Bad:
          def __await__(self):
              yield 5

      async def eager(awaitable):
          print((await awaiting(awaitable())).split(":")[0].split(" <")[0])

      async def main():
          begin_to_tick()
          task = asyncio.create_task(eager(Bad), eager_start=True)
          print("made")
          await task
          asyncio.create_task(eager(lambda: asyncio.current_task()), eager_start=True)
          print("made")
          await asyncio.sleep(1)
    `,
      function* (print) {
        function* bad(): Coroutine {
          yield 5 as never;
        }
        function* eager(awaitable: () => Awaitable<unknown>): Coroutine {
          print((yield* awaiting(awaitable())).split(":")[0]?.split(" <")[0]);
        }
        beginToTick(print);
        const task = createTask(eager(bad), { eagerStart: true });
        print("made");
        yield* task;
        createTask(
          eager(() => currentTask() as Task<unknown>),
          { eagerStart: true },
        );
        print("made");
        yield* sleep(1);
      },
    ));

  it("EA-08: timeout and TaskGroup work inside an eager task", () =>
    same(
      `
      ${helpers}
      async def eager():
          try:
              async with asyncio.timeout(1):
                  async with asyncio.TaskGroup() as group:
                      group.create_task(worker("quick"))
                      group.create_task(worker("slow", 5))
          except TimeoutError as error:
              print(repr(error), t(), asyncio.current_task().cancelling())
          return "done"

      async def main():
          be_eager()
          task = asyncio.create_task(eager())
          print("made")
          print(await task)
    `,
      function* (print) {
        const worker = workerThatPrints(print);
        function* eager(): Coroutine<string> {
          try {
            yield* asyncWith(timeout(1), function* () {
              const group = new TaskGroup();
              yield* asyncWith(group, function* () {
                group.createTask(worker("quick"));
                group.createTask(worker("slow", 5));
              });
            });
          } catch (error) {
            print(repr(error), getRunningLoop().time(), currentTask()?.cancelling());
          }
          return "done";
        }
        beEager();
        const task = createTask(eager());
        print("made");
        print(yield* task);
      },
    ));
});

describe("EA-09: eager tasks nest", () => {
  it("EA-09: depth first, where plain tasks run in the order of their creation", () => {
    const python = (eager: string): string => `
      async def node(name, depth):
          print("begin", name)
          if depth > 0:
              children = [asyncio.create_task(node(f"{name}.{index}", depth - 1), eager_start=${eager}) for index in (1, 2)]
              print("children of", name, [child.done() for child in children])
              await asyncio.gather(*children)
          print("end", name)

      async def main():
          await asyncio.create_task(node("root", 2), eager_start=${eager})
    `;
    const port = (eagerStart: boolean) =>
      function* (print: Print): Coroutine {
        function* node(name: string, depth: number): Coroutine {
          print("begin", name);
          if (depth > 0) {
            const children = [1, 2].map((index) => createTask(node(`${name}.${index}`, depth - 1), { eagerStart }));
            print(
              "children of",
              name,
              children.map((child) => child.done()),
            );
            yield* gather(children);
          }
          print("end", name);
        }
        yield* createTask(node("root", 2), { eagerStart });
      };
    return Promise.all([same(python("True"), port(true)), same(python("False"), port(false))]);
  });

  it("EA-09: what runs before createTask returns, runs before the next line of the creator", () =>
    same(
      `
      ${helpers}
      async def append(list, value):
          list.append(value)

      async def main():
          for eager in (False, True):
              values = []
              task = asyncio.create_task(append(values, "of task"), eager_start=eager)
              values.append("of main")
              await task
              print(values)
    `,
      function* (print) {
        function* append(list: string[], value: string): Coroutine {
          list.push(value);
        }
        for (const eagerStart of [false, true]) {
          const values: string[] = [];
          const task = createTask(append(values, "of task"), { eagerStart });
          values.push("of main");
          yield* task;
          print(values);
        }
      },
    ));

  it("EA-09: an eager task may cancel its creator, which learns of it when it next waits", () =>
    same(
      `
      async def cancel(task):
          print(task.cancel("by child"), task.cancelling())

      async def main():
          main_task = asyncio.current_task()
          asyncio.create_task(cancel(main_task), eager_start=True)
          print("still running", main_task.cancelling())
          try:
              await asyncio.sleep(1)
          except asyncio.CancelledError as error:
              print(repr(error), t())
    `,
      function* (print) {
        function* cancel(task: Task<unknown>): Coroutine {
          print(task.cancel("by child"), task.cancelling());
        }
        const mainTask = currentTask() as Task<unknown>;
        createTask(cancel(mainTask), { eagerStart: true });
        print("still running", mainTask.cancelling());
        try {
          yield* sleep(1);
        } catch (error) {
          print(repr(error), getRunningLoop().time());
        }
      },
    ));

  it("EA-09: many levels deep", () =>
    same(
      `
      async def nest(depth):
          if depth == 0:
              return len(asyncio.all_tasks())
          return await asyncio.create_task(nest(depth - 1), eager_start=True)

      async def main():
          print(await nest(50), len(asyncio.all_tasks()))
    `,
      function* (print) {
        function* nest(depth: number): Coroutine<number> {
          return depth === 0 ? allTasks().size : yield* createTask(nest(depth - 1), { eagerStart: true });
        }
        print(yield* nest(50), allTasks().size);
      },
    ));
});

describe("EA-10: all tasks", () => {
  it("EA-10: they include an eager task during its first step, and after it while it is pending", () =>
    same(
      `
      ${helpers}
      async def eager(delay):
          print(current(), names())
          if delay:
              await asyncio.sleep(delay)
              print(current(), names())

      async def main():
          asyncio.current_task().set_name("main")
          plain = asyncio.create_task(asyncio.sleep(2), name="plain")
          asyncio.create_task(eager(0), name="quick", eager_start=True)
          print(names())
          slow = asyncio.create_task(eager(1), name="slow", eager_start=True)
          print(names())
          await plain
          print(names())
    `,
      function* (print) {
        function* eager(delay: number): Coroutine {
          print(current(), names());
          if (delay > 0) {
            yield* sleep(delay);
            print(current(), names());
          }
        }
        currentTask()?.setName("main");
        const plain = createTask(sleep(2), { name: "plain" });
        createTask(eager(0), { name: "quick", eagerStart: true });
        print(names());
        createTask(eager(1), { name: "slow", eagerStart: true });
        print(names());
        yield* plain;
        print(names());
      },
    ));

  it("EA-10: each of a chain of eager first steps is among them", () =>
    same(
      `
      ${helpers}
      async def eager(depth):
          print(current(), sorted(names()))
          if depth < 3:
              asyncio.create_task(eager(depth + 1), name=f"task {depth + 1}", eager_start=True)
          await asyncio.sleep(depth)

      async def main():
          asyncio.current_task().set_name("main")
          asyncio.create_task(eager(1), name="task 1", eager_start=True)
          print(sorted(names()))
          await asyncio.sleep(2.5)
          print(names())
    `,
      function* (print) {
        function* eager(depth: number): Coroutine {
          print(current(), names().sort());
          if (depth < 3) createTask(eager(depth + 1), { name: `task ${depth + 1}`, eagerStart: true });
          yield* sleep(depth);
        }
        currentTask()?.setName("main");
        createTask(eager(1), { name: "task 1", eagerStart: true });
        print(names().sort());
        yield* sleep(2.5);
        print(names());
      },
    ));
});

describe("EA-11: an eager step that awaits a pending future", () => {
  it("EA-11: suspends the new task and gives control back to the creator", () =>
    same(
      `
      ${helpers}
      async def main():
          begin_to_tick()
          future = asyncio.get_running_loop().create_future()

          async def eager():
              print("eager waits")
              print("eager got", await future)

          task = asyncio.create_task(eager(), eager_start=True)
          print("main goes on", task.done())
          future.set_result("value")
          print("main has set it", task.done())
          await task
    `,
      function* (print) {
        beginToTick(print);
        const future = getRunningLoop().createFuture<string>();
        function* eager(): Coroutine {
          print("eager waits");
          print("eager got", yield* future);
        }
        const task = createTask(eager(), { eagerStart: true });
        print("main goes on", task.done());
        future.setResult("value");
        print("main has set it", task.done());
        yield* task;
      },
    ));

  it("EA-11: what its creator sets up afterwards comes too late for the eager step", () =>
    same(
      `
      async def main():
          for eager in (False, True):
              registered = {}

              async def look(name):
                  print(name, "is registered:", name in registered)
                  await asyncio.sleep(0)
                  print(name, "is registered:", name in registered)

              registered["task"] = asyncio.create_task(look("task"), eager_start=eager)
              await registered["task"]
    `,
      function* (print) {
        for (const eagerStart of [false, true]) {
          const registered = new Map<string, Task<void>>();
          const look = function* (name: string): Coroutine {
            print(name, "is registered:", registered.has(name));
            yield* sleep(0);
            print(name, "is registered:", registered.has(name));
          };
          const task = createTask(look("task"), { eagerStart });
          registered.set("task", task);
          yield* task;
        }
      },
    ));

  it("EA-11: a done future, a done task or a coroutine that does not wait, suspends nothing", () =>
    same(
      `
      ${helpers}
      async def main():
          begin_to_tick()
          future = asyncio.get_running_loop().create_future()
          future.set_result("future")
          done = asyncio.create_task(worker("done"), eager_start=True)

          async def eager():
              return [await future, await done, await worker("plain")]

          print(asyncio.create_task(eager(), eager_start=True).result())
    `,
      function* (print) {
        const worker = workerThatPrints(print);
        beginToTick(print);
        const future = getRunningLoop().createFuture<string>();
        future.setResult("future");
        const done = createTask(worker("done"), { eagerStart: true });
        function* eager(): Coroutine<string[]> {
          return [yield* future, yield* done, yield* worker("plain")];
        }
        print(createTask(eager(), { eagerStart: true }).result());
      },
    ));
});

describe("EA-12: an eager task that cancels itself", () => {
  it("EA-12: and then waits, is stepped again with CancelledError", () =>
    same(
      `
      ${helpers}
      async def main():
          begin_to_tick()
          future = asyncio.get_running_loop().create_future()

          async def eager(pause):
              task = asyncio.current_task()
              print(task.cancel("own"), task.cancelling(), task.done())
              try:
                  await pause()
              except asyncio.CancelledError as error:
                  print("eager", repr(error))
                  raise

          for pause in (lambda: future, lambda: asyncio.sleep(0), lambda: asyncio.sleep(5)):
              task = asyncio.create_task(eager(pause), eager_start=True)
              print("made", task.done(), task.cancelled(), future.cancelled())
              print(await awaiting(task), task.cancelled(), t())
    `,
      function* (print) {
        beginToTick(print);
        const loop = getRunningLoop();
        const future = loop.createFuture<void>();
        function* eager(pause: () => Awaitable<void>): Coroutine {
          const task = currentTask();
          print(task?.cancel("own"), task?.cancelling(), task?.done());
          try {
            yield* pause();
          } catch (error) {
            print("eager", repr(error));
            throw error;
          }
        }
        for (const pause of [() => future, () => sleep(0), () => sleep(5)]) {
          const task = createTask(eager(pause), { eagerStart: true });
          print("made", task.done(), task.cancelled(), future.cancelled());
          print(yield* awaiting(task), task.cancelled(), loop.time());
        }
      },
    ));

  it("EA-12: and then returns or raises, is cancelled or failed at creation", () =>
    same(
      `
      ${helpers}
      async def eager(end):
          asyncio.current_task().cancel("own")
          return end()

      def fail():
          raise ValueError("x")

      def uncancel():
          return asyncio.current_task().uncancel()

      async def main():
          for end in (lambda: "result", fail, uncancel):
              task = asyncio.create_task(eager(end), eager_start=True)
              print(task.done(), task.cancelled(), task.cancelling(), outcome(task.result), task.get_coro())
    `,
      function* (print) {
        function* eager(end: () => unknown): Coroutine<unknown> {
          currentTask()?.cancel("own");
          return end();
        }
        function fail(): never {
          throw new ValueError("x");
        }
        const uncancel = (): unknown => currentTask()?.uncancel();
        for (const end of [() => "result", fail, uncancel]) {
          const task = createTask(eager(end), { eagerStart: true });
          print(
            task.done(),
            task.cancelled(),
            task.cancelling(),
            outcome(() => task.result()),
            task.getCoro(),
          );
        }
      },
    ));
});

import {
  asCompleted,
  asyncWith,
  type Coroutine,
  createEagerTaskFactory,
  createTask,
  currentTask,
  eagerTaskFactory,
  ensureFuture,
  type Future,
  gather,
  getRunningLoop,
  shield,
  Task,
  type TaskFactory,
  ValueError,
} from "@yieldstar/loop";
import { TaskGroup } from "@yieldstar/taskgroup";
import { waitFor } from "@yieldstar/timeout";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same, sameScript } from "../../../src/same.ts";
import { outcome } from "../outcomes.ts";
import { beEager, beginToTick, helpers, workerThatPrints } from "./helpers.ts";

describe("EA-05: ways to start tasks eagerly", () => {
  it("EA-05: the eager factory applies to createTask, TaskGroup, gather, ensureFuture, and functions built on them", () =>
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

  it("EA-05: eagerStart: false opts out of the eager factory", () =>
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

  it("EA-05: eagerStart: true opts in without a factory", () =>
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

  it("EA-05: removing a factory leaves alone the tasks that it made", () =>
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

  it("EA-06: createTask returns what the factory returns, unchanged", () =>
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

  it("EA-06: createTask raises what the factory raises", () =>
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

  it("EA-06: a task factory must be a function or nothing", () =>
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

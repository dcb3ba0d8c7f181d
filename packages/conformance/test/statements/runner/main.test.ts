import {
  allTasks,
  CancelledError,
  type Coroutine,
  createTask,
  currentTask,
  eagerTaskFactory,
  type EventLoop,
  getRunningLoop,
  run,
  Runner,
  sleep,
  type Task,
  ValueError,
} from "@yieldstar/loop";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { give, helpers, loopFactory, outcome, sameAsync } from "./helpers.ts";

describe("RN-01: inside a running loop", () => {
  it("RN-01: run() and Runner.run() refuse inside a running loop, and leave the coroutine alone", () =>
    sameAsync(
      `
      ${helpers}
      async def main():
          for call in (asyncio.run, asyncio.Runner().run):
              coroutine = give("still usable")
              print(outcome(lambda: call(coroutine)))
              print(await coroutine)

      asyncio.run(main())
    `,
      async (print) => {
        const texts: string[] = [];
        function* main(): Coroutine {
          const runner = new Runner({ loopFactory });
          for (const call of [run, (coroutine: Coroutine<string>) => runner.run(coroutine)]) {
            const coroutine = give("still usable");
            try {
              void call(coroutine);
            } catch (error) {
              texts.push(`raised ${repr(error)}`.replace(/ \(hint: .*\)(?=['"])/, ""));
            }
            texts.push(yield* coroutine);
          }
        }
        await run(main(), { loopFactory });
        texts.forEach((text) => print(text));
      },
    ));

  it("RN-01: run() and Runner.run() refuse in a plain callback too", () =>
    sameAsync(
      `
      ${helpers}
      async def main():
          coroutine = give(1)
          asyncio.get_running_loop().call_soon(lambda: print(outcome(lambda: asyncio.run(coroutine))))
          await asyncio.sleep(0)
          print(await coroutine)

      asyncio.run(main())
    `,
      async (print) => {
        function* main(): Coroutine {
          const coroutine = give(1);
          getRunningLoop().callSoon(() => {
            try {
              void run(coroutine);
            } catch (error) {
              print(`raised ${repr(error)}`.replace(/ \(hint: .*\)(?=['"])/, ""));
            }
          });
          yield* sleep(0);
          print(yield* coroutine);
        }
        await run(main(), { loopFactory });
      },
    ));
});

describe("RN-02: the argument of a run", () => {
  it("RN-02: a Runner runs a coroutine, a future or task of its loop, and any awaitable", () =>
    sameAsync(
      `
      ${helpers}
      class Own:
          def __await__(self):
              yield from asyncio.sleep(1).__await__()
              return "own"

      with asyncio.Runner() as runner:
          loop = runner.get_loop()
          future = loop.create_future()
          loop.call_later(1, future.set_result, "future")
          done = loop.create_future()
          done.set_exception(ValueError("done"))
          task = loop.create_task(asyncio.sleep(1, "task"))
          for awaitable in (give("coroutine"), future, done, task, Own(), future):
              print(outcome(lambda: runner.run(awaitable)), loop.time())
      print(asyncio.run(Own()))
    `,
      async (print) => {
        const own = { [Symbol.iterator]: () => sleep(1, "own") };
        const runner = new Runner({ loopFactory });
        const loop = runner.getLoop();
        const future = loop.createFuture<string>();
        loop.callLater(1, () => future.setResult("future"));
        const done = loop.createFuture<string>();
        done.setException(new ValueError("done"));
        const task = loop.createTask(sleep(1, "task"));
        for (const awaitable of [give("coroutine"), future, done, task, own, future]) {
          print(await outcome(() => runner.run(awaitable)), loop.time());
        }
        await runner.close();
        print(await run(own, { loopFactory }));
      },
    ));

  it("RN-02: a Runner refuses anything else, and is usable afterwards", () =>
    sameAsync(
      `
      ${helpers}
      for value in (5, "text", None, give, [], {}):
          print(outcome(lambda: asyncio.run(value)))
      with asyncio.Runner() as runner:
          print(outcome(lambda: runner.run(5)))
          print(runner.run(give("usable")))
    `,
      async (print) => {
        for (const value of [5, "text", undefined, give, [], {}]) {
          print(await outcome(() => run(value as never, { loopFactory })));
        }
        const runner = new Runner({ loopFactory });
        print(await outcome(() => runner.run(5 as never)));
        print(await runner.run(give("usable")));
        await runner.close();
      },
    ));

  it("RN-02: a future of another loop fails in the task that awaits it", () =>
    sameAsync(
      `
      ${helpers}
      other = asyncio.new_event_loop()
      text = outcome(lambda: asyncio.run(other.create_future()))
      print("attached to a different loop" in text, text[:20])
      other.close()
    `,
      async (print) => {
        const other = loopFactory();
        const text = await outcome(() => run(other.createFuture(), { loopFactory }));
        print(text.includes("attached to a different loop"), text.slice(0, 20));
        other.close();
      },
    ));
});

describe("RN-11: main cancelled from inside", () => {
  it("RN-11: run() raises the CancelledError of a main that was cancelled from inside", () =>
    sameAsync(
      `
      ${helpers}
      async def cancel_self():
          asyncio.current_task().cancel("self")
          await asyncio.sleep(1)

      async def cancelled_by_child():
          main = asyncio.current_task()
          async def child():
              main.cancel("by child")
          task = asyncio.create_task(child())
          await asyncio.sleep(5)

      async def raises():
          raise asyncio.CancelledError("raised")

      async def cancelled_and_returns():
          asyncio.current_task().cancel("too late")
          return "result"

      for main in (cancel_self, cancelled_by_child, raises, cancelled_and_returns):
          print(outcome(lambda: asyncio.run(main())))
    `,
      async (print) => {
        function* cancelSelf(): Coroutine {
          currentTask()?.cancel("self");
          yield* sleep(1);
        }
        function* cancelledByChild(): Coroutine {
          const main = currentTask();
          function* child(): Coroutine {
            main?.cancel("by child");
          }
          createTask(child());
          yield* sleep(5);
        }
        function* raises(): Coroutine {
          throw new CancelledError("raised");
        }
        function* cancelledAndReturns(): Coroutine<string> {
          currentTask()?.cancel("too late");
          return "result";
        }
        for (const main of [cancelSelf, cancelledByChild, raises, cancelledAndReturns]) {
          print(await outcome(() => run<unknown>(main(), { loopFactory })));
        }
      },
    ));
});

describe("RN-13: the main task", () => {
  it("RN-13: the main task is an ordinary one, with a name like any other, and one of all_tasks()", () =>
    sameAsync(
      `
      ${helpers}
      import re

      async def main():
          task = asyncio.current_task()
          number = int(re.fullmatch(r"Task-(\\d+)", task.get_name())[1])
          following = asyncio.create_task(give(1))
          print(following.get_name() == f"Task-{number + 1}")
          print([each is task for each in asyncio.all_tasks()], type(task).__name__, task.cancelling(), task.done())
          await following
          return task

      task = asyncio.run(main())
      print(task.done(), task.result() is task)
    `,
      async (print) => {
        function* main(): Coroutine<Task<unknown>> {
          const task = currentTask() as Task<unknown>;
          const number = Number(/^Task-(\d+)$/.exec(task.getName())?.[1]);
          const following = createTask(give(1));
          print(following.getName() === `Task-${number + 1}`);
          print(
            Array.from(allTasks(), (each) => each === task),
            task.constructor.name,
            task.cancelling(),
            task.done(),
          );
          yield* following;
          return task;
        }
        const task = await run(main(), { loopFactory });
        print(task.done(), task.result() === task);
      },
    ));

  it("RN-13: run() returns main's result, or raises its very exception", () =>
    sameAsync(
      `
      ${helpers}
      async def main(error=None):
          if error:
              raise error
          return result

      result, error = [], ValueError("x")
      print(asyncio.run(main()) is result)
      try:
          asyncio.run(main(error))
      except ValueError as raised:
          print(raised is error)
    `,
      async (print) => {
        const result: never[] = [];
        const error = new ValueError("x");
        function* main(failure?: Error): Coroutine<unknown> {
          if (failure !== undefined) throw failure;
          return result;
        }
        print((await run(main(), { loopFactory })) === result);
        try {
          await run(main(error), { loopFactory });
        } catch (raised) {
          print(raised === error);
        }
      },
    ));

  it("RN-13: the loop's task factory makes it, and its first step is never eager", () =>
    sameAsync(
      `
      ${helpers}
      def factory():
          loop = asyncio.EventLoop()
          loop.set_task_factory(asyncio.eager_task_factory)
          loop.call_soon(print, "scheduled before")
          return loop

      async def main():
          print("main begins")
          asyncio.create_task(give(1)).add_done_callback(lambda task: print("called"))
          print("end of main")

      asyncio.run(main(), loop_factory=factory)
    `,
      async (print) => {
        const factory = (): EventLoop => {
          const loop = loopFactory();
          loop.setTaskFactory(eagerTaskFactory);
          loop.callSoon(() => print("scheduled before"));
          return loop;
        };
        function* main(): Coroutine {
          print("main begins");
          createTask(give(1)).addDoneCallback(() => print("called"));
          print("end of main");
        }
        await run(main(), { loopFactory: factory });
      },
    ));
});

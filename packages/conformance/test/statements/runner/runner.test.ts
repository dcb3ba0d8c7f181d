import {
  ContextVar,
  copyContext,
  type Coroutine,
  createTask,
  type EventLoop,
  getEventLoop,
  getRunningLoop,
  run,
  Runner,
  setEventLoop,
  sleep,
  type Task,
} from "@yieldstar/loop";
import { describe, it } from "vitest";
import { t } from "../outcomes.ts";
import { give, helpers, loopFactory, outcome, sameAsync } from "./helpers.ts";

describe("RN-05: the loop of a Runner", () => {
  it("RN-05: the loop of a Runner is made once, when it is first needed, and serves every run", () =>
    sameAsync(
      `
      ${helpers}
      def factory():
          print("made")
          return asyncio.EventLoop()

      async def main():
          await asyncio.sleep(1)
          return asyncio.get_running_loop() is runner.get_loop()

      runner = asyncio.Runner(loop_factory=factory)
      print("created")
      loop = runner.get_loop()
      print(loop is runner.get_loop())
      print(runner.run(main()), loop.time())
      print(runner.run(main()), loop.time(), loop.is_running(), loop.is_closed())
      runner.close()
      print(loop.is_closed())
      runner = asyncio.Runner(loop_factory=factory)
      print(runner.run(main()))
      runner.close()
    `,
      async (print) => {
        const factory = (): EventLoop => {
          print("made");
          return loopFactory();
        };
        let runner = new Runner({ loopFactory: factory });
        function* main(): Coroutine<boolean> {
          yield* sleep(1);
          return getRunningLoop() === runner.getLoop();
        }
        print("created");
        const loop = runner.getLoop();
        print(loop === runner.getLoop());
        print(await runner.run(main()), loop.time());
        print(await runner.run(main()), loop.time(), loop.isRunning(), loop.isClosed());
        await runner.close();
        print(loop.isClosed());
        runner = new Runner({ loopFactory: factory });
        print(await runner.run(main()));
        await runner.close();
      },
    ));

  it("RN-05: the runs of a Runner share a context, a copy of the one that the Runner was made in", () =>
    sameAsync(
      `
      ${helpers}
      variable = contextvars.ContextVar("variable", default="default")

      async def exchange(value):
          before = variable.get()
          variable.set(value)
          return before

      async def in_a_task(value):
          return await asyncio.create_task(exchange(value))

      variable.set("outside")
      runner = asyncio.Runner()
      variable.set("after new")
      runner.get_loop()
      variable.set("after get_loop")
      for value in ("first", "second"):
          print(runner.run(exchange(value)))
      print(runner.run(in_a_task("third")), runner.run(exchange("fourth")))
      print(variable.get())
      runner.close()
    `,
      async (print) => {
        const variable = new ContextVar("variable", { default: "default" });
        function* exchange(value: string): Coroutine<string> {
          const before = variable.get();
          variable.set(value);
          return before;
        }
        function* inATask(value: string): Coroutine<string> {
          return yield* createTask(exchange(value));
        }
        variable.set("outside");
        const runner = new Runner({ loopFactory });
        variable.set("after new");
        runner.getLoop();
        variable.set("after get_loop");
        for (const value of ["first", "second"]) print(await runner.run(exchange(value)));
        print(await runner.run(inATask("third")), await runner.run(exchange("fourth")));
        print(variable.get());
        await runner.close();
      },
    ));

  it("RN-05: tasks of one run go on in the next", () =>
    sameAsync(
      `
      ${helpers}
      async def ticker():
          while True:
              print("tick", t())
              await asyncio.sleep(1)

      async def start():
          global task
          task = asyncio.create_task(ticker())
          await asyncio.sleep(1.5)

      with asyncio.Runner() as runner:
          runner.run(start())
          print("between", task.done())
          runner.run(asyncio.sleep(1))
      print(task.cancelled())
    `,
      async (print) => {
        function* ticker(): Coroutine {
          for (;;) {
            print("tick", t());
            yield* sleep(1);
          }
        }
        function* start(): Coroutine<Task<void>> {
          const task = createTask(ticker());
          yield* sleep(1.5);
          return task;
        }
        const runner = new Runner({ loopFactory });
        const task = await runner.run(start());
        print("between", task.done());
        await runner.run(sleep(1));
        await runner.close();
        print(task.cancelled());
      },
    ));
});

describe("RN-06: a context for one run", () => {
  it("RN-06: main runs in the very context that its run was given; the other runs do not", () =>
    sameAsync(
      `
      ${helpers}
      variable = contextvars.ContextVar("variable", default="default")

      async def exchange(value):
          before = variable.get()
          variable.set(value)
          return before

      context = contextvars.copy_context()
      context.run(variable.set, "given")
      with asyncio.Runner() as runner:
          print(runner.run(exchange("own")))
          print(runner.run(exchange("in context"), context=context), context[variable])
          print(runner.run(exchange("own again")))
          print(runner.run(exchange("again"), context=context), context[variable])
    `,
      async (print) => {
        const variable = new ContextVar("variable", { default: "default" });
        function* exchange(value: string): Coroutine<string> {
          const before = variable.get();
          variable.set(value);
          return before;
        }
        const context = copyContext();
        context.run(() => variable.set("given"));
        const runner = new Runner({ loopFactory });
        print(await runner.run(exchange("own")));
        print(await runner.run(exchange("in context"), { context }), context.get(variable));
        print(await runner.run(exchange("own again")));
        print(await runner.run(exchange("again"), { context }), context.get(variable));
        await runner.close();
      },
    ));
});

describe("RN-08: the current loop", () => {
  const currentInPython = `
      ${helpers}
      def current():
          try:
              return asyncio.get_event_loop() is runner.get_loop()
          except RuntimeError as error:
              return str(error)
  `;

  /** Whether the runner's loop is the current one, or why there is none. */
  function current(runner: Runner): unknown {
    try {
      return getEventLoop() === runner.getLoop();
    } catch (error) {
      return (error as Error).message;
    }
  }

  it("RN-08: without a factory the new loop is set, and reset when the runner is closed", () =>
    sameAsync(
      `
      ${currentInPython}
      async def main():
          return asyncio.get_event_loop() is asyncio.get_running_loop() is runner.get_loop()

      runner = asyncio.Runner()
      print(outcome(asyncio.get_event_loop))
      runner.get_loop()
      print(current(), runner.run(main()), current())
      runner.close()
      print(outcome(asyncio.get_event_loop))
      print(asyncio.run(give("run")))
      print(outcome(asyncio.get_event_loop))
    `,
      async (print) => {
        const runner = new Runner();
        function* main(): Coroutine<boolean> {
          return getEventLoop() === getRunningLoop() && getEventLoop() === runner.getLoop();
        }
        print(await outcome(getEventLoop));
        runner.getLoop();
        print(current(runner), await runner.run(main()), current(runner));
        await runner.close();
        print(await outcome(getEventLoop));
        print(await run(give("run")));
        print(await outcome(getEventLoop));
      },
    ));

  it("RN-08: with a factory the current loop is left alone", () =>
    sameAsync(
      `
      ${currentInPython}
      async def main():
          return asyncio.get_event_loop() is asyncio.get_running_loop()

      runner = asyncio.Runner(loop_factory=asyncio.EventLoop)
      runner.get_loop()
      print(current(), runner.run(main()), current())
      other = asyncio.new_event_loop()
      asyncio.set_event_loop(other)
      print(runner.run(main()), current(), asyncio.get_event_loop() is other)
      runner.close()
      print(asyncio.get_event_loop() is other)
      print(asyncio.run(give("run"), loop_factory=asyncio.EventLoop), asyncio.get_event_loop() is other)
      asyncio.set_event_loop(None)
      other.close()
    `,
      async (print) => {
        function* main(): Coroutine<boolean> {
          return getEventLoop() === getRunningLoop();
        }
        const runner = new Runner({ loopFactory });
        runner.getLoop();
        print(current(runner), await runner.run(main()), current(runner));
        const other = loopFactory();
        setEventLoop(other);
        print(await runner.run(main()), current(runner), getEventLoop() === other);
        await runner.close();
        print(getEventLoop() === other);
        print(await run(give("run"), { loopFactory }), getEventLoop() === other);
        setEventLoop(undefined);
        other.close();
      },
    ));
});

describe("RN-12: debug", () => {
  it("RN-12: debug of None leaves the loop's default, true and false set it", () =>
    sameAsync(
      `
      ${helpers}
      async def main():
          return asyncio.get_running_loop().get_debug()

      def debugging_loop():
          loop = asyncio.new_event_loop()
          loop.set_debug(True)
          return loop

      for factory in (asyncio.EventLoop, debugging_loop):
          for debug in (None, True, False):
              print(asyncio.run(main(), debug=debug, loop_factory=factory))
              with asyncio.Runner(debug=debug, loop_factory=factory) as runner:
                  print(runner.get_loop().get_debug(), runner.run(main()))
    `,
      async (print) => {
        function* main(): Coroutine<boolean> {
          return getRunningLoop().getDebug();
        }
        const debuggingLoop = (): EventLoop => {
          const loop = loopFactory();
          loop.setDebug(true);
          return loop;
        };
        for (const factory of [loopFactory, debuggingLoop]) {
          for (const debug of [undefined, true, false]) {
            print(await run(main(), { debug, loopFactory: factory }));
            const runner = new Runner({ debug, loopFactory: factory });
            print(runner.getLoop().getDebug(), await runner.run(main()));
            await runner.close();
          }
        }
      },
    ));
});

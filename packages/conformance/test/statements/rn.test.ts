import { asyncFor, asyncGenerator, BREAK } from "@yieldstar/asyncgen";
import {
  allTasks,
  asyncWith,
  CancelledError,
  ContextVar,
  copyContext,
  type Coroutine,
  createTask,
  currentTask,
  eagerTaskFactory,
  EventLoop,
  getEventLoop,
  getRunningLoop,
  KeyboardInterrupt,
  run,
  Runner,
  setEventLoop,
  sleep,
  type Task,
  ValueError,
  VirtualHost,
} from "@yieldstar/loop";
import { TaskGroup } from "@yieldstar/taskgroup";
import { timeout } from "@yieldstar/timeout";
import { describe, it } from "vitest";
import { repr, str } from "../../src/python-text.ts";
import { type Print, sameScript } from "../../src/same.ts";

/** As `sameScript`, for a port that awaits promises. */
async function sameAsync(python: string, port: (print: Print) => Promise<void>): Promise<void> {
  const lines: string[] = [];
  await port((...values) => lines.push(values.map(str).join(" ")));
  await sameScript(python, (print) => lines.forEach((line) => print(line)));
}

/** A virtual host whose user presses Ctrl-C when the test says so: between two turns, as a signal comes. */
class KeyboardHost extends VirtualHost {
  #interrupt: (() => void) | undefined;

  get isListening(): boolean {
    return this.#interrupt !== undefined;
  }

  onInterrupt(interrupt: () => void): () => void {
    this.#interrupt = interrupt;
    return () => (this.#interrupt = undefined);
  }

  interruptNow(): void {
    this.#interrupt?.();
  }

  pressCtrlC(): void {
    queueMicrotask(() => this.interruptNow());
  }
}

const loopFactory = (): EventLoop => new EventLoop({ host: new VirtualHost() });

function t(): number {
  return getRunningLoop().time();
}

/** For snippets, and indented as they are; what stands below is the same in TypeScript. */
const helpers = `
      import signal

      def outcome(call):
          try:
              return f"returned {call()!r}"
          except BaseException as error:
              return f"raised {error!r}"

      async def give(value):
          return value

      async def fail(text):
          await asyncio.sleep(1)
          raise ValueError(text)

      def press_ctrl_c():
          signal.raise_signal(signal.SIGINT)

      def press_ctrl_c_after(seconds):
          asyncio.get_running_loop().call_later(seconds, press_ctrl_c)
`;

/** What a call came to, or the promise that it returns. */
async function outcome(call: () => unknown): Promise<string> {
  try {
    return `returned ${repr(await call())}`;
  } catch (error) {
    // Ours tell what to do instead.
    return `raised ${repr(error)}`.replace(/ \(hint: .*\)(?=['"])/, "");
  }
}

function* give<T>(value: T): Coroutine<T> {
  return value;
}

function* fail(text: string): Coroutine<never> {
  yield* sleep(1);
  throw new ValueError(text);
}

describe("RN-01: inside a running loop", () => {
  it("RN-01: run and Runner.run refuse, and leave the coroutine alone", () =>
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

  it("RN-01: also from a plain callback", () =>
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

describe("RN-02: what can be run", () => {
  it("RN-02: a coroutine, a future or task of the loop, and any awaitable", () =>
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

  it("RN-02: nothing else, and the runner is usable afterwards", () =>
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

describe("RN-03: how it ends", () => {
  const tracedLoop = `
      ${helpers}
      class Loop(asyncio.EventLoop):
          async def shutdown_asyncgens(self):
              print("closing generators", self.time(), len(asyncio.all_tasks()))
              await super().shutdown_asyncgens()
              print("closed generators", self.time())

          async def shutdown_default_executor(self, timeout=None):
              print("closing the executor", len(asyncio.all_tasks()))
              await super().shutdown_default_executor(timeout)

          def close(self):
              print("closing", self.is_running(), len(asyncio.all_tasks(self)))
              super().close()

      kept = []

      async def worker(name, delay):
          try:
              await asyncio.sleep(100)
          finally:
              print(name, "cleans up at", t())
              await asyncio.sleep(delay)
              print(name, "has cleaned up at", t())

      async def generate():
          try:
              yield 1
          finally:
              print("generator cleans up at", t())
              await asyncio.sleep(1)

      async def main(error=None):
          kept.append(generate())
          await anext(kept[-1])
          kept.append([asyncio.create_task(worker("a", 2)), asyncio.create_task(worker("b", 1))])
          await asyncio.sleep(1)
          print("main ends")
          if error:
              raise error
          return "result"
  `;

  function tracedIn(print: Print) {
    class TracedLoop extends EventLoop {
      override *shutdownAsyncgens(): Coroutine {
        print("closing generators", this.time(), allTasks().size);
        yield* super.shutdownAsyncgens();
        print("closed generators", this.time());
      }
      override *shutdownDefaultExecutor(): Coroutine {
        print("closing the executor", allTasks().size);
        yield* super.shutdownDefaultExecutor();
      }
      override close(): void {
        print("closing", this.isRunning(), allTasks(this).size);
        super.close();
      }
    }
    function* worker(name: string, delay: number): Coroutine {
      try {
        yield* sleep(100);
      } finally {
        print(name, "cleans up at", t());
        yield* sleep(delay);
        print(name, "has cleaned up at", t());
      }
    }
    const generate = asyncGenerator(function* (emit) {
      try {
        yield* emit(1);
      } finally {
        print("generator cleans up at", t());
        yield* sleep(1);
      }
    });
    function* main(error?: Error): Coroutine<string> {
      yield* asyncFor(generate(), function* () {
        return BREAK;
      });
      createTask(worker("a", 2));
      createTask(worker("b", 1));
      yield* sleep(1);
      print("main ends");
      if (error !== undefined) throw error;
      return "result";
    }
    return { main, factory: () => new TracedLoop({ host: new VirtualHost() }) };
  }

  it("RN-03: tasks are cancelled and waited for, then generators and the executor are closed, then the loop", () =>
    sameAsync(
      `
      ${tracedLoop}
      print(outcome(lambda: asyncio.run(main(), loop_factory=Loop)))
    `,
      async (print) => {
        const { main, factory } = tracedIn(print);
        print(await outcome(() => run(main(), { loopFactory: factory })));
      },
    ));

  it("RN-03: also when main failed, or was cancelled", () =>
    sameAsync(
      `
      ${tracedLoop}
      for error in (ValueError("x"), asyncio.CancelledError("y"), KeyboardInterrupt("z")):
          print(outcome(lambda: asyncio.run(main(error), loop_factory=Loop)))
    `,
      async (print) => {
        const { main, factory } = tracedIn(print);
        for (const error of [new ValueError("x"), new CancelledError("y"), new KeyboardInterrupt("z")]) {
          print(await outcome(() => run(main(error), { loopFactory: factory })));
        }
      },
    ));

  it("RN-03: a Runner does it when it is closed, and not between its runs", () =>
    sameAsync(
      `
      ${tracedLoop}
      with asyncio.Runner(loop_factory=Loop) as runner:
          print(runner.run(main()))
          print("between", len(asyncio.all_tasks(runner.get_loop())))
          runner.run(asyncio.sleep(1))
          print("end of block")
    `,
      async (print) => {
        const { main, factory } = tracedIn(print);
        const runner = new Runner({ loopFactory: factory });
        print(await runner.run(main()));
        print("between", allTasks(runner.getLoop()).size);
        await runner.run(sleep(1));
        print("end of block");
        await runner.close();
      },
    ));

  it("RN-03: a task that refuses to be cancelled is waited for until it ends", () =>
    sameAsync(
      `
      ${helpers}
      async def stubborn():
          for _ in range(3):
              try:
                  await asyncio.sleep(10)
              except asyncio.CancelledError:
                  print("refused at", t())
          print("ends at", t())

      async def main():
          global task
          task = asyncio.create_task(stubborn())
          await asyncio.sleep(1)

      asyncio.run(main())
      print(task.cancelled(), task.cancelling())
    `,
      async (print) => {
        function* stubborn(): Coroutine {
          for (let times = 0; times < 3; times++) {
            try {
              yield* sleep(10);
            } catch {
              print("refused at", t());
            }
          }
          print("ends at", t());
        }
        function* main(): Coroutine<Task<void>> {
          const task = createTask(stubborn());
          yield* sleep(1);
          return task;
        }
        const task = await run(main(), { loopFactory });
        print(task.cancelled(), task.cancelling());
      },
    ));
});

describe("RN-04: what comes of the final cancellation", () => {
  it("RN-04: exceptions are reported when all tasks have ended, in order; swallowing is fine", () =>
    sameAsync(
      `
      ${helpers}
      def report(loop, context):
          print(context["message"], sorted(context), repr(context["exception"]), context["task"].get_name(), loop.time())

      async def worker(delay, error=None):
          try:
              await asyncio.sleep(100)
          except asyncio.CancelledError:
              await asyncio.sleep(delay)
              print(asyncio.current_task().get_name(), "ends at", t())
              if error:
                  raise error

      tasks = []

      async def main():
          asyncio.get_running_loop().set_exception_handler(report)
          tasks.append(asyncio.create_task(worker(2, ValueError("x")), name="fails late"))
          tasks.append(asyncio.create_task(worker(1), name="swallows"))
          tasks.append(asyncio.create_task(worker(1, asyncio.CancelledError("y")), name="cancelled"))
          tasks.append(asyncio.create_task(worker(1, TypeError("z")), name="fails early"))
          await asyncio.sleep(1)
          return "result"

      print(outcome(lambda: asyncio.run(main())))
      print([task.cancelled() for task in tasks])
    `,
      async (print) => {
        function* worker(delay: number, error?: Error): Coroutine {
          try {
            yield* sleep(100);
          } catch {
            yield* sleep(delay);
            print(currentTask()?.getName(), "ends at", t());
            if (error !== undefined) throw error;
          }
        }
        const tasks: Task<void>[] = [];
        function* main(): Coroutine<string> {
          getRunningLoop().setExceptionHandler((loop, context) => {
            const { message, exception, task } = context;
            print(message, Object.keys(context).sort(), repr(exception), task?.getName(), loop.time());
          });
          tasks.push(createTask(worker(2, new ValueError("x")), { name: "fails late" }));
          tasks.push(createTask(worker(1), { name: "swallows" }));
          tasks.push(createTask(worker(1, new CancelledError("y")), { name: "cancelled" }));
          tasks.push(createTask(worker(1, new TypeError("z")), { name: "fails early" }));
          yield* sleep(1);
          return "result";
        }
        print(await outcome(() => run(main(), { loopFactory })));
        print(tasks.map((task) => task.cancelled()));
      },
    ));

  it("RN-04: what a cleanup starts is neither cancelled nor awaited", () =>
    sameAsync(
      `
      ${helpers}
      def report(loop, context):
          print(context["message"], sorted(context), context["task"].get_name())

      async def late(delay):
          try:
              print("late begins", t())
              await asyncio.sleep(delay)
              print("late ends", t())
          except asyncio.CancelledError:
              print("not reached")

      async def worker():
          try:
              await asyncio.sleep(100)
          finally:
              tasks = [asyncio.create_task(late(0.5), name="short"), asyncio.create_task(late(100), name="long")]
              await asyncio.sleep(1)

      async def main():
          asyncio.get_running_loop().set_exception_handler(report)
          task = asyncio.create_task(worker())
          await asyncio.sleep(1)

      asyncio.run(main())
    `,
      async (print) => {
        function* late(delay: number): Coroutine {
          try {
            print("late begins", t());
            yield* sleep(delay);
            print("late ends", t());
          } catch {
            print("not reached");
          }
        }
        function* worker(): Coroutine {
          try {
            yield* sleep(100);
          } finally {
            createTask(late(0.5), { name: "short" });
            createTask(late(100), { name: "long" });
            yield* sleep(1);
          }
        }
        function* main(): Coroutine {
          getRunningLoop().setExceptionHandler((_, context) => {
            print(context.message, Object.keys(context).sort(), context.task?.getName());
          });
          createTask(worker());
          yield* sleep(1);
        }
        await run(main(), { loopFactory });
      },
    ));
});

describe("RN-05: the loop of a Runner", () => {
  it("RN-05: is made when it is first needed, once, and serves every run", () =>
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

  it("RN-05: its runs share a context, which is a copy of the one it was made in", () =>
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
  it("RN-06: main runs in it, itself and not a copy; the other runs do not", () =>
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

describe("RN-07: a closed runner", () => {
  it("RN-07: cannot be used again, and can be closed again", () =>
    sameAsync(
      `
      ${helpers}
      runner = asyncio.Runner()
      print(runner.run(give(1)))
      print(outcome(runner.close), outcome(runner.close))
      coroutine = give("unused")
      print(outcome(lambda: runner.run(coroutine)), outcome(runner.get_loop))
      print(asyncio.run(coroutine))
    `,
      async (print) => {
        const runner = new Runner({ loopFactory });
        print(await runner.run(give(1)));
        print(await outcome(() => runner.close()), await outcome(() => runner.close()));
        const coroutine = give("unused");
        print(await outcome(() => runner.run(coroutine)), await outcome(() => runner.getLoop()));
        print(await run(coroutine, { loopFactory }));
      },
    ));

  it("RN-07: closing one that was never started does nothing", () =>
    sameAsync(
      `
      ${helpers}
      runner = asyncio.Runner(loop_factory=lambda: print("not called"))
      print(outcome(runner.close), outcome(runner.close))
      runner = asyncio.Runner()
      runner.close()
      print(outcome(lambda: runner.run(give("still usable"))))
      runner.close()
    `,
      async (print) => {
        const unused = new Runner({
          loopFactory: () => {
            print("not called");
            return loopFactory();
          },
        });
        print(await outcome(() => unused.close()), await outcome(() => unused.close()));
        const runner = new Runner({ loopFactory });
        await runner.close();
        print(await outcome(() => runner.run(give("still usable"))));
        await runner.close();
      },
    ));

  it("RN-07: it is closed although a run failed, or its loop was closed by hand", () =>
    sameAsync(
      `
      ${helpers}
      runner = asyncio.Runner()
      loop = runner.get_loop()
      print(outcome(lambda: runner.run(fail("x"))), loop.is_closed())
      print(runner.run(give("next")))
      runner.close()
      print(loop.is_closed())
    `,
      async (print) => {
        const runner = new Runner({ loopFactory });
        const loop = runner.getLoop();
        print(await outcome(() => runner.run(fail("x"))), loop.isClosed());
        print(await runner.run(give("next")));
        await runner.close();
        print(loop.isClosed());
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

describe("RN-09: Ctrl-C", () => {
  /** Runs what presses Ctrl-C after so many seconds of virtual time. */
  function keyboard() {
    const host = new KeyboardHost();
    return {
      host,
      options: { loopFactory: () => new EventLoop({ host }) },
      pressAfter: (seconds: number): void => void getRunningLoop().callLater(seconds, () => host.pressCtrlC()),
    };
  }

  it("RN-09: the first cancels main, which may clean up, and run raises KeyboardInterrupt", () =>
    sameAsync(
      `
      ${helpers}
      async def main():
          press_ctrl_c_after(1)
          try:
              await asyncio.sleep(100)
          except asyncio.CancelledError as error:
              print(repr(error), asyncio.current_task().cancelling(), t())
              await asyncio.sleep(1)
              print("cleaned up", t())
              raise

      print(outcome(lambda: asyncio.run(main())))
    `,
      async (print) => {
        const { options, pressAfter } = keyboard();
        function* main(): Coroutine {
          pressAfter(1);
          try {
            yield* sleep(100);
          } catch (error) {
            print(repr(error), currentTask()?.cancelling(), t());
            yield* sleep(1);
            print("cleaned up", t());
            throw error;
          }
        }
        print(await outcome(() => run(main(), options)));
      },
    ));

  it("RN-09: main may swallow it, fail, or be cancelled by somebody else as well", () =>
    sameAsync(
      `
      ${helpers}
      def swallow():
          return "swallowed"

      def fail():
          raise ValueError("in cleanup")

      def cancel_too():
          asyncio.current_task().cancel("too")

      def cancel_and_raise():
          asyncio.current_task().cancel("too")
          raise asyncio.CancelledError("own")

      def uncancel():
          asyncio.current_task().uncancel()
          raise asyncio.CancelledError("own")

      async def main(answer):
          press_ctrl_c_after(1)
          try:
              await asyncio.sleep(100)
          except asyncio.CancelledError:
              return answer()

      for answer in (swallow, fail, cancel_too, cancel_and_raise, uncancel):
          print(outcome(lambda: asyncio.run(main(answer))))
    `,
      async (print) => {
        const { options, pressAfter } = keyboard();
        const answers: readonly (() => unknown)[] = [
          () => "swallowed",
          () => {
            throw new ValueError("in cleanup");
          },
          () => void currentTask()?.cancel("too"),
          () => {
            currentTask()?.cancel("too");
            throw new CancelledError("own");
          },
          () => {
            currentTask()?.uncancel();
            throw new CancelledError("own");
          },
        ];
        function* main(answer: () => unknown): Coroutine<unknown> {
          pressAfter(1);
          try {
            yield* sleep(100);
          } catch {
            return answer();
          }
          return undefined;
        }
        for (const answer of answers) print(await outcome(() => run(main(answer), options)));
      },
    ));

  it("RN-09: the second ends the run at once, and the end cancels main once more", () =>
    sameAsync(
      `
      ${helpers}
      async def main():
          try:
              press_ctrl_c_after(1)
              await asyncio.sleep(100)
          except asyncio.CancelledError:
              print("slow cleanup", t())
              press_ctrl_c_after(1)
              try:
                  await asyncio.sleep(100)
              except asyncio.CancelledError as error:
                  print(repr(error), asyncio.current_task().cancelling(), t())
                  await asyncio.sleep(1)
                  print("still cleaned up", t())
                  raise

      print(outcome(lambda: asyncio.run(main())))
    `,
      async (print) => {
        const { options, pressAfter } = keyboard();
        function* main(): Coroutine {
          try {
            pressAfter(1);
            yield* sleep(100);
          } catch {
            print("slow cleanup", t());
            pressAfter(1);
            try {
              yield* sleep(100);
            } catch (error) {
              print(repr(error), currentTask()?.cancelling(), t());
              yield* sleep(1);
              print("still cleaned up", t());
              throw error;
            }
          }
        }
        print(await outcome(() => run(main(), options)));
      },
    ));

  it("RN-09: a Runner that was interrupted for good goes on in its next run", () =>
    sameAsync(
      `
      ${helpers}
      async def main():
          while True:
              try:
                  press_ctrl_c_after(1)
                  await asyncio.sleep(5)
                  print("main goes on", t())
                  return
              except asyncio.CancelledError:
                  print("refused", t())

      runner = asyncio.Runner()
      print(outcome(lambda: runner.run(main())))
      print(outcome(lambda: runner.run(asyncio.sleep(10, "next"))), runner.get_loop().time())
      runner.close()
    `,
      async (print) => {
        const { options, pressAfter } = keyboard();
        function* main(): Coroutine {
          for (;;) {
            try {
              pressAfter(1);
              yield* sleep(5);
              print("main goes on", t());
              return;
            } catch {
              print("refused", t());
            }
          }
        }
        const runner = new Runner(options);
        print(await outcome(() => runner.run(main())));
        print(await outcome(() => runner.run(sleep(10, "next"))), runner.getLoop().time());
        await runner.close();
      },
    ));

  it("RN-09: one before main begins cancels it before its first step; two at once end the run", () =>
    sameAsync(
      `
      ${helpers}
      async def main():
          print("main begins")
          await asyncio.sleep(100)

      async def presses_twice():
          def press_twice():
              press_ctrl_c()
              press_ctrl_c()
          asyncio.get_running_loop().call_later(1, press_twice)
          try:
              await asyncio.sleep(100)
          except asyncio.CancelledError as error:
              print(repr(error), asyncio.current_task().cancelling(), t())
              raise

      with asyncio.Runner() as runner:
          runner.get_loop().call_soon(press_ctrl_c)
          print(outcome(lambda: runner.run(main())))
      print(outcome(lambda: asyncio.run(presses_twice())))
    `,
      async (print) => {
        const { host, options } = keyboard();
        function* main(): Coroutine {
          print("main begins");
          yield* sleep(100);
        }
        function* pressesTwice(): Coroutine {
          getRunningLoop().callLater(1, () => {
            host.pressCtrlC();
            host.pressCtrlC();
          });
          try {
            yield* sleep(100);
          } catch (error) {
            print(repr(error), currentTask()?.cancelling(), t());
            throw error;
          }
        }
        const runner = new Runner(options);
        const running = runner.run(main());
        // Before the loop's first turn.
        host.interruptNow();
        print(await outcome(() => running));
        await runner.close();
        print(await outcome(() => run(pressesTwice(), options)));
      },
    ));

  it("RN-09: one that comes when main has ended raises KeyboardInterrupt, and the result is lost", () =>
    sameAsync(
      `
      ${helpers}
      async def main():
          asyncio.current_task().add_done_callback(lambda task: (print("done", task.result()), press_ctrl_c()))
          return "result"

      print(outcome(lambda: asyncio.run(main())))
    `,
      async (print) => {
        const { host, options } = keyboard();
        function* main(): Coroutine<string> {
          currentTask()?.addDoneCallback((task) => {
            print("done", task.result());
            host.interruptNow();
          });
          return "result";
        }
        print(await outcome(() => run(main(), options)));
      },
    ));

  it("RN-09: each run counts anew", () =>
    sameAsync(
      `
      ${helpers}
      async def main():
          press_ctrl_c_after(1)
          await asyncio.sleep(100)

      with asyncio.Runner() as runner:
          for _ in range(3):
              print(outcome(lambda: runner.run(main())), runner.get_loop().time())
          print(runner.run(give("usable")))
    `,
      async (print) => {
        const { options, pressAfter } = keyboard();
        function* main(): Coroutine {
          pressAfter(1);
          yield* sleep(100);
        }
        const runner = new Runner(options);
        for (let times = 0; times < 3; times++) {
          print(await outcome(() => runner.run(main())), runner.getLoop().time());
        }
        print(await runner.run(give("usable")));
        await runner.close();
      },
    ));

  it("RN-09: it passes through a TaskGroup and a timeout like any cancellation", () =>
    sameAsync(
      `
      ${helpers}
      async def child():
          try:
              await asyncio.sleep(100)
          finally:
              print("child cleans up", t())
              await asyncio.sleep(1)

      async def main():
          press_ctrl_c_after(1)
          try:
              async with asyncio.timeout(50):
                  async with asyncio.TaskGroup() as group:
                      group.create_task(child())
          finally:
              print("main leaves", t())

      print(outcome(lambda: asyncio.run(main())))
    `,
      async (print) => {
        const { options, pressAfter } = keyboard();
        function* child(): Coroutine {
          try {
            yield* sleep(100);
          } finally {
            print("child cleans up", t());
            yield* sleep(1);
          }
        }
        function* main(): Coroutine {
          pressAfter(1);
          try {
            yield* asyncWith(timeout(50), function* () {
              const group = new TaskGroup();
              yield* asyncWith(group, function* () {
                group.createTask(child());
              });
            });
          } finally {
            print("main leaves", t());
          }
        }
        print(await outcome(() => run(main(), options)));
      },
    ));

  it("RN-09: other tasks are not cancelled by it, but by the end of the run", () =>
    sameAsync(
      `
      ${helpers}
      async def other():
          try:
              await asyncio.sleep(100)
          finally:
              print("other cancelled", t())

      async def main():
          global task
          task = asyncio.create_task(other())
          press_ctrl_c_after(1)
          try:
              await asyncio.sleep(100)
          finally:
              await asyncio.sleep(5)
              print("main ends", t())

      print(outcome(lambda: asyncio.run(main())))
    `,
      async (print) => {
        const { options, pressAfter } = keyboard();
        function* other(): Coroutine {
          try {
            yield* sleep(100);
          } finally {
            print("other cancelled", t());
          }
        }
        function* main(): Coroutine {
          createTask(other());
          pressAfter(1);
          try {
            yield* sleep(100);
          } finally {
            yield* sleep(5);
            print("main ends", t());
          }
        }
        print(await outcome(() => run(main(), options)));
      },
    ));
});

describe("RN-10: the handler of Ctrl-C", () => {
  it("RN-10: is there while something runs, and no longer", () =>
    sameAsync(
      `
      ${helpers}
      def listening():
          return signal.getsignal(signal.SIGINT) is not signal.default_int_handler

      async def main():
          return listening()

      runner = asyncio.Runner()
      runner.get_loop()
      for _ in range(2):
          print(listening(), runner.run(main()), listening())
      print(outcome(lambda: runner.run(fail("x"))), listening())
      runner.close()
      print(listening(), asyncio.run(main()), listening())
    `,
      async (print) => {
        const listening = (): boolean => process.listenerCount("SIGINT") > 0;
        function* main(): Coroutine<boolean> {
          return listening();
        }
        function* failAtOnce(): Coroutine {
          throw new ValueError("x");
        }
        const runner = new Runner();
        runner.getLoop();
        for (let times = 0; times < 2; times++) print(listening(), await runner.run(main()), listening());
        print(await outcome(() => runner.run(failAtOnce())), listening());
        await runner.close();
        print(listening(), await run(main()), listening());
      },
    ));

  it("RN-10: is called by the signal", () =>
    sameAsync(
      `
      ${helpers}
      async def main():
          press_ctrl_c()
          print("cancelling", asyncio.current_task().cancelling())
          await asyncio.sleep(100)

      print(outcome(lambda: asyncio.run(main())))
    `,
      async (print) => {
        function* main(): Coroutine {
          process.emit("SIGINT");
          print("cancelling", currentTask()?.cancelling());
          yield* sleep(100);
        }
        print(await outcome(() => run(main())));
      },
    ));

  it("RN-10: leaves the signal to a handler that the program has set itself", () =>
    sameAsync(
      `
      ${helpers}
      def own(*_):
          print("own handler")

      async def main():
          press_ctrl_c()
          await asyncio.sleep(0)
          return signal.getsignal(signal.SIGINT) is own

      signal.signal(signal.SIGINT, own)
      print(outcome(lambda: asyncio.run(main())))
      print(signal.getsignal(signal.SIGINT) is own)
      signal.signal(signal.SIGINT, signal.default_int_handler)
    `,
      async (print) => {
        const own = (): void => print("own handler");
        const isOnlyOwn = (): boolean => process.listeners("SIGINT").every((listener) => listener === own);
        function* main(): Coroutine<boolean> {
          process.emit("SIGINT");
          yield* sleep(0);
          return isOnlyOwn();
        }
        process.on("SIGINT", own);
        print(await outcome(() => run(main())));
        print(isOnlyOwn());
        process.off("SIGINT", own);
      },
    ));

  it("RN-10: does not take away one that the program sets while it runs", () =>
    sameAsync(
      `
      ${helpers}
      def own(*_):
          print("own handler")

      async def main():
          signal.signal(signal.SIGINT, own)

      asyncio.run(main())
      press_ctrl_c()
      print(signal.getsignal(signal.SIGINT) is own)
      signal.signal(signal.SIGINT, signal.default_int_handler)
    `,
      async (print) => {
        const own = (): void => print("own handler");
        function* main(): Coroutine {
          process.on("SIGINT", own);
        }
        await run(main());
        process.emit("SIGINT");
        print(process.listeners("SIGINT").every((listener) => listener === own));
        process.off("SIGINT", own);
      },
    ));
});

describe("RN-11: main cancelled from inside", () => {
  it("RN-11: run raises its CancelledError", () =>
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

describe("RN-12: debug", () => {
  it("RN-12: none leaves the loop's default, true and false set it", () =>
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

describe("RN-13: the main task", () => {
  it("RN-13: is an ordinary one, with a name like any other, and one of all tasks", () =>
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

  it("RN-13: run returns its result, or raises its very exception", () =>
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

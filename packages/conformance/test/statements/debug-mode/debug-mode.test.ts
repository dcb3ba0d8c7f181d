import { asyncFor, asyncGenerator } from "@yieldstar/asyncgen";
import {
  asyncWith,
  CancelledError,
  type Coroutine,
  createTask,
  currentTask,
  eagerTaskFactory,
  EventLoop,
  gather,
  getRunningLoop,
  run,
  sleep,
  type Task,
  ValueError,
  VirtualHost,
} from "@yieldstar/loop";
import { Lock } from "@yieldstar/sync";
import { TaskGroup } from "@yieldstar/taskgroup";
import { runVirtual, VirtualTimeLoop } from "@yieldstar/testing";
import { timeout } from "@yieldstar/timeout";
import { afterEach, describe, expect, it, vi } from "vitest";
import { printed } from "../../../../../.ci/vitest/quiet.ts";
import { repr, str } from "../../../src/python-text.ts";
import { type Print, same, sameScript } from "../../../src/same.ts";

/** Like `sameScript`, for a port that awaits promises. */
async function sameAsync(python: string, port: (print: Print) => Promise<void>): Promise<void> {
  const lines: string[] = [];
  await port((...values) => lines.push(values.map(str).join(" ")));
  await sameScript(python, (print) => lines.forEach((line) => print(line)));
}

/** A virtual host on which a step can take time, as with Python's `time.sleep`. */
class BlockableHost extends VirtualHost {
  #blocked = 0;

  block(seconds: number): void {
    this.#blocked += seconds;
  }

  override time(): number {
    return super.time() + this.#blocked;
  }

  override requestTurnAt(when: number, turn: () => void): void {
    super.requestTurnAt(when - this.#blocked, turn);
  }
}

/** For the Python snippets, and indented like them: a text without places in files, and the log. */
const helpers = `
      import logging, re, time

      def shown(value):
          text = re.sub(r"coro=<.*?> ?", "", str(value))
          text = re.sub(r" created at [^ ,>\\]]+:\\d+", " created at PLACE", text)
          text = re.sub(r" at (?!PLACE)[^ ,>\\]]+:\\d+", "", text)
          # Ours do not show arguments: a closure has none.
          return re.sub(r"\\w+\\.<locals>\\.<lambda>\\(.*?>\\)", "<lambda>()", text)

      logging.getLogger("asyncio").addFilter(lambda record: print(record.levelname, shown(record.getMessage().split("\\n")[0])))
`;

/** A text without places in files and without coroutines, since a generator does not know its name. */
function shown(value: unknown): string {
  return String(value)
    .replaceAll(/coro=<.*?> ?/g, "")
    .replaceAll(/ created at [^ ,>\]]+:\d+/g, " created at PLACE");
}

const levels: Readonly<Record<string, string>> = { warn: "WARNING", error: "ERROR" };

/** Prints the console's lines like those of Python's log. */
function printLog(print: Print): void {
  for (const [method, text] of printed()) print(levels[method], shown(String(text).split("\n")[0]));
}

/** The console's only line since the test began, or since the last call. */
function onlyWarning(): string {
  const calls = printed();
  expect(calls).toHaveLength(1);
  expect(calls[0]?.[0]).toBe("warn");
  return String(calls[0]?.[1]);
}

describe("DB-01: a value that is not a callback", () => {
  /** Our method, Python's method, and Python's name for it in the text. */
  const methods = [
    ["callSoon", "call_soon(x)", "call_soon"],
    ["callSoonThreadsafe", "call_soon_threadsafe(x)", "call_soon_threadsafe"],
    ["callAt", "call_at(1, x)", "call_at"],
    ["callLater", "call_later(1, x)", "call_at"],
  ] as const;

  it.each(methods)("DB-01: %s refuses a value that is not a callback", (method, call, pythonName) =>
    sameScript(
      `
      async def worker():
          pass

      loop = asyncio.new_event_loop()
      loop.set_debug(True)
      coroutine = worker()
      for x in (worker, coroutine, 5, "text", None):
          try:
              loop.${call}
          except TypeError as error:
              print(error)
      coroutine.close()
      loop.close()
    `,
      (print, newLoop) => {
        const loop = newLoop();
        loop.setDebug(true);
        function* worker(): Coroutine {}
        const calls: Record<typeof method, (x: never) => unknown> = {
          callSoon: (x) => loop.callSoon(x),
          callSoonThreadsafe: (x) => loop.callSoonThreadsafe(x),
          callAt: (x) => loop.callAt(1, x),
          callLater: (x) => loop.callLater(1, x),
        };
        for (const x of [worker, worker(), 5, "text", undefined]) {
          try {
            calls[method](x as never);
          } catch (error) {
            const { message } = error as TypeError;
            print(message.replace(`${method}()`, `${pythonName}()`).replace(/ \(hint: .*\)$/, ""));
          }
        }
        loop.close();
      },
    ),
  );

  it("DB-01: a refused callback schedules nothing, and the loop works on", () =>
    same(
      `
      async def main():
          loop = asyncio.get_running_loop()
          loop.set_debug(True)
          for x in (5, main):
              try:
                  loop.call_soon(x)
              except TypeError:
                  print("refused")
          loop.call_soon(print, "called")
          await asyncio.sleep(1)
          print(t())
    `,
      function* (print) {
        const loop = getRunningLoop();
        loop.setDebug(true);
        function* worker(): Coroutine {}
        for (const x of [5, worker]) {
          try {
            loop.callSoon(x as never);
          } catch {
            print("refused");
          }
        }
        loop.callSoon(() => print("called"));
        yield* sleep(1);
        print(loop.time());
      },
    ));
});

describe("DB-03: slow steps", () => {
  it("DB-03: a callback or step that takes as long as slowCallbackDuration causes a warning with its time", () =>
    sameAsync(
      `
      ${helpers}
      def slow(seconds):
          def block():
              print("blocks", seconds)
              time.sleep(seconds)
          block.__qualname__ = "block"
          return block

      async def worker():
          slow(0.5)()
          await asyncio.sleep(1)
          slow(0.1)()
          await asyncio.sleep(0)
          slow(1.23456)()
          return 5

      async def main():
          loop = asyncio.get_running_loop()
          for seconds in (0.2, 0.0625, 0.1, 1):
              loop.call_soon(slow(seconds))
          loop.call_at(1.5, slow(0.25))
          future = loop.create_future()
          future.add_done_callback(lambda future: slow(0.3)())
          future.set_result(None)
          print(await asyncio.create_task(worker(), name="worker"))
          loop.slow_callback_duration = 2
          loop.call_soon(slow(1.5))
          loop.call_soon(slow(2.5))
          await asyncio.sleep(10)

      asyncio.run(main(), debug=True)
    `,
      async (print) => {
        const host = new BlockableHost();
        const slow = (seconds: number) => {
          const block = (): void => {
            // Earlier output is printed first.
            printLog(print);
            print("blocks", seconds);
            host.block(seconds);
          };
          return block;
        };
        function* worker(): Coroutine<number> {
          slow(0.5)();
          yield* sleep(1);
          slow(0.1)();
          yield* sleep(0);
          slow(1.23456)();
          return 5;
        }
        function* main(): Coroutine {
          const loop = getRunningLoop();
          for (const seconds of [0.2, 0.0625, 0.1, 1]) loop.callSoon(slow(seconds));
          loop.callAt(1.5, slow(0.25));
          const future = loop.createFuture<void>();
          future.addDoneCallback(() => slow(0.3)());
          future.setResult();
          const result = yield* createTask(worker(), { name: "worker" });
          printLog(print);
          print(result);
          loop.slowCallbackDuration = 2;
          loop.callSoon(slow(1.5));
          loop.callSoon(slow(2.5));
          yield* sleep(10);
        }
        await run(main(), { debug: true, loopFactory: () => new EventLoop({ host }) });
        printLog(print);
      },
    ));

  it("DB-03: a step that takes exactly slowCallbackDuration is slow", () =>
    sameAsync(
      `
      ${helpers}
      def blocks_half_a_second():
          time.sleep(0.5)

      async def main():
          loop = asyncio.get_running_loop()
          for duration in (0.5, 0.5625):
              loop.slow_callback_duration = duration
              loop.call_soon(blocks_half_a_second)
              await asyncio.sleep(1)
          print("end of main")

      asyncio.run(main(), debug=True)
    `,
      async (print) => {
        const host = new BlockableHost();
        function blocks_half_a_second(): void {
          host.block(0.5);
        }
        function* main(): Coroutine {
          const loop = getRunningLoop();
          for (const duration of [0.5, 0.5625]) {
            loop.slowCallbackDuration = duration;
            loop.callSoon(blocks_half_a_second);
            yield* sleep(1);
          }
          printLog(print);
          print("end of main");
        }
        await run(main(), { debug: true, loopFactory: () => new EventLoop({ host }) });
      },
    ));

  it("DB-03: an eager step counts towards the step it runs in, and without debug mode there is no warning", () =>
    sameAsync(
      `
      ${helpers}
      async def worker():
          time.sleep(0.3)

      async def creator():
          asyncio.create_task(worker(), name="eager", eager_start=True)
          time.sleep(0.2)

      async def main():
          await asyncio.create_task(creator(), name="creator")
          print("end of main")

      for debug in (True, False):
          asyncio.run(main(), debug=debug)
    `,
      async (print) => {
        for (const debug of [true, false]) {
          const host = new BlockableHost();
          const worker = function* (): Coroutine {
            host.block(0.3);
          };
          const creator = function* (): Coroutine {
            createTask(worker(), { name: "eager", eagerStart: true });
            host.block(0.2);
          };
          const main = function* (): Coroutine {
            yield* createTask(creator(), { name: "creator" });
            printLog(print);
            print("end of main");
          };
          await run(main(), { debug, loopFactory: () => new EventLoop({ host }) });
        }
      },
    ));

  it("DB-03: the warning names where a suspended task is, and what it awaits", async () => {
    const host = new BlockableHost();
    function* worker(): Coroutine {
      host.block(0.3);
      yield* sleep(1);
    }
    function* main(): Coroutine {
      yield* createTask(worker(), { name: "slow one" });
    }
    await run(main(), { debug: true, loopFactory: () => new EventLoop({ host }) });
    expect(onlyWarning()).toMatch(
      /^Executing <Task pending name='slow one' coro=<worker\(\) running at .*debug-mode\.test\.ts:\d+> wait_for=<Future pending .*> .*created at .*debug-mode\.test\.ts:\d+> took 0\.300 seconds$/,
    );
  });
});

describe("DB-04: the place of creation", () => {
  it("DB-04: handles, futures and tasks made in debug mode show their place of creation, and others do not", () =>
    sameScript(
      `
      ${helpers}
      def callback():
          pass

      async def worker():
          await asyncio.sleep(0)

      loop = asyncio.new_event_loop()
      for debug in (True, False):
          loop.set_debug(debug)
          things = [loop.call_soon(callback), loop.call_later(1, callback), loop.create_future(),
                    loop.create_task(worker(), name="worker")]
          loop.set_debug(not debug)
          for thing in things:
              print(shown(thing))
          loop.run_until_complete(things[-1])
          things[2].set_result(5)
          for thing in things:
              print(shown(thing))
      loop.close()
    `,
      (print, newLoop) => {
        function callback(): void {}
        function* worker(): Coroutine {
          yield* sleep(0);
        }
        const loop = newLoop();
        for (const debug of [true, false]) {
          loop.setDebug(debug);
          const future = loop.createFuture<number>();
          const task = loop.createTask(worker(), { name: "worker" });
          const things = [loop.callSoon(callback), loop.callLater(1, callback), future, task];
          loop.setDebug(!debug);
          for (const thing of things) print(shown(thing));
          loop.runUntilComplete(task);
          future.setResult(5);
          for (const thing of things) print(shown(thing));
        }
        loop.close();
      },
    ));

  it("DB-04: the contexts of reports hold the place of creation", () =>
    sameScript(
      `
      ${helpers}
      def report(loop, context):
          keys = sorted("sourceTraceback" if key == "source_traceback" else key for key in context)
          print(shown(context["message"]), keys)

      def boom():
          raise ValueError("x")

      async def fail():
          raise ValueError("y")

      for debug in (True, False):
          loop = asyncio.new_event_loop()
          loop.set_exception_handler(report)
          loop.set_debug(debug)
          loop.call_soon(boom)
          loop.call_later(1, boom)
          task = loop.create_task(fail())
          loop.advance(2)
          future = loop.create_future()
          future.set_exception(ValueError("z"))
          del future
          del task
          loop.create_task(fail())
          loop.close()
    `,
      (print, newLoop) => {
        function boom(): void {
          throw new ValueError("x");
        }
        function* fail(): Coroutine {
          throw new ValueError("y");
        }
        for (const debug of [true, false]) {
          const loop = newLoop();
          const lines: string[][] = [];
          loop.setExceptionHandler((_, context) => {
            lines.push([context.message, repr(Object.keys(context).sort())]);
          });
          loop.setDebug(debug);
          loop.callSoon(boom);
          loop.callLater(1, boom);
          loop.createTask(fail());
          loop.advance(2);
          loop.createFuture().setException(new ValueError("z"));
          loop.createTask(fail());
          loop.close();
          // The collector decides when an exception never retrieved is reported: EH-03.
          const order = ["Exception", "Future", "Task exception", "Task was"];
          const rank = ([message = ""]: string[]): number => order.findIndex((begin) => message.startsWith(begin));
          for (const line of lines.sort((one, other) => rank(one) - rank(other))) print(...line);
        }
      },
    ));

  it("DB-04: a traceback begins with the place of creation, without our own frames", () => {
    const loop = new VirtualTimeLoop();
    loop.setDebug(true);
    const tracebacks: string[] = [];
    loop.setExceptionHandler((_, context) => tracebacks.push(String(context["sourceTraceback"])));
    function schedule(): void {
      loop.callSoon(() => {
        throw new ValueError("x");
      });
    }
    schedule();
    loop.advance(0);
    loop.close();
    const [head, first, second] = tracebacks[0]?.split("\n") ?? [];
    expect(head).toBe("Object created at");
    expect(first).toMatch(/^ {2}at schedule \(.*debug-mode\.test\.ts:\d+:\d+\)$/);
    expect(second).toMatch(/debug-mode\.test\.ts:\d+:\d+\)?$/);
    expect(tracebacks[0]).not.toMatch(/loop\/src|node:/);
  });

  it("DB-04: the default report shows the place of creation on lines of its own", () => {
    const loop = new VirtualTimeLoop();
    loop.setDebug(true);
    const error = new ValueError("x");
    loop.callSoon(function boom() {
      throw error;
    });
    loop.advance(0);
    loop.close();
    const [[method, text, shownError] = []] = printed();
    expect([method, shownError]).toEqual(["error", error]);
    const lines = String(text).split("\n");
    expect(lines[0]).toMatch(/^Exception in callback boom\(\)/);
    expect(lines[1]).toMatch(/^handle: <Handle boom\(\) created at .*debug-mode\.test\.ts:\d+>$/);
    expect(lines[2]).toBe("sourceTraceback: Object created at");
    expect(lines[3]).toMatch(/^ {2}at .*debug-mode\.test\.ts:\d+:\d+\)?$/);
  });

  it("DB-04: the default report of anything else shows where the running callback was created", () =>
    sameScript(
      `
      import logging
      logging.getLogger("asyncio").addFilter(lambda record: print(*[line for line in record.getMessage().split("\\n") if not line.startswith("  ")]))

      loop = asyncio.new_event_loop()
      loop.set_debug(True)
      loop.call_soon(lambda: loop.call_exception_handler({"message": "something"}))
      loop.advance(0)
      loop.call_exception_handler({"message": "outside"})
      loop.close()
    `,
      (print, newLoop) => {
        const loop = newLoop();
        loop.setDebug(true);
        loop.callSoon(() => loop.callExceptionHandler({ message: "something" }));
        loop.advance(0);
        loop.callExceptionHandler({ message: "outside" });
        loop.close();
        for (const [, text] of printed()) {
          const lines = String(text).replace("handleTraceback", "handle_traceback").split("\n");
          print(
            ...lines
              .filter((line) => !line.startsWith("  "))
              .map((line) => line.replace(/ created at$/, " created at (most recent call last):")),
          );
        }
      },
    ));
});

describe("DB-05: a cancelled handle", () => {
  it("DB-05: a cancelled handle still shows its callback in debug mode, and nothing of it otherwise", () =>
    sameScript(
      `
      ${helpers}
      def callback():
          pass

      loop = asyncio.new_event_loop()
      for created, cancelled in ((True, True), (False, False), (True, False), (False, True)):
          loop.set_debug(created)
          handles = [loop.call_soon(callback), loop.call_later(1.5, callback), loop.call_at(3.0, callback)]
          print([shown(handle) for handle in handles])
          loop.set_debug(cancelled)
          for handle in handles:
              handle.cancel()
              handle.cancel()
          print([shown(handle) for handle in handles], [handle.cancelled() for handle in handles])
      loop.close()
    `,
      (print, newLoop) => {
        function callback(): void {}
        const loop = newLoop();
        for (const [created, cancelled] of [
          [true, true],
          [false, false],
          [true, false],
          [false, true],
        ] as const) {
          loop.setDebug(created);
          const handles = [loop.callSoon(callback), loop.callLater(1.5, callback), loop.callAt(3, callback)];
          print(handles.map(shown));
          loop.setDebug(cancelled);
          for (const handle of handles) {
            handle.cancel();
            handle.cancel();
          }
          print(
            handles.map(shown),
            handles.map((handle) => handle.cancelled()),
          );
        }
        loop.close();
      },
    ));
});

describe("YIELDSTAR_DEBUG", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it.each(["1", "true", "yes"])("set to %s switches debug mode on for every loop", async (value) => {
    vi.stubEnv("YIELDSTAR_DEBUG", value);
    function* main(): Coroutine<boolean> {
      return getRunningLoop().getDebug();
    }
    const loopFactory = (): EventLoop => new EventLoop({ host: new VirtualHost() });
    expect(new VirtualTimeLoop().getDebug()).toBe(true);
    expect(runVirtual(main())).toBe(true);
    expect(await run(main(), { loopFactory })).toBe(true);
    expect(await run(main(), { debug: false, loopFactory })).toBe(false);
    expect(runVirtual(main(), { debug: false })).toBe(false);
  });

  it.each(["", "0", undefined])("set to %j leaves it off", (value) => {
    vi.stubEnv("YIELDSTAR_DEBUG", value);
    expect(new VirtualTimeLoop().getDebug()).toBe(false);
  });

  it("is ignored where there is no process object", () => {
    vi.stubGlobal("process", undefined);
    try {
      expect(new VirtualTimeLoop().getDebug()).toBe(false);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

/** Runs a task that does `afterwards` when it is cancelled after a second, in debug mode. */
function runAndCancel(afterwards: () => Coroutine<unknown>, options = { debug: true }): void {
  function* worker(): Coroutine<unknown> {
    try {
      yield* sleep(5);
    } catch (error) {
      if (!(error instanceof CancelledError)) throw error;
      return yield* afterwards();
    }
    throw new Error("it was not cancelled");
  }
  function* main(): Coroutine {
    const task = createTask(worker(), { name: "stubborn" });
    yield* sleep(1);
    task.cancel();
    yield* gather([task], { returnExceptions: true });
  }
  runVirtual(main(), options);
}

describe("a task that swallows its cancellation and goes on waiting", () => {
  it("causes one warning, with its name and the fix", () => {
    runAndCancel(function* () {
      for (let times = 0; times < 5; times++) yield* sleep(1);
    });
    expect(onlyWarning()).toMatch(
      /^<Task cancelling name='stubborn' .*> was cancelled and went on waiting \(hint: throw CancelledError on, or call uncancel\(\)\)$/,
    );
  });

  it("causes no warning without debug mode", () => {
    runAndCancel(
      function* () {
        for (let times = 0; times < 5; times++) yield* sleep(1);
      },
      { debug: false },
    );
    expect(printed()).toEqual([]);
  });

  it("causes no warning when it ends, or waits once to clean up", () => {
    runAndCancel(function* () {});
    runAndCancel(function* () {
      yield* sleep(1);
    });
    runAndCancel(function* () {
      yield* sleep(1);
      throw new CancelledError();
    });
    expect(printed()).toEqual([]);
  });

  it("causes no warning when it calls uncancel()", () => {
    runAndCancel(function* () {
      currentTask()?.uncancel();
      for (let times = 0; times < 5; times++) yield* sleep(1);
    });
    runAndCancel(function* () {
      yield* sleep(1);
      currentTask()?.uncancel();
      for (let times = 0; times < 5; times++) yield* sleep(1);
    });
    expect(printed()).toEqual([]);
  });

  it("causes another warning after a second cancellation, with uncancel() in between", () => {
    runAndCancel(function* () {
      const task = currentTask() as Task<unknown>;
      yield* sleep(1);
      task.uncancel();
      getRunningLoop().callLater(1, () => task.cancel());
      try {
        yield* sleep(5);
      } catch {
        yield* sleep(1);
        yield* sleep(1);
      }
    });
    expect(onlyWarning()).toContain("name='stubborn'");
  });

  it("causes no warning when it waits once to clean up after each of two cancellations", () => {
    runAndCancel(function* () {
      const task = currentTask() as Task<unknown>;
      yield* sleep(1);
      task.uncancel();
      getRunningLoop().callLater(1, () => task.cancel());
      try {
        yield* sleep(5);
      } finally {
        yield* sleep(1);
      }
    });
    expect(printed()).toEqual([]);
  });

  it("causes no warning in a timeout or a TaskGroup that uncancels its own request", () => {
    function* main(): Coroutine {
      for (let times = 0; times < 2; times++) {
        try {
          yield* asyncWith(timeout(1), function* () {
            yield* sleep(5);
          });
        } catch {}
        try {
          yield* asyncWith(new TaskGroup(), function* (group) {
            group.createTask(
              (function* (): Coroutine {
                throw new ValueError("x");
              })(),
            );
            yield* sleep(5);
          });
        } catch {}
      }
      for (let times = 0; times < 5; times++) yield* sleep(1);
    }
    runVirtual(main(), { debug: true });
    expect(printed()).toEqual([]);
  });
});

/** Names only: the places depend on where this file's lines are. */
function stackOf(task: Task<unknown>, limit?: number): string[] {
  return task.getStack({ limit }).map(({ name }) => name);
}

describe("getStack", () => {
  function* inner(): Coroutine {
    yield* sleep(5);
  }
  function* middle(): Coroutine {
    yield* inner();
  }
  function* outer(): Coroutine {
    yield* middle();
  }

  /** Starts `coroutine` in debug mode, lets it wait, and passes its task to `look`. */
  function suspend(coroutine: Coroutine<unknown>, look: (task: Task<unknown>) => void, debug = true): void {
    const loop = new VirtualTimeLoop();
    loop.setDebug(debug);
    const task = loop.createTask(coroutine, { name: "t" });
    loop.advance(1);
    look(task);
    task.cancel();
    loop.advance(0);
    loop.close();
  }

  it("gives the yield*s where a suspended task waits, the outermost first", () => {
    suspend(outer(), (task) => {
      expect(stackOf(task)).toEqual(["outer", "middle", "inner"]);
      for (const { location } of task.getStack()) expect(location).toMatch(/debug-mode\.test\.ts:\d+:\d+$/);
    });
  });

  it("gives the innermost of them when there is a limit", () => {
    suspend(outer(), (task) => {
      expect([0, 1, 2, 9].map((limit) => stackOf(task, limit))).toEqual([
        [],
        ["inner"],
        ["middle", "inner"],
        ["outer", "middle", "inner"],
      ]);
    });
  });

  it("follows the task from one wait to the next", () => {
    function* first(): Coroutine {
      yield* sleep(2);
    }
    function* second(): Coroutine {
      yield* getRunningLoop().createFuture();
    }
    function* worker(): Coroutine {
      yield* first();
      yield* second();
    }
    const loop = new VirtualTimeLoop();
    loop.setDebug(true);
    const task = loop.createTask(worker());
    loop.advance(1);
    expect(stackOf(task)).toEqual(["worker", "first"]);
    const [before] = task.getStack();
    loop.advance(2);
    expect(stackOf(task)).toEqual(["worker", "second"]);
    expect(task.getStack()[0]?.location).not.toBe(before?.location);
    task.cancel();
    loop.advance(0);
    loop.close();
  });

  it("shows only the program's own functions, through groups, timeouts, locks, generators and eager tasks", () => {
    const numbers = asyncGenerator(function* numbers(emit) {
      yield* inner();
      yield* emit(1);
    });
    function* loops(): Coroutine {
      yield* asyncFor(numbers(), function* body() {});
    }
    function* blocks(): Coroutine {
      yield* asyncWith([new Lock(), timeout(50), new TaskGroup()], function* body() {
        yield* middle();
      });
    }
    function* waits(): Coroutine {
      yield* gather([sleep(5)]);
    }
    suspend(loops(), (task) => expect(stackOf(task)).toEqual(["loops", "numbers", "inner"]));
    suspend(blocks(), (task) => expect(stackOf(task)).toEqual(["blocks", "body", "middle", "inner"]));
    suspend(waits(), (task) => expect(stackOf(task)).toEqual(["waits"]));
    function* creates(): Coroutine {
      getRunningLoop().setTaskFactory(eagerTaskFactory);
      const eager = createTask(middle());
      expect(stackOf(eager)).toEqual(["middle", "inner"]);
      eager.cancel();
      yield* gather([eager], { returnExceptions: true });
    }
    runVirtual(creates(), { debug: true });
  });

  it("finds the bare yield of sleep(0)", () => {
    const stacks: string[][] = [];
    function* spins(): Coroutine {
      yield* sleep(0);
    }
    function* main(): Coroutine {
      const task = createTask(spins());
      yield* sleep(0);
      stacks.push(stackOf(task));
    }
    runVirtual(main(), { debug: true });
    expect(stacks).toEqual([["spins"]]);
  });

  it("is empty without debug mode, before the first step and after the end", () => {
    suspend(outer(), (task) => expect(task.getStack()).toEqual([]), false);
    function* main(): Coroutine {
      const task = createTask(sleep(1));
      expect(task.getStack()).toEqual([]);
      yield* task;
      expect(task.getStack()).toEqual([]);
      const cancelled = createTask(sleep(1));
      cancelled.cancel();
      yield* gather([cancelled], { returnExceptions: true });
      expect(cancelled.getStack()).toEqual([]);
    }
    runVirtual(main(), { debug: true });
  });

  it("gives the frames of a failed task's error, the outermost of them when there is a limit", () => {
    function* failInside(): Coroutine {
      throw new ValueError("x");
    }
    function* fails(): Coroutine {
      yield* failInside();
    }
    function* main(): Coroutine {
      for (const eagerStart of [false, true]) {
        const task = createTask(fails(), { eagerStart });
        yield* gather([task], { returnExceptions: true });
        expect(stackOf(task)).toEqual(["fails", "failInside"]);
        expect(stackOf(task, 1)).toEqual(["fails"]);
      }
    }
    runVirtual(main());
  });

  it("is in the text of the task", () => {
    suspend(outer(), (task) => {
      expect(String(task)).toMatch(/^<Task pending name='t' coro=<outer\(\) running at .*debug-mode\.test\.ts:\d+> /);
    });
  });
});

describe("printStack", () => {
  function* worker(): Coroutine {
    yield* sleep(5);
  }
  function* fails(): Coroutine {
    throw new ValueError("x");
  }

  it("writes the stack of a suspended task, and a failed one's traceback", () => {
    function* main(): Coroutine {
      const task = createTask(worker(), { name: "waiting" });
      const failed = createTask(fails(), { name: "failed" });
      yield* gather([failed], { returnExceptions: true });
      task.printStack();
      failed.printStack();
      task.printStack({ limit: 0 });
    }
    runVirtual(main(), { debug: true });
    const [stack, traceback, none] = printed().map(([, text]) => String(text).split("\n"));
    expect(stack).toEqual([
      expect.stringMatching(/^Stack for <Task pending name='waiting' .*> \(most recent call last\):$/),
      expect.stringMatching(/^ {2}.*debug-mode\.test\.ts:\d+:\d+, in worker$/),
    ]);
    expect(traceback).toEqual([
      expect.stringMatching(/^Traceback for <Task finished name='failed' .*> \(most recent call last\):$/),
      expect.stringMatching(/^ {2}.*debug-mode\.test\.ts:\d+:\d+, in fails$/),
    ]);
    expect(none).toEqual([expect.stringMatching(/^No stack for <Task pending name='waiting' .*>$/)]);
  });

  it("says so when there is no stack", () => {
    function* main(): Coroutine {
      const task = createTask(worker(), { name: "unstarted" });
      task.printStack();
    }
    runVirtual(main());
    expect(printed()).toEqual([
      ["error", expect.stringMatching(/^No stack for <Task pending name='unstarted' coro=<coroutine object>.*>$/)],
    ]);
  });
});

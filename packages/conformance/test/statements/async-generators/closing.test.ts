import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { anext, asyncFor, type AsyncGenerator, asyncGenerator, BREAK } from "@yieldstar/asyncgen";
import {
  allTasks,
  CancelledError,
  closeCoroutine,
  ContextVar,
  type Coroutine,
  GeneratorExit,
  getRunningLoop,
  sleep,
  ValueError,
} from "@yieldstar/loop";
import { VirtualTimeLoop } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";
import { printed } from "../../../../../.ci/vitest/quiet.ts";
import { repr, str } from "../../../src/python-text.ts";
import { same, sameScript } from "../../../src/same.ts";
import { current, t } from "../outcomes.ts";
import { counterThatPrints, helpers } from "./helpers.ts";

describe("AG-02: a generator that is collected", () => {
  /** Runs the collector until `isDone`: it does not run by itself on a virtual clock. */
  async function untilCollected(loop: VirtualTimeLoop, isDone: () => boolean): Promise<void> {
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;
    for (let turns = 0; turns < 100 && !isDone(); turns += 1) {
      collectGarbage();
      await new Promise((resolve) => setImmediate(resolve));
      loop.advance(0);
    }
  }

  it("AG-02: a collected generator is closed later by a new task, outside the context of its consumers", async () => {
    const lines: string[] = [];
    const print = (...values: readonly unknown[]): void => void lines.push(values.map(str).join(" "));
    const variable = new ContextVar("variable", { default: "default" });
    const generate = asyncGenerator(function* (emit) {
      try {
        print("begins in", current(), variable.get());
        yield* emit(1);
      } finally {
        print("cleanup", current() === "iterating", allTasks().size, variable.get());
        yield* sleep(1);
        print("cleaned up", t());
      }
    });
    function* iterate(): Coroutine {
      variable.set("of the iterating task");
      yield* asyncFor(generate(), function* () {
        return BREAK;
      });
      print("left");
    }
    const loop = new VirtualTimeLoop();
    loop.runUntilComplete(loop.createTask(iterate(), { name: "iterating" }));
    await untilCollected(loop, () => lines.length === 3);
    print("collected");
    loop.advance(1);
    loop.runUntilComplete(loop.shutdownAsyncgens());
    loop.close();
    await sameScript(
      `
      ${helpers}
      variable = contextvars.ContextVar("variable", default="default")

      async def generate():
          try:
              print("begins in", current(), variable.get())
              yield 1
          finally:
              print("cleanup", current() == "iterating", len(asyncio.all_tasks()), variable.get())
              await asyncio.sleep(1)
              print("cleaned up", t())

      async def iterate():
          variable.set("of the iterating task")
          async for number in keep(generate()):
              break
          print("left")

      loop = asyncio.new_event_loop()
      async def main():
          await asyncio.create_task(iterate(), name="iterating")
      loop.run_until_complete(main())
      kept.clear()
      loop.advance(0)
      print("collected")
      loop.advance(1)
      loop.run_until_complete(loop.shutdown_asyncgens())
      loop.close()
    `,
      (printLine) => lines.forEach((line) => printLine(line)),
    );
  });

  it("AG-02: a collected generator is left alone if it has not begun, has ended, or its loop is closed", async () => {
    const loop = new VirtualTimeLoop();
    const closed = new VirtualTimeLoop();
    const events: string[] = [];
    const generate = asyncGenerator(function* (emit, name: string) {
      try {
        yield* emit(1);
      } finally {
        events.push(name);
      }
    });
    const hold = { generator: generate("last") };
    function* main(): Coroutine {
      generate("unstarted");
      yield* asyncFor(generate("ended"), function* () {});
      yield* generate("closed").aclose();
      yield* anext(generate("dropped"));
      yield* anext(hold.generator);
    }
    function* begin(): Coroutine {
      yield* anext(generate("of a closed loop"));
    }
    closed.runUntilComplete(begin());
    closed.close();
    loop.runUntilComplete(main());
    await untilCollected(loop, () => events.includes("dropped"));
    expect(events).toEqual(["ended", "dropped"]);
    loop.runUntilComplete(loop.shutdownAsyncgens());
    expect(events).toEqual(["ended", "dropped", "last"]);
    loop.close();
  });
});

describe("AG-03: shutdownAsyncgens", () => {
  it("AG-03: shutdownAsyncgens() closes all open generators at the same time", () =>
    sameScript(
      `
      ${helpers}
      async def main():
          for name, delay in (("a", 2), ("b", 1), ("c", 3)):
              await anext(keep(count(9, delay, name)))
          ended = keep(count(1))
          async for number in ended:
              pass
          keep(count(9, 1, "not begun"))
          print("main ends", t())

      loop = asyncio.new_event_loop()
      loop.run_until_complete(main())
      print(len(asyncio.all_tasks(loop)))
      loop.run_until_complete(loop.shutdown_asyncgens())
      print(loop.time())
      loop.run_until_complete(loop.shutdown_asyncgens())
      loop.close()
    `,
      (print, newLoop) => {
        const count = counterThatPrints(print);
        const hold: AsyncGenerator<number>[] = [];
        const keep = (generator: AsyncGenerator<number>): AsyncGenerator<number> => {
          hold.push(generator);
          return generator;
        };
        function* main(): Coroutine {
          for (const [name, delay] of [
            ["a", 2],
            ["b", 1],
            ["c", 3],
          ] as const) {
            yield* anext(keep(count(9, delay, name)));
          }
          yield* asyncFor(keep(count(1)), function* () {});
          keep(count(9, 1, "not begun"));
          print("main ends", t());
        }
        const loop = newLoop();
        loop.runUntilComplete(main());
        print(allTasks(loop).size);
        loop.runUntilComplete(loop.shutdownAsyncgens());
        print(loop.time());
        loop.runUntilComplete(loop.shutdownAsyncgens());
        loop.close();
      },
    ));

  it("AG-03: shutdownAsyncgens() reports the Exceptions of the cleanups in order, when all are closed", () =>
    same(
      `
      ${helpers}
      async def ends_with(error, delay):
          try:
              yield 1
          finally:
              await asyncio.sleep(delay)
              print("ends with", repr(error), current(), t())
              if error:
                  raise error

      async def ignores():
          try:
              yield 1
          finally:
              yield 2

      def report(loop, context):
          message = re.sub(r" at 0x\\w+", "", context["message"])
          print(message, sorted(context), repr(context["exception"]), context["asyncgen"] in kept)

      async def main():
          asyncio.get_running_loop().set_exception_handler(report)
          for error, delay in ((ValueError("x"), 2), (None, 1), (asyncio.CancelledError("y"), 0), (TypeError("z"), 1)):
              await anext(keep(ends_with(error, delay)))
          await anext(keep(ignores()))
    `,
      function* (print) {
        const endsWith = asyncGenerator(function* ends_with(emit, error: Error | undefined, delay: number) {
          try {
            yield* emit(1);
          } finally {
            yield* sleep(delay);
            print("ends with", repr(error), current(), t());
            // oxlint-disable-next-line no-unsafe-finally
            if (error !== undefined) throw error;
          }
        });
        const ignores = asyncGenerator(function* ignores(emit) {
          try {
            yield* emit(1);
          } finally {
            yield* emit(2);
          }
        });
        getRunningLoop().setExceptionHandler((_, context) => {
          print(context.message, Object.keys(context).sort(), repr(context.exception), "asyncgen" in context);
        });
        const plans = [
          [new ValueError("x"), 2],
          [undefined, 1],
          [new CancelledError("y"), 0],
          [new TypeError("z"), 1],
        ] as const;
        for (const [error, delay] of plans) yield* anext(endsWith(error, delay));
        yield* anext(ignores());
      },
    ));

  it("AG-03: each generator is closed once: a second shutdown skips those that the first could not close", () =>
    sameScript(
      `
      ${helpers}
      async def ignore():
          for number in (1, 2):
              try:
                  yield number
              except GeneratorExit:
                  log.append(f"ignored {number}")
          yield 3

      async def main():
          await anext(generator)

      generator, log = ignore(), []
      loop = asyncio.new_event_loop()
      loop.set_exception_handler(lambda loop, context: log.append(repr(context["exception"])))
      loop.run_until_complete(main())
      for _ in range(2):
          loop.run_until_complete(loop.shutdown_asyncgens())
          print(log)
      loop.close()
    `,
      (print, newLoop) => {
        const log: string[] = [];
        const ignore = asyncGenerator(function* (emit) {
          for (const number of [1, 2]) {
            try {
              yield* emit(number);
            } catch {
              log.push(`ignored ${number}`);
            }
          }
          yield* emit(3);
        });
        const loop = newLoop();
        loop.setExceptionHandler((_, { exception }) => log.push(repr(exception)));
        const generator = ignore();
        loop.runUntilComplete(anext(generator));
        for (let times = 0; times < 2; times++) {
          loop.runUntilComplete(loop.shutdownAsyncgens());
          print(log);
        }
        loop.close();
      },
    ));

  it("AG-03: a generator that begins after the shutdown causes a warning, and still works", () =>
    sameScript(
      `
      ${helpers}
      import warnings
      warnings.simplefilter("always")
      warnings.showwarning = lambda message, category, *_: print(re.sub(r" at 0x\\w+", "", str(message)))

      async def main():
          print(await anext(generator))
          print(await anext(generator))

      generator = count(2)
      loop = asyncio.new_event_loop()
      loop.run_until_complete(loop.shutdown_asyncgens())
      loop.run_until_complete(main())
      loop.run_until_complete(loop.shutdown_asyncgens())
      loop.close()
    `,
      (print, newLoop) => {
        const generator = counterThatPrints(print)(2);
        function* main(): Coroutine {
          const first = yield* anext(generator);
          for (const [, text] of printed()) print(text);
          print(first);
          print(yield* anext(generator));
        }
        const loop = newLoop();
        loop.runUntilComplete(loop.shutdownAsyncgens());
        loop.runUntilComplete(main());
        loop.runUntilComplete(loop.shutdownAsyncgens());
        loop.close();
      },
    ));

  it("AG-03: a generator that iterates another closes it itself or leaves it to the loop", () =>
    same(
      `
      ${helpers}
      async def outer(name):
          inner = keep(count(3, 0, f"inner of {name}"))
          try:
              async for number in inner:
                  yield number
          finally:
              print(name, "cleans up")
              if name == "tidy":
                  await inner.aclose()

      async def main():
          for name in ("untidy", "tidy"):
              print(await anext(keep(outer(name))))
          print("end of main")
    `,
      function* (print) {
        const count = counterThatPrints(print);
        const outer = asyncGenerator(function* (emit, name: string) {
          const inner = count(3, 0, `inner of ${name}`);
          try {
            yield* asyncFor(inner, function* (number) {
              yield* emit(number);
            });
          } finally {
            print(name, "cleans up");
            if (name === "tidy") yield* inner.aclose();
          }
        });
        for (const name of ["untidy", "tidy"]) print(yield* anext(outer(name)));
        print("end of main");
      },
    ));
});

describe("AG-12: closing a suspended coroutine", () => {
  /** The ways to answer GeneratorExit. */
  const ends = [
    ["lets it through", "raise"],
    ["returns", "return 5"],
    ["raises another error", 'raise ValueError("cleanup")'],
    ["raises a GeneratorExit of its own", 'raise GeneratorExit("own")'],
    ["awaits", "await asyncio.sleep(0)"],
    ["awaits the same future", "await future"],
  ] as const;

  it.each(ends)("AG-12: close() throws GeneratorExit at the await, and the coroutine %s", (end, code) =>
    sameScript(
      `
      loop = asyncio.new_event_loop()
      future = loop.create_future()

      async def worker():
          try:
              print("begin")
              await future
          except BaseException as error:
              print("caught", repr(error))
              ${code}
          finally:
              print("finally")

      def outcome(call):
          try:
              return f"returned {call()!r}"
          except BaseException as error:
              return f"raised {error!r}"

      coroutine = worker()
      coroutine.send(None)
      print(outcome(coroutine.close))
      print(outcome(coroutine.close))
      unstarted = worker()
      print(outcome(unstarted.close), future)
      loop.close()
    `,
      (print, newLoop) => {
        const loop = newLoop();
        const future = loop.createFuture<void>();
        function* worker(): Coroutine<unknown> {
          try {
            print("begin");
            yield* future;
          } catch (error) {
            print("caught", repr(error));
            switch (end) {
              case "lets it through":
                throw error;
              case "returns":
                return 5;
              case "raises another error":
                throw new ValueError("cleanup");
              case "raises a GeneratorExit of its own":
                throw new GeneratorExit("own");
              case "awaits":
                yield* sleep(0);
                break;
              case "awaits the same future":
                yield* future;
                break;
            }
          } finally {
            print("finally");
          }
          return undefined;
        }
        const outcome = (call: () => unknown): string => {
          try {
            return `returned ${repr(call())}`;
          } catch (error) {
            return `raised ${repr(error)}`;
          }
        };
        const coroutine = worker();
        coroutine.next();
        print(outcome(() => closeCoroutine(coroutine)));
        print(outcome(() => closeCoroutine(coroutine)));
        const unstarted = worker();
        print(
          outcome(() => closeCoroutine(unstarted)),
          future,
        );
        loop.close();
      },
    ),
  );
});

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  aclosing,
  aiter,
  anext,
  AsyncExitStack,
  asyncContextManager,
  asyncFor,
  type AsyncGenerator,
  asyncGenerator,
  BREAK,
  nullcontext,
  suppress,
} from "@yieldstar/asyncgen";
import {
  allTasks,
  asyncWith,
  type Awaitable,
  BaseException,
  CancelledError,
  closeCoroutine,
  ContextVar,
  type Coroutine,
  createTask,
  currentTask,
  Exception,
  gather,
  GeneratorExit,
  getRunningLoop,
  KeyboardInterrupt,
  RuntimeError,
  sleep,
  StopAsyncIteration,
  ValueError,
} from "@yieldstar/loop";
import { BaseExceptionGroup, type ErrorClass, ExceptionGroup, TaskGroup } from "@yieldstar/taskgroup";
import { timeout, waitFor } from "@yieldstar/timeout";
import { VirtualTimeLoop } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";
import { printed } from "../../../../.ci/vitest/quiet.ts";
import { repr, str } from "../../src/python-text.ts";
import { type Print, same, sameScript } from "../../src/same.ts";

/** For snippets, and indented as they are; what stands below is the same in TypeScript. */
const helpers = `
      import contextlib, re

      current = lambda: asyncio.current_task().get_name()

      # Nothing is collected in the midst of a program.
      kept = []
      def keep(value):
          kept.append(value)
          return value

      async def awaiting(awaitable):
          try:
              return f"returned {await awaitable!r}"
          except BaseException as error:
              return f"raised {error!r}"

      async def count(to, delay=0, name="generator"):
          try:
              for number in range(1, to + 1):
                  if delay:
                      await asyncio.sleep(delay)
                  yield number
          finally:
              print(name, "cleans up at", t())
              if delay:
                  await asyncio.sleep(delay)
                  print(name, "has cleaned up at", t())
`;

function t(): number {
  return getRunningLoop().time();
}

function current(): string | undefined {
  return currentTask()?.getName();
}

function* awaiting(awaitable: Awaitable<unknown>): Coroutine<string> {
  try {
    return `returned ${repr(yield* awaitable)}`;
  } catch (error) {
    return `raised ${repr(error)}`;
  }
}

function counterThatPrints(print: Print) {
  return asyncGenerator(function* count(emit, to: number, delay: number = 0, name: string = "generator") {
    try {
      for (let number = 1; number <= to; number++) {
        if (delay > 0) yield* sleep(delay);
        yield* emit(number);
      }
    } finally {
      print(name, "cleans up at", t());
      if (delay > 0) {
        yield* sleep(delay);
        print(name, "has cleaned up at", t());
      }
    }
  });
}

describe("AG-01: leaving a loop early", () => {
  it("AG-01: break does not close the generator, which may be iterated further", () =>
    same(
      `
      ${helpers}
      async def main():
          generator = keep(count(4))
          async for number in generator:
              print(number)
              if number == 2:
                  break
          print("left")
          async for number in generator:
              print(number)
          print("ended")
    `,
      function* (print) {
        const generator = counterThatPrints(print)(4);
        yield* asyncFor(generator, function* (number) {
          print(number);
          return number === 2 ? BREAK : undefined;
        });
        print("left");
        yield* asyncFor(generator, function* (number) {
          print(number);
        });
        print("ended");
      },
    ));

  it("AG-01: neither do return and an error; the loop's end closes it, in another task", () =>
    same(
      `
      ${helpers}
      async def first(generator):
          async for number in generator:
              return number

      async def fail(generator):
          async for number in generator:
              raise ValueError(number)

      async def main():
          print(await first(keep(count(4, 1, "one"))), t())
          print(await awaiting(fail(keep(count(4, 1, "two")))), t())
          await asyncio.sleep(5)
          print("end of main", t())
    `,
      function* (print) {
        const count = counterThatPrints(print);
        function* first(generator: AsyncGenerator<number>): Coroutine<number | undefined> {
          let result: number | undefined;
          yield* asyncFor(generator, function* (number) {
            result = number;
            return BREAK;
          });
          return result;
        }
        function* fail(generator: AsyncGenerator<number>): Coroutine {
          yield* asyncFor(generator, function* (number) {
            throw new ValueError(String(number));
          });
        }
        print(yield* first(count(4, 1, "one")), t());
        print((yield* awaiting(fail(count(4, 1, "two")))).replaceAll("'", ""), t());
        yield* sleep(5);
        print("end of main", t());
      },
    ));

  it("AG-01: aclose runs its finally blocks, where the caller stands", () =>
    same(
      `
      ${helpers}
      async def main():
          generator = count(4, 1)
          async for number in generator:
              break
          print("left", t())
          await generator.aclose()
          print("closed", t(), await awaiting(anext(generator)))
          print(await awaiting(generator.aclose()), t())
    `,
      function* (print) {
        const generator = counterThatPrints(print)(4, 1);
        yield* asyncFor(generator, function* () {
          return BREAK;
        });
        print("left", t());
        yield* generator.aclose();
        print("closed", t(), yield* awaiting(anext(generator)));
        print(yield* awaiting(generator.aclose()), t());
      },
    ));

  it("AG-01: aclosing closes it, however the block is left", () =>
    same(
      `
      ${helpers}
      async def leave_by_break():
          async with contextlib.aclosing(count(4, 1, "first")) as generator:
              async for number in generator:
                  break
          print("left by break", t())

      async def leave_by_error():
          async with contextlib.aclosing(count(4, 1, "second")) as generator:
              async for number in generator:
                  raise ValueError("x")

      async def main():
          await leave_by_break()
          print(await awaiting(leave_by_error()), t())
    `,
      function* (print) {
        const count = counterThatPrints(print);
        function* leaveByBreak(): Coroutine {
          yield* asyncWith(aclosing(count(4, 1, "first")), function* (generator) {
            yield* asyncFor(generator, function* () {
              return BREAK;
            });
          });
          print("left by break", t());
        }
        function* leaveByError(): Coroutine {
          yield* asyncWith(aclosing(count(4, 1, "second")), function* (generator) {
            yield* asyncFor(generator, function* () {
              throw new ValueError("x");
            });
          });
        }
        yield* leaveByBreak();
        print(yield* awaiting(leaveByError()), t());
      },
    ));

  it("AG-01: the else clause runs where no break ended the loop", () =>
    same(
      `
      ${helpers}
      async def main():
          for last in (1, 3, 9):
              async for number in keep(count(3)):
                  if number == last:
                      break
              else:
                  print("to the end")
              print(number)
    `,
      function* (print) {
        const count = counterThatPrints(print);
        for (const last of [1, 3, 9]) {
          let latest = 0;
          const isComplete = yield* asyncFor(count(3), function* (number) {
            latest = number;
            return number === last ? BREAK : undefined;
          });
          if (isComplete) print("to the end");
          print(latest);
        }
      },
    ));
});

describe("AG-02: a generator that is collected", () => {
  /** What a generator that nobody holds any more is closed by: the collector does not run on a virtual clock. */
  async function untilCollected(loop: VirtualTimeLoop, isDone: () => boolean): Promise<void> {
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;
    for (let turns = 0; turns < 100 && !isDone(); turns += 1) {
      collectGarbage();
      await new Promise((resolve) => setImmediate(resolve));
      loop.advance(0);
    }
  }

  it("AG-02: is closed by a new task, later, and not in the context of those that iterated it", async () => {
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

  it("AG-02: nothing happens to one that was not begun, or has ended, or whose loop is closed", async () => {
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
  it("AG-03: closes all that are open, at the same time", () =>
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

  it("AG-03: reports the Exceptions that come of it, in order, when all are closed", () =>
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

  it("AG-03: closes each once: another shutdown leaves alone what the first could not close", () =>
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

  it("AG-03: a generator that is begun afterwards is warned about, and still works", () =>
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

  it("AG-03: a generator that iterates another closes it by itself or leaves it to the loop", () =>
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

describe("AG-04: cancellation inside a generator", () => {
  it("AG-04: is thrown at its await, and finishes it if it propagates", () =>
    same(
      `
      ${helpers}
      async def generate():
          try:
              yield 1
              await asyncio.sleep(5)
              yield 2
          except asyncio.CancelledError as error:
              print("generator", repr(error), t())
              raise

      async def main():
          generator = generate()
          print(await anext(generator))
          task = asyncio.ensure_future(awaiting(anext(generator)))
          await asyncio.sleep(1)
          task.cancel("enough")
          print(await task, task.cancelling())
          print(await awaiting(anext(generator)))
          print(await awaiting(generator.aclose()))
    `,
      function* (print) {
        const generate = asyncGenerator(function* (emit) {
          try {
            yield* emit(1);
            yield* sleep(5);
            yield* emit(2);
          } catch (error) {
            print("generator", repr(error), t());
            throw error;
          }
        });
        const generator = generate();
        print(yield* anext(generator));
        const task = createTask(awaiting(anext(generator)));
        yield* sleep(1);
        task.cancel("enough");
        print(yield* task, task.cancelling());
        print(yield* awaiting(anext(generator)));
        print(yield* awaiting(generator.aclose()));
      },
    ));

  it("AG-04: one that swallows it goes on, and its cleanup may wait", () =>
    same(
      `
      ${helpers}
      async def generate():
          for number in (1, 2, 3):
              try:
                  await asyncio.sleep(5)
                  yield number
              except asyncio.CancelledError:
                  print("swallowed", t())
                  await asyncio.sleep(1)
                  yield -number

      async def consume(generator):
          async for number in generator:
              print("consumer got", number, t())

      async def main():
          task = asyncio.create_task(consume(generate()))
          await asyncio.sleep(7)
          print(task.cancel())
          await task
          print(task.cancelled(), t())
    `,
      function* (print) {
        const generate = asyncGenerator(function* (emit) {
          for (const number of [1, 2, 3]) {
            try {
              yield* sleep(5);
              yield* emit(number);
            } catch {
              print("swallowed", t());
              yield* sleep(1);
              yield* emit(-number);
            }
          }
        });
        function* consume(generator: AsyncGenerator<number>): Coroutine {
          yield* asyncFor(generator, function* (number) {
            print("consumer got", number, t());
          });
        }
        const task = createTask(consume(generate()));
        yield* sleep(7);
        print(task.cancel());
        yield* task;
        print(task.cancelled(), t());
      },
    ));

  it("AG-04: it is thrown in also where the generator gave up one iteration, or was just woken", () =>
    same(
      `
      ${helpers}
      async def generate(wait):
          try:
              await wait()
              print("not reached")
              yield 1
          except asyncio.CancelledError as error:
              print("generator", repr(error))
              yield 2

      async def main():
          for is_bare in (True, False):
              future = asyncio.get_running_loop().create_future()
              generator = keep(generate(lambda: asyncio.sleep(0) if is_bare else future))
              task = asyncio.ensure_future(awaiting(anext(generator)))
              await asyncio.sleep(0)
              future.set_result(None)
              task.cancel("enough")
              print(await task, await awaiting(anext(generator)))
    `,
      function* (print) {
        const generate = asyncGenerator(function* (emit, wait: () => Awaitable<void>) {
          try {
            yield* wait();
            print("not reached");
            yield* emit(1);
          } catch (error) {
            print("generator", repr(error));
            yield* emit(2);
          }
        });
        for (const isBare of [true, false]) {
          const future = getRunningLoop().createFuture<void>();
          const generator = generate(() => (isBare ? sleep(0) : future));
          const task = createTask(awaiting(anext(generator)));
          yield* sleep(0);
          future.setResult();
          task.cancel("enough");
          print(yield* task, yield* awaiting(anext(generator)));
        }
      },
    ));

  it("AG-04: of the consumer at its own await leaves the generator as it was", () =>
    same(
      `
      ${helpers}
      async def consume(generator):
          async for number in generator:
              print("got", number)
              await asyncio.sleep(5)

      async def main():
          generator = keep(count(3))
          task = asyncio.create_task(consume(generator))
          await asyncio.sleep(1)
          task.cancel()
          print(await awaiting(task))
          print(await anext(generator))
    `,
      function* (print) {
        const generator = counterThatPrints(print)(3);
        function* consume(): Coroutine {
          yield* asyncFor(generator, function* (number) {
            print("got", number);
            yield* sleep(5);
          });
        }
        const task = createTask(consume());
        yield* sleep(1);
        task.cancel();
        print(yield* awaiting(task));
        print(yield* anext(generator));
      },
    ));

  it("AG-04: waitFor that times out on anext finishes the generator", () =>
    same(
      `
      ${helpers}
      async def main():
          generator = count(3, 2)
          print(await awaiting(asyncio.wait_for(anext(generator), 3)), t())
          print(await awaiting(asyncio.wait_for(anext(generator), 1)), t())
          print(await awaiting(asyncio.wait_for(anext(generator), 1)), t())
    `,
      function* (print) {
        const generator = counterThatPrints(print)(3, 2);
        print(yield* awaiting(waitFor(anext(generator), 3)), t());
        print(yield* awaiting(waitFor(anext(generator), 1)), t());
        print(yield* awaiting(waitFor(anext(generator), 1)), t());
      },
    ));

  it("AG-04: while it is closed, it is thrown into the cleanup", () =>
    same(
      `
      ${helpers}
      async def generate():
          try:
              yield 1
          finally:
              try:
                  await asyncio.sleep(5)
              finally:
                  print("cleanup left", t())

      async def close(generator):
          await generator.aclose()

      async def main():
          generator = generate()
          await anext(generator)
          task = asyncio.create_task(close(generator))
          await asyncio.sleep(1)
          task.cancel("hurry")
          print(await awaiting(task), t())
          print(await awaiting(generator.aclose()), await awaiting(anext(generator)))
    `,
      function* (print) {
        const generate = asyncGenerator(function* (emit) {
          try {
            yield* emit(1);
          } finally {
            try {
              yield* sleep(5);
            } finally {
              print("cleanup left", t());
            }
          }
        });
        const generator = generate();
        yield* anext(generator);
        const task = createTask(generator.aclose());
        yield* sleep(1);
        task.cancel("hurry");
        print(yield* awaiting(task), t());
        print(yield* awaiting(generator.aclose()), yield* awaiting(anext(generator)));
      },
    ));
});

describe("AG-05: two tasks", () => {
  it("AG-05: may not be in the midst of a step of one generator at once", () =>
    same(
      `
      ${helpers}
      async def main():
          generator = count(3, 1)
          task = asyncio.create_task(awaiting(anext(generator)))
          await asyncio.sleep(0.5)
          for method in (lambda: anext(generator), lambda: generator.__anext__(), lambda: generator.asend(None),
                         lambda: generator.asend(5), lambda: generator.athrow(ValueError("x")), generator.aclose):
              print(await awaiting(method()))
          print(await task, t())
          print(await awaiting(anext(generator)), t())
          await generator.aclose()
    `,
      function* (print) {
        const generator = counterThatPrints(print)(3, 1);
        const task = createTask(awaiting(anext(generator)));
        yield* sleep(0.5);
        const methods = [
          () => anext(generator),
          () => generator.anext(),
          () => generator.asend(undefined),
          () => generator.asend(5),
          () => generator.athrow(new ValueError("x")),
          () => generator.aclose(),
        ];
        for (const method of methods) print(yield* awaiting(method()));
        print(yield* task, t());
        print(yield* awaiting(anext(generator)), t());
        yield* generator.aclose();
      },
    ));

  it("AG-05: nor one while the other closes it", () =>
    same(
      `
      ${helpers}
      async def main():
          generator = count(3, 1)
          await anext(generator)
          closing = asyncio.create_task(awaiting(generator.aclose()))
          await asyncio.sleep(0.5)
          for method in (lambda: anext(generator), generator.aclose, lambda: generator.athrow(ValueError("x"))):
              print(await awaiting(method()))
          print(await closing, t())
          for method in (lambda: anext(generator), generator.aclose, lambda: generator.athrow(ValueError("x"))):
              print(await awaiting(method()))
    `,
      function* (print) {
        const generator = counterThatPrints(print)(3, 1);
        yield* anext(generator);
        const closing = createTask(awaiting(generator.aclose()));
        yield* sleep(0.5);
        const methods = [() => anext(generator), () => generator.aclose(), () => generator.athrow(new ValueError("x"))];
        for (const method of methods) print(yield* awaiting(method()));
        print(yield* closing, t());
        for (const method of methods) print(yield* awaiting(method()));
      },
    ));

  it("AG-05: may iterate it by turns", () =>
    same(
      `
      ${helpers}
      async def consume(name, generator, offset):
          await asyncio.sleep(offset)
          async for number in generator:
              print(name, number, t())
              await asyncio.sleep(1)
          print(name, "ends", t())

      async def main():
          generator = count(5)
          async with asyncio.TaskGroup() as group:
              group.create_task(consume("a", generator, 0), name="a")
              group.create_task(consume("b", generator, 0.5), name="b")
    `,
      function* (print) {
        const generator = counterThatPrints(print)(5);
        function* consume(name: string, offset: number): Coroutine {
          yield* sleep(offset);
          yield* asyncFor(generator, function* (number) {
            print(name, number, t());
            yield* sleep(1);
          });
          print(name, "ends", t());
        }
        const group = new TaskGroup();
        yield* asyncWith(group, function* () {
          group.createTask(consume("a", 0), { name: "a" });
          group.createTask(consume("b", 0.5), { name: "b" });
        });
      },
    ));

  it("AG-05: an error of the second is its own, and the first goes on", () =>
    same(
      `
      ${helpers}
      async def consume(name, generator):
          async for number in generator:
              print(name, number)

      async def main():
          generator = count(2, 1)
          print(await asyncio.gather(consume("a", generator), consume("b", generator), return_exceptions=True))
    `,
      function* (print) {
        const generator = counterThatPrints(print)(2, 1);
        function* consume(name: string): Coroutine {
          yield* asyncFor(generator, function* (number) {
            print(name, number);
          });
        }
        print(yield* gather([consume("a"), consume("b")], { returnExceptions: true }));
      },
    ));

  it("AG-05: a generator may not iterate itself", () =>
    same(
      `
      ${helpers}
      async def generate():
          for method in (lambda: anext(generator), generator.aclose, lambda: generator.athrow(ValueError("x"))):
              yield await awaiting(method())

      generator = generate()

      async def main():
          async for text in generator:
              print(text)
    `,
      function* (print) {
        const generate = asyncGenerator(function* (emit) {
          const methods = [
            () => anext(generator),
            () => generator.aclose(),
            () => generator.athrow(new ValueError("x")),
          ];
          for (const method of methods) yield* emit(yield* awaiting(method()));
        });
        const generator: AsyncGenerator<string> = generate();
        yield* asyncFor(generator, function* (text) {
          print(text);
        });
      },
    ));

  it("AG-05: may take turns by asend and aclose too", () =>
    same(
      `
      ${helpers}
      async def echo():
          received = None
          while received != "end":
              received = yield f"{current()} sent {received}"
              await asyncio.sleep(1)

      async def send(generator, values):
          return [await awaiting(generator.asend(value)) for value in values]

      async def main():
          generator = echo()
          print(await anext(generator))
          for name, values in (("a", ["x", None]), ("b", [1, "end", "late"])):
              print(await asyncio.create_task(send(generator, values), name=name), t())
    `,
      function* (print) {
        const echo = asyncGenerator(function* (emit) {
          let received: unknown;
          while (received !== "end") {
            received = yield* emit(`${current()} sent ${str(received)}`);
            yield* sleep(1);
          }
        });
        const generator = echo();
        function* send(values: readonly unknown[]): Coroutine<string[]> {
          const results: string[] = [];
          for (const value of values) results.push(yield* awaiting(generator.asend(value)));
          return results;
        }
        print(yield* anext(generator));
        for (const [name, values] of [
          ["a", ["x", undefined]],
          ["b", [1, "end", "late"]],
        ] as const) {
          print(yield* createTask(send(values), { name }), t());
        }
      },
    ));
});

describe("AG-06: what each method does in each state", () => {
  /** Each state of a generator, and each method called twice and followed by a look at what is left. */
  const states = `
      ${helpers}
      async def generate(log):
          try:
              log.append(f"received {(yield 1)!r}")
              log.append(f"received {(yield 2)!r}")
          except BaseException as error:
              log.append(f"caught {error!r}")
              raise
          finally:
              log.append("finally")

      async def unstarted(log):
          return generate(log)

      async def suspended(log):
          generator = generate(log)
          await anext(generator)
          return generator

      async def ended(log):
          generator = generate(log)
          async for number in generator:
              pass
          return generator

      async def failed(log):
          generator = await suspended(log)
          await awaiting(generator.athrow(ValueError("before")))
          return generator

      async def closed(log):
          generator = await suspended(log)
          await generator.aclose()
          return generator

      async def closed_unstarted(log):
          generator = generate(log)
          await generator.aclose()
          return generator
  `;

  function statesIn() {
    const generate = asyncGenerator(function* (emit, log: string[]) {
      try {
        log.push(`received ${repr(yield* emit(1))}`);
        log.push(`received ${repr(yield* emit(2))}`);
      } catch (error) {
        log.push(`caught ${repr(error)}`);
        throw error;
      } finally {
        log.push("finally");
      }
    });
    type Made = Coroutine<AsyncGenerator<number>>;
    return {
      *unstarted(log: string[]): Made {
        return generate(log);
      },
      *suspended(log: string[]): Made {
        const generator = generate(log);
        yield* anext(generator);
        return generator;
      },
      *ended(log: string[]): Made {
        const generator = generate(log);
        yield* asyncFor(generator, function* () {});
        return generator;
      },
      *failed(log: string[]): Made {
        const generator = generate(log);
        yield* anext(generator);
        yield* awaiting(generator.athrow(new ValueError("before")));
        return generator;
      },
      *closed(log: string[]): Made {
        const generator = generate(log);
        yield* anext(generator);
        yield* generator.aclose();
        return generator;
      },
      *closed_unstarted(log: string[]): Made {
        const generator = generate(log);
        yield* generator.aclose();
        return generator;
      },
    };
  }

  const calls = [
    ["anext(generator)", (generator) => anext(generator)],
    ["generator.asend(None)", (generator) => generator.asend(undefined)],
    ["generator.asend(5)", (generator) => generator.asend(5)],
    ['generator.athrow(ValueError("x"))', (generator) => generator.athrow(new ValueError("x"))],
    ['generator.athrow(asyncio.CancelledError("x"))', (generator) => generator.athrow(new CancelledError("x"))],
    ["generator.athrow(GeneratorExit())", (generator) => generator.athrow(new GeneratorExit())],
    ["generator.athrow(StopAsyncIteration())", (generator) => generator.athrow(new StopAsyncIteration())],
    ["generator.aclose()", (generator) => generator.aclose()],
  ] as const satisfies readonly (readonly [string, (generator: AsyncGenerator<number>) => Coroutine<unknown>])[];

  it.each(calls)("AG-06: %s in every state, twice", (python, call) =>
    same(
      `
      ${states}
      async def main():
          for state in (unstarted, suspended, ended, failed, closed, closed_unstarted):
              log = []
              generator = await state(log)
              print(state.__name__, log)
              log.clear()
              for _ in range(2):
                  print("  ", await awaiting(${python}))
              print("  ", log, await awaiting(anext(generator)), await awaiting(generator.aclose()))
    `,
      function* (print) {
        for (const [name, make] of Object.entries(statesIn())) {
          const log: string[] = [];
          const generator = yield* make(log);
          print(name, log);
          log.length = 0;
          for (let times = 0; times < 2; times++) print("  ", yield* awaiting(call(generator)));
          print("  ", log, yield* awaiting(anext(generator)), yield* awaiting(generator.aclose()));
        }
      },
    ),
  );

  it.each(calls)(
    "AG-06: %s of one that yielded again while it was closed, and so has ignored GeneratorExit",
    (python, call) =>
      same(
        `
      ${helpers}
      async def ignore():
          try:
              yield 1
          except GeneratorExit:
              reply = yield 2
              print("goes on", reply)
              yield 3

      async def main():
          asyncio.get_running_loop().set_exception_handler(lambda loop, context: print("report", repr(context["exception"])))
          generator = keep(ignore())
          await anext(generator)
          print(await awaiting(generator.aclose()))
          for _ in range(2):
              print(await awaiting(${python}))
          print(await awaiting(anext(generator)))
          print(await awaiting(generator.aclose()))
    `,
        function* (print) {
          const ignore = asyncGenerator(function* (emit) {
            try {
              yield* emit(1);
            } catch (error) {
              if (!(error instanceof GeneratorExit)) throw error;
              const reply = yield* emit(2);
              print("goes on", reply);
              yield* emit(3);
            }
          });
          getRunningLoop().setExceptionHandler((_, { exception }) => print("report", repr(exception)));
          const generator = ignore();
          yield* anext(generator);
          print(yield* awaiting(generator.aclose()));
          for (let times = 0; times < 2; times++) print(yield* awaiting(call(generator)));
          print(yield* awaiting(anext(generator)));
          print(yield* awaiting(generator.aclose()));
        },
      ),
  );

  it("AG-06: one that yields in a finally block is refused the same way", () =>
    same(
      `
      ${helpers}
      async def generate():
          try:
              yield 1
          finally:
              print("before")
              yield 2
              print("not reached")

      async def main():
          # The loop cannot close them either: what it says of that is in AG-03.
          asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
          generator = keep(generate())
          await anext(generator)
          print(await awaiting(generator.aclose()))
          generator = keep(generate())
          print(await anext(generator), await anext(generator))
          print(await awaiting(generator.aclose()))
    `,
      function* (print) {
        const generate = asyncGenerator(function* (emit) {
          try {
            yield* emit(1);
          } finally {
            print("before");
            yield* emit(2);
            print("not reached");
          }
        });
        getRunningLoop().setExceptionHandler(() => {});
        const ignoring = generate();
        yield* anext(ignoring);
        print(yield* awaiting(ignoring.aclose()));
        const generator = generate();
        print(yield* anext(generator), yield* anext(generator));
        print(yield* awaiting(generator.aclose()));
      },
    ));

  it("AG-06: what it does with GeneratorExit: return, raise another, raise one of its own, fail", () =>
    same(
      `
      ${helpers}
      def fail(error):
          raise error

      async def generate(end):
          try:
              yield 1
          except GeneratorExit:
              print("closing")
              end()

      async def main():
          for end in (lambda: None, lambda: fail(GeneratorExit("own")), lambda: fail(ValueError("x")),
                      lambda: fail(StopAsyncIteration("y")), lambda: fail(asyncio.CancelledError("z"))):
              generator = generate(end)
              await anext(generator)
              print(await awaiting(generator.aclose()), await awaiting(generator.aclose()))
    `,
      function* (print) {
        function fail(error: Error): never {
          throw error;
        }
        const generate = asyncGenerator(function* (emit, end: () => void) {
          try {
            yield* emit(1);
          } catch (error) {
            if (!(error instanceof GeneratorExit)) throw error;
            print("closing");
            end();
          }
        });
        const ends = [
          () => {},
          () => fail(new GeneratorExit("own")),
          () => fail(new ValueError("x")),
          () => fail(new StopAsyncIteration("y")),
          () => fail(new CancelledError("z")),
        ];
        for (const end of ends) {
          const generator = generate(end);
          yield* anext(generator);
          print(yield* awaiting(generator.aclose()), yield* awaiting(generator.aclose()));
        }
      },
    ));

  it("AG-06: it may wait while it is closed, and be closed from a task that waits for it", () =>
    same(
      `
      ${helpers}
      async def main():
          generator = count(3, 1)
          await anext(generator)
          print("closing", t())
          await generator.aclose()
          print("closed", t())
    `,
      function* (print) {
        const generator = counterThatPrints(print)(3, 1);
        yield* anext(generator);
        print("closing", t());
        yield* generator.aclose();
        print("closed", t());
      },
    ));

  it("AG-06: asend gives what yield evaluates to, and athrow what it raises", () =>
    same(
      `
      ${helpers}
      async def converse():
          reply = None
          while reply != "enough":
              try:
                  reply = yield f"heard {reply!r}"
              except ValueError as error:
                  reply = f"error {error}"
                  await asyncio.sleep(1)

      async def main():
          generator = converse()
          print(await anext(generator), await generator.asend("hello"), await generator.asend(None))
          print(await generator.athrow(ValueError("x")), t())
          print(await anext(generator), await generator.asend([1, 2]))
          print(await awaiting(generator.asend("enough")), await awaiting(generator.asend("late")))
    `,
      function* (print) {
        const converse = asyncGenerator(function* (emit) {
          let reply: unknown;
          while (reply !== "enough") {
            try {
              reply = yield* emit(`heard ${repr(reply)}`);
            } catch (error) {
              if (!(error instanceof ValueError)) throw error;
              reply = `error ${error.message}`;
              yield* sleep(1);
            }
          }
        });
        const generator = converse();
        print(yield* anext(generator), yield* generator.asend("hello"), yield* generator.asend(undefined));
        print(yield* generator.athrow(new ValueError("x")), t());
        print(yield* anext(generator), yield* generator.asend([1, 2]));
        print(yield* awaiting(generator.asend("enough")), yield* awaiting(generator.asend("late")));
      },
    ));

  it("AG-06: a generator that raises StopAsyncIteration fails with a RuntimeError that has it as its cause", () =>
    same(
      `
      ${helpers}
      error = StopAsyncIteration("own")

      async def generate():
          yield 1
          raise error

      async def main():
          generator = generate()
          try:
              async for number in generator:
                  print(number)
          except RuntimeError as raised:
              print(repr(raised), raised.__cause__ is error)
          print(await awaiting(anext(generator)))
    `,
      function* (print) {
        const error = new StopAsyncIteration("own");
        const generate = asyncGenerator(function* (emit) {
          yield* emit(1);
          throw error;
        });
        const generator = generate();
        try {
          yield* asyncFor(generator, function* (number) {
            print(number);
          });
        } catch (raised) {
          print(repr(raised), (raised as Error).cause === error);
        }
        print(yield* awaiting(anext(generator)));
      },
    ));

  it("AG-06: a generator may yield None, undefined values being values as any other", () =>
    same(
      `
      async def generate():
          for value in (None, 0, "", False):
              yield value

      async def main():
          async for value in generate():
              print(repr(value))
          print([value async for value in generate()])
    `,
      function* (print) {
        const generate = asyncGenerator(function* (emit) {
          for (const value of [undefined, 0, "", false]) yield* emit(value);
        });
        yield* asyncFor(generate(), function* (value) {
          print(repr(value));
        });
        const values: unknown[] = [];
        yield* asyncFor(generate(), function* (value) {
          values.push(value);
        });
        print(values);
      },
    ));

  it("AG-06: the awaitables of the methods do nothing before they are awaited", () =>
    same(
      `
      ${helpers}
      async def main():
          generator = count(3)
          first, second, closing = anext(generator), anext(generator), generator.aclose()
          print(await second, await first)
          print(await awaiting(generator.athrow(ValueError("x"))))
          print(await awaiting(closing))
    `,
      function* (print) {
        const generator = counterThatPrints(print)(3);
        const [first, second, closing] = [anext(generator), anext(generator), generator.aclose()];
        print(yield* second, yield* first);
        print(yield* awaiting(generator.athrow(new ValueError("x"))));
        print(yield* awaiting(closing));
      },
    ));
});

describe("AG-06: async for and anext", () => {
  it("AG-06: anext with a fallback does not raise at the end", () =>
    same(
      `
      ${helpers}
      async def main():
          generator = count(1)
          print(await anext(generator, "fallback"), await anext(generator, "fallback"), await anext(generator, None))
          print(await awaiting(anext(generator)))
          broken = fail()
          print(await awaiting(anext(broken, "fallback")), await awaiting(anext(broken, "fallback")))

      async def fail():
          raise ValueError("x")
          yield
    `,
      function* (print) {
        const generator = counterThatPrints(print)(1);
        const fallback = "fallback";
        print(yield* anext(generator, fallback), yield* anext(generator, fallback), yield* anext(generator, undefined));
        print(yield* awaiting(anext(generator)));
        const fail = asyncGenerator(function* () {
          throw new ValueError("x");
        });
        const broken = fail();
        print(yield* awaiting(anext(broken, fallback)), yield* awaiting(anext(broken, fallback)));
      },
    ));

  it("AG-06: async for takes any object with aiter and anext, and asks for a new iterator each time", () =>
    same(
      `
      class Countdown:
          def __init__(self, start):
              self.start = start

          def __aiter__(self):
              print("aiter")
              return CountdownIterator(self.start)

      class CountdownIterator:
          def __init__(self, left):
              self.left = left

          def __aiter__(self):
              return self

          async def __anext__(self):
              if self.left == 0:
                  raise StopAsyncIteration
              await asyncio.sleep(1)
              self.left -= 1
              return self.left

      async def main():
          countdown = Countdown(3)
          for _ in range(2):
              async for number in countdown:
                  print(number, t())
          iterator = aiter(countdown)
          print(await anext(iterator), aiter(iterator) is iterator)
          async for number in iterator:
              print(number, t())
    `,
      function* (print) {
        class CountdownIterator {
          left: number;
          constructor(left: number) {
            this.left = left;
          }
          aiter(): this {
            return this;
          }
          *anext(): Coroutine<number> {
            if (this.left === 0) throw new StopAsyncIteration();
            yield* sleep(1);
            this.left -= 1;
            return this.left;
          }
        }
        const countdown = {
          aiter() {
            print("aiter");
            return new CountdownIterator(3);
          },
        };
        for (let times = 0; times < 2; times++) {
          yield* asyncFor(countdown, function* (number) {
            print(number, t());
          });
        }
        const iterator = aiter(countdown);
        print(yield* anext(iterator), aiter(iterator) === iterator);
        yield* asyncFor(iterator, function* (number) {
          print(number, t());
        });
      },
    ));

  it("AG-06: a StopAsyncIteration of the loop's body is no end of the loop", () =>
    same(
      `
      ${helpers}
      async def loop(generator):
          async for number in generator:
              print(number)
              raise StopAsyncIteration("of the body")
          print("not reached")

      async def main():
          print(await awaiting(loop(keep(count(2)))))
    `,
      function* (print) {
        const count = counterThatPrints(print);
        function* loop(generator: AsyncGenerator<number>): Coroutine {
          yield* asyncFor(generator, function* (number) {
            print(number);
            throw new StopAsyncIteration("of the body");
          });
          print("not reached");
        }
        print(yield* awaiting(loop(count(2))));
      },
    ));

  it("AG-06: async for waits in its body and in the generator by turns", () =>
    same(
      `
      ${helpers}
      async def main():
          async for number in count(2, 1):
              print("got", number, t())
              await asyncio.sleep(0.5)
              print("worked", t())
    `,
      function* (print) {
        yield* asyncFor(counterThatPrints(print)(2, 1), function* (number) {
          print("got", number, t());
          yield* sleep(0.5);
          print("worked", t());
        });
      },
    ));

  it("AG-06: generators compose: one filters what another yields, and errors pass through both", () =>
    same(
      `
      ${helpers}
      async def numbers():
          for number in range(5):
              await asyncio.sleep(1)
              if number == 4:
                  raise ValueError("no more")
              yield number

      async def even(source):
          async for number in source:
              if number % 2 == 0:
                  yield number * 10

      async def main():
          seen = []
          try:
              async for number in even(numbers()):
                  seen.append(number)
          except ValueError as error:
              print(repr(error), seen, t())
    `,
      function* (print) {
        const numbers = asyncGenerator(function* (emit) {
          for (let number = 0; number < 5; number++) {
            yield* sleep(1);
            if (number === 4) throw new ValueError("no more");
            yield* emit(number);
          }
        });
        const even = asyncGenerator(function* (emit, source: AsyncGenerator<number>) {
          yield* asyncFor(source, function* (number) {
            if (number % 2 === 0) yield* emit(number * 10);
          });
        });
        const seen: number[] = [];
        try {
          yield* asyncFor(even(numbers()), function* (number) {
            seen.push(number);
          });
        } catch (error) {
          print(repr(error), seen, t());
        }
      },
    ));
});

describe("AG-07: a value handed out inside a cancel scope", () => {
  it("AG-07: a timeout around a yield cancels whoever iterates, where it stands", () =>
    same(
      `
      ${helpers}
      async def generate():
          try:
              async with asyncio.timeout(1):
                  yield 1
                  yield 2
          except TimeoutError as error:
              print("generator", repr(error), t())

      async def consume(generator):
          async for number in generator:
              print("got", number)
              try:
                  await asyncio.sleep(5)
              except asyncio.CancelledError as error:
                  print("consumer", repr(error), asyncio.current_task().cancelling(), t())

      async def main():
          await consume(keep(generate()))
          print("end", asyncio.current_task().cancelling(), t())
    `,
      function* (print) {
        const generate = asyncGenerator(function* (emit) {
          try {
            yield* asyncWith(timeout(1), function* () {
              yield* emit(1);
              yield* emit(2);
            });
          } catch (error) {
            print("generator", repr(error), t());
          }
        });
        yield* asyncFor(generate(), function* (number) {
          print("got", number);
          try {
            yield* sleep(5);
          } catch (error) {
            print("consumer", repr(error), currentTask()?.cancelling(), t());
          }
        });
        print("end", currentTask()?.cancelling(), t());
      },
    ));

  it("AG-07: a failing child of a TaskGroup around a yield does so too", () =>
    same(
      `
      ${helpers}
      async def fail():
          await asyncio.sleep(1)
          raise ValueError("child")

      async def generate():
          async with asyncio.TaskGroup() as group:
              group.create_task(fail())
              yield 1

      async def main():
          generator = keep(generate())
          print(await anext(generator))
          print(await awaiting(asyncio.sleep(5)), asyncio.current_task().cancelling(), t())
          print(await awaiting(anext(generator)), asyncio.current_task().cancelling(), t())
    `,
      function* (print) {
        function* fail(): Coroutine {
          yield* sleep(1);
          throw new ValueError("child");
        }
        const generate = asyncGenerator(function* (emit) {
          const group = new TaskGroup();
          yield* asyncWith(group, function* () {
            group.createTask(fail());
            yield* emit(1);
          });
        });
        const generator = generate();
        print(yield* anext(generator));
        print(yield* awaiting(sleep(5)), currentTask()?.cancelling(), t());
        print(yield* awaiting(anext(generator)), currentTask()?.cancelling(), t());
      },
    ));
});

describe("AG-08: asyncContextManager", () => {
  it("AG-08: what comes before the yield is the entering, and what comes after it the leaving", () =>
    same(
      `
      ${helpers}
      @contextlib.asynccontextmanager
      async def resource(name):
          print("acquiring", name, t())
          await asyncio.sleep(1)
          try:
              yield name.upper()
          finally:
              print("releasing", name, t())
              await asyncio.sleep(1)

      async def main():
          async with resource("a") as first, resource("b") as second:
              print(first, second, t())
              await asyncio.sleep(1)
          print("left", t())
    `,
      function* (print) {
        const resource = asyncContextManager(function* (emit, name: string) {
          print("acquiring", name, t());
          yield* sleep(1);
          try {
            yield* emit(name.toUpperCase());
          } finally {
            print("releasing", name, t());
            yield* sleep(1);
          }
        });
        yield* asyncWith([resource("a"), resource("b")], function* ([first, second]) {
          print(first, second, t());
          yield* sleep(1);
        });
        print("left", t());
      },
    ));

  /** What can happen to the error of the block. */
  const outcomes = [
    ["re-raises it", "raise"],
    ["returns", "pass"],
    ["raises another", 'raise TypeError("other")'],
    ["raises another with it as the cause", 'raise RuntimeError("other") from error'],
    ["yields again", 'yield "again"'],
    ["raises a StopAsyncIteration", 'raise StopAsyncIteration("own")'],
    ["raises a GeneratorExit", 'raise GeneratorExit("own")'],
    ["raises a cancellation", 'raise asyncio.CancelledError("own")'],
  ] as const;

  const errors = [
    ['ValueError("x")', new ValueError("x")],
    ['RuntimeError("x")', new RuntimeError("x")],
    ['StopAsyncIteration("x")', new StopAsyncIteration("x")],
    ['asyncio.CancelledError("x")', new CancelledError("x")],
    ['GeneratorExit("x")', new GeneratorExit("x")],
  ] as const;

  it.each(outcomes)("AG-08: when the block raises, and the generator %s", (outcome, code) =>
    same(
      `
      ${helpers}
      @contextlib.asynccontextmanager
      async def manager():
          try:
              yield "value"
          except BaseException as error:
              print("generator caught", repr(error))
              try:
                  ${code}
              finally:
                  print("generator ends")

      async def main():
          for error in (${errors.map(([python]) => python).join(", ")}):
              try:
                  async with manager():
                      raise error
                  print("swallowed")
              except BaseException as raised:
                  print(repr(raised), raised is error, raised.__cause__ is error)
    `,
      function* (print) {
        const manager = asyncContextManager(function* (emit) {
          try {
            yield* emit("value");
          } catch (error) {
            print("generator caught", repr(error));
            try {
              switch (outcome) {
                case "re-raises it":
                  throw error;
                case "returns":
                  break;
                case "raises another":
                  // oxlint-disable-next-line preserve-caught-error
                  throw new TypeError("other");
                case "raises another with it as the cause":
                  throw new RuntimeError("other", { cause: error });
                case "yields again":
                  yield* emit("again");
                  break;
                case "raises a StopAsyncIteration":
                  throw new StopAsyncIteration("own");
                case "raises a GeneratorExit":
                  throw new GeneratorExit("own");
                case "raises a cancellation":
                  throw new CancelledError("own");
              }
            } finally {
              print("generator ends");
            }
          }
        });
        for (const [, error] of errors) {
          try {
            yield* asyncWith(manager(), function* () {
              throw error;
            });
            print("swallowed");
          } catch (raised) {
            print(repr(raised), raised === error, (raised as Error).cause === error);
          }
        }
      },
    ),
  );

  it("AG-08: a generator that does not catch the error, lets it through unchanged", () =>
    same(
      `
      ${helpers}
      @contextlib.asynccontextmanager
      async def manager():
          yield "value"
          print("not reached")

      async def main():
          for error in (${errors.map(([python]) => python).join(", ")}):
              try:
                  async with manager() as value:
                      print(value)
                      raise error
              except BaseException as raised:
                  print(repr(raised), raised is error)
    `,
      function* (print) {
        const manager = asyncContextManager(function* (emit) {
          yield* emit("value");
          print("not reached");
        });
        for (const [, error] of errors) {
          try {
            yield* asyncWith(manager(), function* (value) {
              print(value);
              throw error;
            });
          } catch (raised) {
            print(repr(raised), raised === error);
          }
        }
      },
    ));

  it("AG-08: a generator that does not yield, or raises before", () =>
    same(
      `
      ${helpers}
      @contextlib.asynccontextmanager
      async def no_value():
          return
          yield

      @contextlib.asynccontextmanager
      async def fails(error):
          await asyncio.sleep(1)
          raise error
          yield

      async def enter(manager):
          async with manager:
              print("not reached")

      async def main():
          print(await awaiting(enter(no_value())))
          for error in (ValueError("x"), StopAsyncIteration("y"), asyncio.CancelledError("z")):
              print(await awaiting(enter(fails(error))), t())
    `,
      function* (print) {
        const noValue = asyncContextManager(function* () {});
        const fails = asyncContextManager(function* (_emit, error: Error) {
          yield* sleep(1);
          throw error;
        });
        const enter = (manager: ReturnType<typeof noValue>): Coroutine<unknown> =>
          asyncWith(manager, function* () {
            print("not reached");
          });
        print(yield* awaiting(enter(noValue())));
        for (const error of [new ValueError("x"), new StopAsyncIteration("y"), new CancelledError("z")]) {
          print(yield* awaiting(enter(fails(error))), t());
        }
      },
    ));

  it("AG-08: a generator that yields twice, and then ends well or does not", () =>
    same(
      `
      ${helpers}
      @contextlib.asynccontextmanager
      async def twice(end):
          yield 1
          try:
              yield 2
          finally:
              await asyncio.sleep(1)
              print("closed", t())
              if end == "raise":
                  raise ValueError("in cleanup")
              if end == "yield":
                  yield 3

      async def enter(end):
          async with keep(twice(end)) as value:
              print(value)

      async def main():
          asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
          for end in ("return", "raise", "yield"):
              print(await awaiting(enter(end)))
    `,
      function* (print) {
        const twice = asyncContextManager(function* (emit, end: string) {
          yield* emit(1);
          try {
            yield* emit(2);
          } finally {
            yield* sleep(1);
            print("closed", t());
            // oxlint-disable-next-line no-unsafe-finally
            if (end === "raise") throw new ValueError("in cleanup");
            if (end === "yield") yield* emit(3);
          }
        });
        function* enter(end: string): Coroutine {
          yield* asyncWith(twice(end), function* (value) {
            print(value);
          });
        }
        getRunningLoop().setExceptionHandler(() => {});
        for (const end of ["return", "raise", "yield"]) print(yield* awaiting(enter(end)));
      },
    ));

  it("AG-08: it can raise while it is left although the block did not", () =>
    same(
      `
      ${helpers}
      @contextlib.asynccontextmanager
      async def manager(error):
          yield
          await asyncio.sleep(1)
          raise error

      async def block(error):
          async with manager(error):
              pass

      async def main():
          for error in (${errors.map(([python]) => python).join(", ")}):
              print(await awaiting(block(error)), t())
    `,
      function* (print) {
        const manager = asyncContextManager(function* (emit, error: Error) {
          yield* emit(undefined);
          yield* sleep(1);
          throw error;
        });
        function* block(error: Error): Coroutine {
          yield* asyncWith(manager(error), function* () {});
        }
        for (const [, error] of errors) print(yield* awaiting(block(error)), t());
      },
    ));

  it("AG-08: cancelled in the block, while it is entered and while it is left", () =>
    same(
      `
      ${helpers}
      @contextlib.asynccontextmanager
      async def manager():
          try:
              print("enters", t())
              await asyncio.sleep(2)
              yield
          finally:
              try:
                  print("leaves", t())
                  await asyncio.sleep(2)
                  print("has left", t())
              except asyncio.CancelledError as error:
                  print("interrupted", repr(error), t())
                  raise

      async def block():
          async with manager():
              print("block", t())
              await asyncio.sleep(2)
          return "end of block"

      async def main():
          for moment in (1, 3, 5):
              print("cancelled at", moment)
              task = asyncio.create_task(block())
              await asyncio.sleep(moment)
              task.cancel("enough")
              print(await awaiting(task), task.cancelling(), t())
    `,
      function* (print) {
        const manager = asyncContextManager(function* (emit) {
          try {
            print("enters", t());
            yield* sleep(2);
            yield* emit(undefined);
          } finally {
            try {
              print("leaves", t());
              yield* sleep(2);
              print("has left", t());
            } catch (error) {
              print("interrupted", repr(error), t());
              // oxlint-disable-next-line no-unsafe-finally
              throw error;
            }
          }
        });
        function* block(): Coroutine<string> {
          return yield* asyncWith(manager(), function* () {
            print("block", t());
            yield* sleep(2);
            return "end of block";
          }) as Coroutine<string>;
        }
        for (const moment of [1, 3, 5]) {
          print("cancelled at", moment);
          const task = createTask(block());
          yield* sleep(moment);
          task.cancel("enough");
          print(yield* awaiting(task), task.cancelling(), t());
        }
      },
    ));

  it("AG-08: each call makes a manager of its own, which can be entered once", () =>
    same(
      `
      ${helpers}
      @contextlib.asynccontextmanager
      async def manager(name):
          print("enter", name)
          yield name
          print("exit", name)

      async def enter(manager):
          async with manager as value:
              return value

      async def main():
          one, other = manager("one"), manager("other")
          print(await enter(other), await enter(one))
          print((await awaiting(enter(one)))[:6])
    `,
      function* (print) {
        const manager = asyncContextManager(function* (emit, name: string) {
          print("enter", name);
          yield* emit(name);
          print("exit", name);
        });
        function* enter(one: ReturnType<typeof manager>): Coroutine<string | undefined> {
          return yield* asyncWith(one, function* (value) {
            return value;
          });
        }
        const [one, other] = [manager("one"), manager("other")];
        print(yield* enter(other), yield* enter(one));
        print((yield* awaiting(enter(one))).slice(0, 6));
      },
    ));
});

describe("AG-09: AsyncExitStack", () => {
  /** A manager that prints, and what it does when it is left; both languages have one. */
  const recorders = `
      ${helpers}
      class Recorder:
          def __init__(self, name, *, raises=None, swallows=False, delay=0):
              self.name, self.raises, self.swallows, self.delay = name, raises, swallows, delay

          async def __aenter__(self):
              print("enter", self.name)
              await asyncio.sleep(self.delay)
              return self.name

          async def __aexit__(self, exc_type, error, traceback):
              await asyncio.sleep(self.delay)
              print("exit", self.name, repr(error), t())
              if self.raises:
                  raise self.raises
              return self.swallows

          def __enter__(self):
              return self

          def __exit__(self, *details):
              print("sync exit", self.name)

      def callback(name, raises=None):
          print("callback", name)
          if raises:
              raise raises
          return True

      async def async_callback(name, raises=None):
          await asyncio.sleep(1)
          return callback(name, raises)
  `;

  interface Plan {
    readonly raises?: Error;
    readonly swallows?: boolean;
    readonly delay?: number;
  }

  function recorderIn(print: Print) {
    return (name: string, { raises, swallows = false, delay = 0 }: Plan = {}) => ({
      *aenter(): Coroutine<string> {
        print("enter", name);
        yield* sleep(delay);
        return name;
      },
      *aexit(error: Error | undefined): Coroutine<boolean> {
        yield* sleep(delay);
        print("exit", name, repr(error), t());
        if (raises !== undefined) throw raises;
        return swallows;
      },
      [Symbol.dispose](): void {
        print("sync exit", name);
      },
    });
  }

  function callbackIn(print: Print) {
    return (name: string, raises?: Error): boolean => {
      print("callback", name);
      if (raises !== undefined) throw raises;
      return true;
    };
  }

  function asyncCallbackIn(print: Print) {
    return function* (name: string, raises?: Error): Coroutine<boolean> {
      yield* sleep(1);
      return callbackIn(print)(name, raises);
    };
  }

  it("AG-09: unwinds last in, first out, whatever was put on it", () =>
    same(
      `
      ${recorders}
      async def exit_function(exc_type, error, traceback):
          print("exit function", repr(error))

      async def main():
          async with contextlib.AsyncExitStack() as stack:
              print(await stack.enter_async_context(Recorder("a", delay=1)), t())
              stack.callback(callback, "b")
              print(await stack.enter_async_context(Recorder("c")))
              stack.push_async_callback(async_callback, "d")
              stack.push_async_exit(Recorder("e"))
              stack.push_async_exit(exit_function)
              stack.push(lambda exc_type, error, traceback: print("push", repr(error)))
              print(stack.enter_context(Recorder("f")).name)
              print("end of block")
          print("left", t())
    `,
      function* (print) {
        const [recorder, callback, asyncCallback] = [recorderIn(print), callbackIn(print), asyncCallbackIn(print)];
        yield* asyncWith(new AsyncExitStack(), function* (stack) {
          print(yield* stack.enterAsyncContext(recorder("a", { delay: 1 })), t());
          stack.callback(() => callback("b"));
          print(yield* stack.enterAsyncContext(recorder("c")));
          stack.pushAsyncCallback(() => asyncCallback("d"));
          stack.pushAsyncExit(recorder("e"));
          stack.pushAsyncExit(function* (error) {
            print("exit function", repr(error));
          });
          stack.push((error) => print("push", repr(error)));
          const entered = { ...recorder("f"), name: "f" };
          print(stack.enterContext(entered).name);
          print("end of block");
        });
        print("left", t());
      },
    ));

  it("AG-09: each is told the error that is on its way by then, until one swallows it", () =>
    same(
      `
      ${recorders}
      async def main():
          async with contextlib.AsyncExitStack() as stack:
              await stack.enter_async_context(Recorder("outermost"))
              stack.push(lambda exc_type, error, traceback: print("push", repr(error)))
              await stack.enter_async_context(Recorder("swallows", swallows=True))
              stack.callback(callback, "blind")
              stack.push_async_callback(async_callback, "blind too")
              await stack.enter_async_context(Recorder("innermost"))
              raise ValueError("x")
          print("swallowed", t())
    `,
      function* (print) {
        const [recorder, callback, asyncCallback] = [recorderIn(print), callbackIn(print), asyncCallbackIn(print)];
        yield* asyncWith(new AsyncExitStack(), function* (stack) {
          yield* stack.enterAsyncContext(recorder("outermost"));
          stack.push((error) => print("push", repr(error)));
          yield* stack.enterAsyncContext(recorder("swallows", { swallows: true }));
          stack.callback(() => callback("blind"));
          stack.pushAsyncCallback(() => asyncCallback("blind too"));
          yield* stack.enterAsyncContext(recorder("innermost"));
          throw new ValueError("x");
        });
        print("swallowed", t());
      },
    ));

  it("AG-09: one that raises replaces the error, and the next one sees the new one", () =>
    same(
      `
      ${recorders}
      async def block(error, *plans):
          async with contextlib.AsyncExitStack() as stack:
              for index, plan in enumerate(plans):
                  await stack.enter_async_context(Recorder(index, **plan))
              if error:
                  raise error

      async def main():
          error, other = ValueError("block"), TypeError("exit")
          raises, swallows, nothing = {"raises": other}, {"swallows": True}, {}
          same = {"raises": error}
          for plans in ([nothing, raises], [nothing, swallows, raises], [raises, swallows], [raises, nothing, swallows],
                        [swallows, raises, swallows], [same], [nothing, same, swallows], [swallows, same]):
              for thrown in (error, None):
                  print(await awaiting(block(thrown, *plans)))
    `,
      function* (print) {
        const recorder = recorderIn(print);
        function* block(error: Error | undefined, plans: readonly Plan[]): Coroutine {
          yield* asyncWith(new AsyncExitStack(), function* (stack) {
            for (const [index, plan] of plans.entries()) {
              yield* stack.enterAsyncContext(recorder(String(index), plan));
            }
            if (error !== undefined) throw error;
          });
        }
        const [error, other] = [new ValueError("block"), new TypeError("exit")];
        const [raises, swallows, nothing, again] = [{ raises: other }, { swallows: true }, {}, { raises: error }];
        const all = [
          [nothing, raises],
          [nothing, swallows, raises],
          [raises, swallows],
          [raises, nothing, swallows],
          [swallows, raises, swallows],
          [again],
          [nothing, again, swallows],
          [swallows, again],
        ];
        for (const plans of all) {
          for (const thrown of [error, undefined]) print(yield* awaiting(block(thrown, plans)));
        }
      },
    ));

  it("AG-09: callbacks that raise replace the error too, and what they return swallows nothing", () =>
    same(
      `
      ${recorders}
      def push(error):
          print("told", repr(error))
          return isinstance(error, TypeError)

      async def block(error, *errors):
          async with contextlib.AsyncExitStack() as stack:
              stack.push(lambda exc_type, error, traceback: push(error))
              for each in errors:
                  stack.callback(callback, "plain", each)
                  stack.push_async_callback(async_callback, "coroutine", each)
              if error:
                  raise error

      async def main():
          for errors in ([None], [ValueError("x")], [None, TypeError("y")], [TypeError("y"), None]):
              for error in (None, ValueError("block"), TypeError("block")):
                  print(await awaiting(block(error, *errors)))
    `,
      function* (print) {
        const [callback, asyncCallback] = [callbackIn(print), asyncCallbackIn(print)];
        function* block(error: Error | undefined, errors: readonly (Error | undefined)[]): Coroutine {
          yield* asyncWith(new AsyncExitStack(), function* (stack) {
            stack.push((told) => {
              print("told", repr(told));
              return told instanceof TypeError;
            });
            for (const each of errors) {
              stack.callback(() => callback("plain", each));
              stack.pushAsyncCallback(() => asyncCallback("coroutine", each));
            }
            if (error !== undefined) throw error;
          });
        }
        const all = [
          [undefined],
          [new ValueError("x")],
          [undefined, new TypeError("y")],
          [new TypeError("y"), undefined],
        ];
        for (const errors of all) {
          for (const error of [undefined, new ValueError("block"), new TypeError("block")]) {
            print(yield* awaiting(block(error, errors)));
          }
        }
      },
    ));

  it("AG-09: popAll moves everything to a new stack, and aclose leaves it", () =>
    same(
      `
      ${recorders}
      async def main():
          async with contextlib.AsyncExitStack() as stack:
              await stack.enter_async_context(Recorder("a"))
              stack.callback(callback, "b")
              rest = stack.pop_all()
              await stack.enter_async_context(Recorder("c"))
              print("end of block", rest is stack)
          print("left")
          await rest.enter_async_context(Recorder("d"))
          await rest.aclose()
          print("closed")
          await rest.aclose()
          await stack.aclose()
          print("closed again")
          async with stack as same:
              print(same is stack)
              stack.callback(callback, "e")
    `,
      function* (print) {
        const [recorder, callback] = [recorderIn(print), callbackIn(print)];
        const stack = new AsyncExitStack();
        const rest = yield* asyncWith(stack, function* () {
          yield* stack.enterAsyncContext(recorder("a"));
          stack.callback(() => callback("b"));
          const moved = stack.popAll();
          yield* stack.enterAsyncContext(recorder("c"));
          print("end of block", moved === stack);
          return moved;
        });
        print("left");
        yield* rest?.enterAsyncContext(recorder("d")) ?? sleep(0);
        yield* rest?.aclose() ?? sleep(0);
        print("closed");
        yield* rest?.aclose() ?? sleep(0);
        yield* stack.aclose();
        print("closed again");
        yield* asyncWith(stack, function* (entered) {
          print(entered === stack);
          stack.callback(() => callback("e"));
        });
      },
    ));

  it("AG-09: aclose raises what the last one to fail raised", () =>
    same(
      `
      ${recorders}
      async def main():
          stack = contextlib.AsyncExitStack()
          stack.callback(callback, "a", ValueError("a"))
          stack.callback(callback, "b")
          stack.callback(callback, "c", ValueError("c"))
          print(await awaiting(stack.aclose()))
          print(await awaiting(stack.aclose()))
    `,
      function* (print) {
        const callback = callbackIn(print);
        const stack = new AsyncExitStack();
        stack.callback(() => callback("a", new ValueError("a")));
        stack.callback(() => callback("b"));
        stack.callback(() => callback("c", new ValueError("c")));
        print(yield* awaiting(stack.aclose()));
        print(yield* awaiting(stack.aclose()));
      },
    ));

  it("AG-09: an error or cancellation while one is entered leaves those before it", () =>
    same(
      `
      ${recorders}
      class Broken(Recorder):
          async def __aenter__(self):
              await asyncio.sleep(1)
              raise ValueError(self.name)

      async def block(last):
          async with contextlib.AsyncExitStack() as stack:
              await stack.enter_async_context(Recorder("first"))
              await stack.enter_async_context(last)
              print("not reached")

      async def main():
          print(await awaiting(block(Broken("broken"))))
          task = asyncio.create_task(block(Recorder("slow", delay=5)))
          await asyncio.sleep(1)
          task.cancel()
          print(await awaiting(task), task.cancelled(), t())
    `,
      function* (print) {
        const recorder = recorderIn(print);
        const broken = {
          ...recorder("broken"),
          *aenter(): Coroutine<string> {
            yield* sleep(1);
            throw new ValueError("broken");
          },
        };
        function* block(last: ReturnType<typeof recorder>): Coroutine {
          yield* asyncWith(new AsyncExitStack(), function* (stack) {
            yield* stack.enterAsyncContext(recorder("first"));
            yield* stack.enterAsyncContext(last);
            print("not reached");
          });
        }
        print(yield* awaiting(block(broken)));
        const task = createTask(block(recorder("slow", { delay: 5 })));
        yield* sleep(1);
        task.cancel();
        print(yield* awaiting(task), task.cancelled(), t());
      },
    ));

  it("AG-09: cancelled while it unwinds, it tells those that are left", () =>
    same(
      `
      ${recorders}
      async def block():
          async with contextlib.AsyncExitStack() as stack:
              for name in "abc":
                  await stack.enter_async_context(Recorder(name, delay=1))

      async def main():
          task = asyncio.create_task(block())
          await asyncio.sleep(4.5)
          task.cancel("while b is left")
          print(await awaiting(task), t())
    `,
      function* (print) {
        const recorder = recorderIn(print);
        function* block(): Coroutine {
          yield* asyncWith(new AsyncExitStack(), function* (stack) {
            for (const name of ["a", "b", "c"]) yield* stack.enterAsyncContext(recorder(name, { delay: 1 }));
          });
        }
        const task = createTask(block());
        yield* sleep(4.5);
        task.cancel("while b is left");
        print(yield* awaiting(task), t());
      },
    ));

  it("AG-09: a callback may put more on the stack while it unwinds", () =>
    same(
      `
      ${recorders}
      async def main():
          async with contextlib.AsyncExitStack() as stack:
              def more():
                  print("more")
                  stack.callback(callback, "late")

              stack.callback(callback, "first")
              stack.callback(more)
    `,
      function* (print) {
        const callback = callbackIn(print);
        yield* asyncWith(new AsyncExitStack(), function* (stack) {
          stack.callback(() => callback("first"));
          stack.callback(() => {
            print("more");
            stack.callback(() => callback("late"));
          });
        });
      },
    ));

  it("AG-09: left by hand, a manager says whether it has swallowed an error, and there is none to swallow without", () =>
    same(
      `
      ${recorders}
      @contextlib.asynccontextmanager
      async def swallow():
          try:
              yield
          except ValueError:
              pass

      async def leave(manager, error):
          await manager.__aenter__()
          return await manager.__aexit__(type(error) if error else None, error, None)

      def stack():
          stack = contextlib.AsyncExitStack()
          stack.push(lambda *details: True)
          return stack

      async def main():
          for make in (swallow, stack, lambda: contextlib.suppress(ValueError)):
              for error in (None, ValueError("x")):
                  if (manager := make()).__class__ is contextlib.suppress:
                      manager.__enter__()
                      print(bool(manager.__exit__(type(error) if error else None, error, None)))
                  else:
                      print(await leave(manager, error))
    `,
      function* (print) {
        const swallow = asyncContextManager(function* (emit) {
          try {
            yield* emit(undefined);
          } catch {}
        });
        const stack = (): AsyncExitStack => {
          const made = new AsyncExitStack();
          made.push(() => true);
          return made;
        };
        for (const make of [swallow, stack, () => suppress(ValueError)]) {
          for (const error of [undefined, new ValueError("x")]) {
            const manager = make();
            yield* manager.aenter();
            print(yield* manager.aexit(error));
          }
        }
      },
    ));
});

describe("AG-10: aclosing, nullcontext and suppress", () => {
  it("AG-10: aclosing hands the thing to the block, and closes it", () =>
    same(
      `
      ${helpers}
      class Thing:
          def __init__(self, error=None):
              self.error = error

          async def aclose(self):
              await asyncio.sleep(1)
              print("aclose", t())
              if self.error:
                  raise self.error
              return True

      async def block(thing, error):
          async with contextlib.aclosing(thing) as entered:
              print(entered is thing)
              if error:
                  raise error

      async def main():
          for thing in (Thing(), Thing(TypeError("closing"))):
              for error in (None, ValueError("block")):
                  print(await awaiting(block(thing, error)))
    `,
      function* (print) {
        class Thing {
          readonly error: Error | undefined;
          constructor(error?: Error) {
            this.error = error;
          }
          *aclose(): Coroutine<boolean> {
            yield* sleep(1);
            print("aclose", t());
            if (this.error !== undefined) throw this.error;
            return true;
          }
        }
        function* block(thing: Thing, error: Error | undefined): Coroutine {
          yield* asyncWith(aclosing(thing), function* (entered) {
            print(entered === thing);
            if (error !== undefined) throw error;
          });
        }
        for (const thing of [new Thing(), new Thing(new TypeError("closing"))]) {
          for (const error of [undefined, new ValueError("block")]) print(yield* awaiting(block(thing, error)));
        }
      },
    ));

  it("AG-10: nullcontext does nothing but hand a value to the block", () =>
    same(
      `
      ${helpers}
      async def block(manager, error=None):
          async with manager as value:
              print(value)
              if error:
                  raise error
              return value

      async def main():
          print(await awaiting(block(contextlib.nullcontext())))
          print(await awaiting(block(contextlib.nullcontext("value"))))
          print(await awaiting(block(contextlib.nullcontext("value"), ValueError("x"))))
    `,
      function* (print) {
        const fail = (error: Error | undefined): void => {
          if (error !== undefined) throw error;
        };
        function* block(value?: string, error?: Error): Coroutine<unknown> {
          return yield* asyncWith(value === undefined ? nullcontext() : nullcontext(value), function* (entered) {
            print(entered);
            fail(error);
            return entered;
          });
        }
        print(yield* awaiting(block()));
        print(yield* awaiting(block("value")));
        print(yield* awaiting(block("value", new ValueError("x"))));
      },
    ));

  it("AG-10: suppress swallows errors of its classes, and of their subclasses", () =>
    same(
      `
      ${helpers}
      class Special(ValueError):
          pass

      async def block(error, *classes):
          with contextlib.suppress(*classes):
              await asyncio.sleep(1)
              if error:
                  raise error
          return "after"

      async def main():
          for error in (ValueError("x"), Special("y"), TypeError("z"), asyncio.CancelledError("c"), None):
              for classes in ([], [ValueError], [Special, TypeError], [Exception], [BaseException]):
                  print(await awaiting(block(error, *classes)))
    `,
      function* (print) {
        class Special extends ValueError {
          override readonly name = "Special";
        }
        function* block(error: Error | undefined, classes: readonly ErrorClass<Error>[]): Coroutine<string> {
          yield* asyncWith(suppress(...classes), function* () {
            yield* sleep(1);
            if (error !== undefined) throw error;
          });
          return "after";
        }
        const errors = [new ValueError("x"), new Special("y"), new TypeError("z"), new CancelledError("c"), undefined];
        for (const error of errors) {
          for (const classes of [[], [ValueError], [Special, TypeError], [Exception], [BaseException]]) {
            print(yield* awaiting(block(error, classes)));
          }
        }
      },
    ));

  it("AG-10: suppress takes what matches out of a group, and raises the rest", () =>
    same(
      `
      ${helpers}
      group = lambda: ExceptionGroup("g", [ValueError("1"), ExceptionGroup("h", [TypeError("2"), ValueError("3")])])
      base = lambda: BaseExceptionGroup("b", [asyncio.CancelledError("c"), ValueError("4")])

      async def block(error, *classes):
          with contextlib.suppress(*classes):
              raise error
          return "after"

      async def main():
          for make in (group, base):
              for classes in ([], [ValueError], [TypeError], [ValueError, TypeError], [KeyboardInterrupt],
                              [asyncio.CancelledError], [asyncio.CancelledError, ValueError], [ExceptionGroup],
                              [BaseExceptionGroup], [Exception]):
                  error = make()
                  try:
                      print(await block(error, *classes))
                  except BaseException as raised:
                      print(repr(raised))
    `,
      function* (print) {
        const group = (): Error =>
          new ExceptionGroup("g", [
            new ValueError("1"),
            new ExceptionGroup("h", [new TypeError("2"), new ValueError("3")]),
          ]);
        const base = (): Error => new BaseExceptionGroup("b", [new CancelledError("c"), new ValueError("4")]);
        function* block(error: Error, classes: readonly ErrorClass<Error>[]): Coroutine<string> {
          yield* asyncWith(suppress(...classes), function* () {
            throw error;
          });
          return "after";
        }
        const all: readonly (readonly ErrorClass<Error>[])[] = [
          [],
          [ValueError],
          [TypeError],
          [ValueError, TypeError],
          [KeyboardInterrupt],
          [CancelledError],
          [CancelledError, ValueError],
          [ExceptionGroup],
          [BaseExceptionGroup],
          [Exception],
        ];
        for (const make of [group, base]) {
          for (const classes of all) {
            const error = make();
            try {
              print(yield* block(error, classes));
            } catch (raised) {
              print(repr(raised));
            }
          }
        }
      },
    ));

  it("AG-10: what suppress leaves of a group is a group of its own, even if that is all of it", () =>
    same(
      `
      ${helpers}
      async def main():
          for classes in ([], [KeyboardInterrupt], [TypeError]):
              error = ExceptionGroup("g", [ValueError("x"), TypeError("y")])
              try:
                  with contextlib.suppress(*classes):
                      raise error
              except ExceptionGroup as raised:
                  print(repr(raised), raised is error, raised.exceptions[0] is error.exceptions[0])
    `,
      function* (print) {
        for (const classes of [[], [KeyboardInterrupt], [TypeError]]) {
          const error = new ExceptionGroup("g", [new ValueError("x"), new TypeError("y")]);
          try {
            yield* asyncWith(suppress(...classes), function* () {
              throw error;
            });
          } catch (raised) {
            if (!(raised instanceof ExceptionGroup)) throw raised;
            print(repr(raised), raised === error, raised.exceptions[0] === error.exceptions[0]);
          }
        }
      },
    ));
});

describe("AG-11: async with and cancellation", () => {
  it("AG-11: when aenter is cancelled, aexit is not called; in the block, it is told and may suppress it", () =>
    same(
      `
      ${helpers}
      class Manager:
          def __init__(self, swallows):
              self.swallows = swallows

          async def __aenter__(self):
              print("aenter", t())
              await asyncio.sleep(2)

          async def __aexit__(self, exc_type, error, traceback):
              print("aexit", repr(error), t())
              await asyncio.sleep(2)
              print("aexit ends", t())
              return self.swallows

      async def block(swallows):
          async with Manager(swallows):
              await asyncio.sleep(2)
          print("after the block", asyncio.current_task().cancelling())
          await asyncio.sleep(1)
          return "end"

      async def main():
          for swallows in (False, True):
              for moment in (1, 3, 5):
                  task = asyncio.create_task(block(swallows))
                  await asyncio.sleep(moment)
                  task.cancel("enough")
                  print(await awaiting(task), task.cancelled(), t())
    `,
      function* (print) {
        const manager = (swallows: boolean) => ({
          *aenter(): Coroutine {
            print("aenter", t());
            yield* sleep(2);
          },
          *aexit(error: Error | undefined): Coroutine<boolean> {
            print("aexit", repr(error), t());
            yield* sleep(2);
            print("aexit ends", t());
            return swallows;
          },
        });
        function* block(swallows: boolean): Coroutine<string> {
          yield* asyncWith(manager(swallows), function* () {
            yield* sleep(2);
          });
          print("after the block", currentTask()?.cancelling());
          yield* sleep(1);
          return "end";
        }
        for (const swallows of [false, true]) {
          for (const moment of [1, 3, 5]) {
            const task = createTask(block(swallows));
            yield* sleep(moment);
            task.cancel("enough");
            print(yield* awaiting(task), task.cancelled(), t());
          }
        }
      },
    ));
});

describe("AG-12: closing a suspended coroutine", () => {
  /** Each way to answer GeneratorExit. */
  const ends = [
    ["lets it through", "raise"],
    ["returns", "return 5"],
    ["raises another error", 'raise ValueError("cleanup")'],
    ["raises a GeneratorExit of its own", 'raise GeneratorExit("own")'],
    ["awaits", "await asyncio.sleep(0)"],
    ["awaits the same future", "await future"],
  ] as const;

  it.each(ends)("AG-12: throws GeneratorExit at its await, and the coroutine %s", (end, code) =>
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

describe("AG-14: return in a finally block", () => {
  it("AG-14: swallows a cancellation on its way", () =>
    same(
      `
      async def worker():
          try:
              await asyncio.sleep(5)
          finally:
              return "returned"

      async def main():
          task = asyncio.create_task(worker())
          await asyncio.sleep(1)
          print(task.cancel())
          print(await task, task.cancelled(), task.cancelling(), t())
    `,
      function* (print) {
        function* worker(): Coroutine<string> {
          try {
            yield* sleep(5);
          } finally {
            // oxlint-disable-next-line no-unsafe-finally
            return "returned";
          }
        }
        const task = createTask(worker());
        yield* sleep(1);
        print(task.cancel());
        print(yield* task, task.cancelled(), task.cancelling(), t());
      },
    ));
});

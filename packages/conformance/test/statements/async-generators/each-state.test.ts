import { anext, asyncFor, type AsyncGenerator, asyncGenerator } from "@yieldstar/asyncgen";
import {
  CancelledError,
  type Coroutine,
  GeneratorExit,
  getRunningLoop,
  sleep,
  StopAsyncIteration,
  ValueError,
} from "@yieldstar/loop";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same } from "../../../src/same.ts";
import { awaiting, t } from "../outcomes.ts";
import { counterThatPrints, helpers } from "./helpers.ts";

describe("AG-06: each method in each state", () => {
  /** Each state of a generator; each method is called twice, and then the generator's state is printed. */
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

  it.each(calls)("AG-06: %s of a generator that ignored GeneratorExit by yielding again", (python, call) =>
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

  it("AG-06: aclose() fails when the generator yields in a finally block", () =>
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

  it("AG-06: a generator may answer GeneratorExit by returning, raising another GeneratorExit, or failing", () =>
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

  it("AG-06: aclose() waits for a cleanup that awaits", () =>
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

  it("AG-06: asend() sets the value of yield, and athrow() the error that yield raises", () =>
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

  it("AG-06: a generator that raises StopAsyncIteration fails with a RuntimeError caused by it", () =>
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

  it("AG-06: a generator may yield None, and undefined is a value like any other", () =>
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

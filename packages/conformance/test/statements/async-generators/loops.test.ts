import { aclosing, aiter, anext, asyncFor, type AsyncGenerator, asyncGenerator, BREAK } from "@yieldstar/asyncgen";
import { asyncWith, type Coroutine, sleep, StopAsyncIteration, ValueError } from "@yieldstar/loop";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same } from "../../../src/same.ts";
import { awaiting, t } from "../outcomes.ts";
import { counterThatPrints, helpers } from "./helpers.ts";

describe("AG-01: leaving a loop early", () => {
  it("AG-01: break leaves the generator open, and it may be iterated further", () =>
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

  it("AG-01: return and errors leave the generator open; the end of the run closes it, in another task", () =>
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

  it("AG-01: aclose() runs the finally blocks before it returns", () =>
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

  it("AG-01: aclosing closes the generator however the block is left", () =>
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

  it("AG-01: the else clause runs when no break ended the loop", () =>
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

describe("AG-06: async for and anext", () => {
  it("AG-06: anext() with a fallback returns it at the end instead of raising", () =>
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

  it("AG-06: a StopAsyncIteration of the loop's body is an error, not the end of the loop", () =>
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

  it("AG-06: async for waits in its body and in the generator in turn", () =>
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

  it("AG-06: generators compose: one filters the values of another, and errors pass through both", () =>
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

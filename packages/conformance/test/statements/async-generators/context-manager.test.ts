import { asyncContextManager } from "@yieldstar/asyncgen";
import {
  asyncWith,
  CancelledError,
  type Coroutine,
  createTask,
  GeneratorExit,
  getRunningLoop,
  RuntimeError,
  sleep,
  StopAsyncIteration,
  ValueError,
} from "@yieldstar/loop";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same } from "../../../src/same.ts";
import { awaiting, t } from "../outcomes.ts";
import { helpers } from "./helpers.ts";

describe("AG-08: asyncContextManager", () => {
  it("AG-08: the code before the yield enters the block, and the code after it leaves the block", () =>
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

  /** The reactions to the error of the block. */
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

  it.each(outcomes)("AG-08: the block raises, and the generator %s", (outcome, code) =>
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

  it("AG-08: a generator that does not catch the error lets it through unchanged", () =>
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

  it("AG-08: entering fails when the generator does not yield, or raises first", () =>
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

  it("AG-08: leaving fails when the generator yields twice, whether its cleanup succeeds or fails", () =>
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

  it("AG-08: a manager can raise while it is left although the block did not", () =>
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

  it("AG-08: a cancellation reaches the manager while it is entered, in the block, and while it is left", () =>
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

  it("AG-08: each call makes a new manager, which can be entered once", () =>
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

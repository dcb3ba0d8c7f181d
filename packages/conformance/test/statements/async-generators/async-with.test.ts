import { aclosing, nullcontext, suppress } from "@yieldstar/asyncgen";
import {
  asyncWith,
  BaseException,
  CancelledError,
  type Coroutine,
  createTask,
  currentTask,
  Exception,
  KeyboardInterrupt,
  sleep,
  ValueError,
} from "@yieldstar/loop";
import { BaseExceptionGroup, type ErrorClass, ExceptionGroup } from "@yieldstar/taskgroup";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same } from "../../../src/same.ts";
import { awaiting, t } from "../outcomes.ts";
import { helpers } from "./helpers.ts";

describe("AG-10: aclosing, nullcontext and suppress", () => {
  it("AG-10: aclosing hands its object to the block, and closes it afterwards", () =>
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

  it("AG-10: nullcontext only hands a value to the block", () =>
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

  it("AG-10: suppress swallows errors of its classes and of their subclasses", () =>
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

  it("AG-10: suppress removes matching errors from a group, and raises the rest", () =>
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

  it("AG-10: the rest that suppress raises is a new group, even if nothing was removed", () =>
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
  it("AG-11: a cancelled aenter skips aexit; a cancelled block gives aexit the error, which it may suppress", () =>
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

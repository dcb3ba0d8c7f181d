import { AsyncExitStack, asyncContextManager, suppress } from "@yieldstar/asyncgen";
import { asyncWith, type Coroutine, createTask, sleep, ValueError } from "@yieldstar/loop";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { type Print, same } from "../../../src/same.ts";
import { awaiting, t } from "../outcomes.ts";
import { helpers } from "./helpers.ts";

describe("AG-09: AsyncExitStack", () => {
  /** A manager that prints, and that has a plan for its exit; one in each language. */
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

  it("AG-09: the stack unwinds last in, first out, whatever was put on it", () =>
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

  it("AG-09: each exit gets the error that is pending by then, until one swallows it", () =>
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

  it("AG-09: an exit that raises replaces the error, and the next exit gets the new one", () =>
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

  it("AG-09: a callback that raises replaces the error too, and a callback's return value swallows nothing", () =>
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

  it("AG-09: popAll() moves everything to a new stack, which aclose() unwinds", () =>
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

  it("AG-09: aclose() raises the error of the last exit that failed", () =>
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

  it("AG-09: an error or a cancellation while one manager is entered unwinds those entered before", () =>
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

  it("AG-09: a stack that is cancelled while it unwinds still calls the remaining exits", () =>
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

  it("AG-09: a callback may add to the stack while it unwinds", () =>
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

  it("AG-09: a manager that is left by hand returns true only if it has swallowed an error", () =>
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

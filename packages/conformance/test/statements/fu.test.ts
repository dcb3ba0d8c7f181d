import {
  type Awaitable,
  BaseException,
  CancelledError,
  ContextVar,
  copyContext,
  type Coroutine,
  createTask,
  Exception,
  Future,
  GeneratorExit,
  getRunningLoop,
  InvalidStateError,
  isFuture,
  KeyboardInterrupt,
  LookupError,
  RuntimeError,
  setEventLoop,
  sleep,
  StopAsyncIteration,
  SystemExit,
  type Task,
  TimeoutError,
  ValueError,
} from "@yieldstar/loop";
import { waitFor } from "@yieldstar/timeout";
import { describe, it } from "vitest";
import { repr } from "../../src/python-text.ts";
import { same, sameScript } from "../../src/same.ts";

/** For snippets, and indented as they are: what a call, or awaiting, came to; and a repr without places in files. */
const helpers = `
      import re

      def outcome(call):
          try:
              return f"returned {call()!r}"
          except BaseException as error:
              return f"raised {error!r}"

      async def awaiting(awaitable):
          try:
              return f"returned {await awaitable!r}"
          except BaseException as error:
              return f"raised {error!r}"

      def shown(future):
          return re.sub(r" at [^ ,\\]]+:\\d+", "", repr(future))
`;

function outcome(call: () => unknown): string {
  try {
    return `returned ${repr(call())}`;
  } catch (error) {
    return `raised ${repr(error)}`;
  }
}

function* awaiting(awaitable: Awaitable<unknown>): Coroutine<string> {
  try {
    return `returned ${repr(yield* awaitable)}`;
  } catch (error) {
    return `raised ${repr(error)}`;
  }
}

function createFuture<T>(): Future<T> {
  return getRunningLoop().createFuture<T>();
}

/** What the call throws. */
function caught(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

describe("FU: futures", () => {
  it("FU-01: a future is pending, cancelled or finished", async () => {
    const python = `
      async def main():
          loop = asyncio.get_running_loop()
          pending, cancelled, succeeded, failed = [loop.create_future() for _ in range(4)]
          cancelled.cancel()
          succeeded.set_result(None)
          failed.set_exception(ValueError("x"))
          for future in (pending, cancelled, succeeded, failed):
              print(future, future.done(), future.cancelled())
          failed.exception()
    `;
    await same(python, function* (print) {
      const pending = createFuture();
      const cancelled = createFuture();
      const succeeded = createFuture();
      const failed = createFuture();
      cancelled.cancel();
      succeeded.setResult(undefined);
      failed.setException(new ValueError("x"));
      for (const future of [pending, cancelled, succeeded, failed]) {
        print(future, future.done(), future.cancelled());
      }
      failed.exception();
    });
  });

  it("FU-01: a future that failed with a CancelledError is finished, not cancelled", async () => {
    const python = `
      ${helpers}
      async def wait_for_it(future):
          await future

      async def main():
          future = asyncio.get_running_loop().create_future()
          future.set_exception(asyncio.CancelledError("x"))
          print(future, future.done(), future.cancelled())
          print(outcome(future.exception), outcome(future.result))
          task = asyncio.create_task(wait_for_it(future))
          await asyncio.sleep(0)
          print(task.done(), task.cancelled())
    `;
    await same(python, function* (print) {
      function* waitForIt(awaited: Future<unknown>): Coroutine {
        yield* awaited;
      }
      const future = createFuture();
      future.setException(new CancelledError("x"));
      print(future, future.done(), future.cancelled());
      print(
        outcome(() => future.exception()),
        outcome(() => future.result()),
      );
      const task = createTask(waitForIt(future));
      yield* sleep(0);
      print(task.done(), task.cancelled());
    });
  });

  it("FU-02: result() and exception() of a pending future raise InvalidStateError, each with its text", async () => {
    const python = `
      ${helpers}
      async def main():
          future = asyncio.get_running_loop().create_future()
          print(outcome(future.result))
          print(outcome(future.exception))
          future.set_result(1)
          print(outcome(future.result), outcome(future.exception))
    `;
    await same(python, function* (print) {
      const future = createFuture();
      print(outcome(() => future.result()));
      print(outcome(() => future.exception()));
      future.setResult(1);
      print(
        outcome(() => future.result()),
        outcome(() => future.exception()),
      );
    });
  });

  it("FU-03: a done future takes neither a result nor an exception, and keeps its outcome", async () => {
    const python = `
      ${helpers}
      async def main():
          loop = asyncio.get_running_loop()
          succeeded, failed, cancelled = [loop.create_future() for _ in range(3)]
          succeeded.set_result(1)
          failed.set_exception(ValueError("x"))
          cancelled.cancel()
          for future in (succeeded, failed, cancelled):
              print(outcome(lambda: future.set_result(2)))
              print(outcome(lambda: future.set_exception(ValueError("y"))))
              print(outcome(lambda: future.set_exception(5)))
              print(future, outcome(future.result))
    `;
    await same(python, function* (print) {
      const succeeded = createFuture();
      const failed = createFuture();
      const cancelled = createFuture();
      succeeded.setResult(1);
      failed.setException(new ValueError("x"));
      cancelled.cancel();
      for (const future of [succeeded, failed, cancelled]) {
        print(outcome(() => future.setResult(2)));
        print(outcome(() => future.setException(new ValueError("y"))));
        print(outcome(() => future.setException(5 as never)));
        print(
          future,
          outcome(() => future.result()),
        );
      }
    });
  });

  it("FU-04: the errors stand directly below Exception or BaseException, and there is one TimeoutError", async () => {
    const python = `
      classes = [BaseException, Exception, RuntimeError, ValueError, TypeError, LookupError, TimeoutError]
      classes += [asyncio.InvalidStateError, asyncio.CancelledError]
      classes += [KeyboardInterrupt, SystemExit, GeneratorExit, StopAsyncIteration]

      async def main():
          future = asyncio.get_running_loop().create_future()
          for raising in (future.result, future.exception, future.cancel, future.result):
              try:
                  raising()
              except BaseException as error:
                  print([cls.__name__ for cls in classes if isinstance(error, cls)])
          try:
              await asyncio.wait_for(asyncio.sleep(2), 1)
          except asyncio.TimeoutError as error:
              print([cls.__name__ for cls in classes if isinstance(error, cls)])
    `;
    await same(python, function* (print) {
      const classes = [BaseException, Exception, RuntimeError, ValueError, TypeError, LookupError, TimeoutError];
      classes.push(InvalidStateError, CancelledError);
      classes.push(KeyboardInterrupt, SystemExit, GeneratorExit, StopAsyncIteration);
      const future = createFuture();
      for (const raising of ["result", "exception", "cancel", "result"] as const) {
        try {
          future[raising]();
        } catch (error) {
          print(classes.filter((cls) => error instanceof cls).map((cls) => cls.name));
        }
      }
      try {
        yield* waitFor(sleep(2), 1);
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error;
        print(classes.filter((cls) => error instanceof cls).map((cls) => cls.name));
      }
    });
  });

  it("FU-04: a handler for Exception lets CancelledError through", async () => {
    const python = `
      async def worker():
          try:
              await asyncio.sleep(1)
          except Exception:
              print("handled")

      async def main():
          task = asyncio.create_task(worker())
          await asyncio.sleep(0)
          task.cancel()
          await asyncio.sleep(0)
          print(task.cancelled())
    `;
    await same(python, function* (print) {
      function* worker(): Coroutine {
        try {
          yield* sleep(1);
        } catch (error) {
          if (!(error instanceof Exception)) throw error;
          print("handled");
        }
      }
      const task = createTask(worker());
      yield* sleep(0);
      task.cancel();
      yield* sleep(0);
      print(task.cancelled());
    });
  });

  it("FU-05: cancel() on a pending future cancels it at once and schedules its callbacks", async () => {
    const python = `
      async def main():
          future = asyncio.get_running_loop().create_future()
          future.add_done_callback(lambda future: print("first", future))
          future.add_done_callback(lambda future: print("second", future))
          print(future.cancel())
          print(future, future.done(), future.cancelled())
          await asyncio.sleep(0)
          print("later")
    `;
    await same(python, function* (print) {
      const future = createFuture();
      future.addDoneCallback((done) => print("first", done));
      future.addDoneCallback((done) => print("second", done));
      print(future.cancel());
      print(future, future.done(), future.cancelled());
      yield* sleep(0);
      print("later");
    });
  });

  it("FU-05: cancel() on a done or cancelled future returns False and changes nothing", async () => {
    const python = `
      ${helpers}
      async def main():
          loop = asyncio.get_running_loop()
          succeeded, failed, cancelled = [loop.create_future() for _ in range(3)]
          succeeded.set_result(1)
          failed.set_exception(ValueError("x"))
          cancelled.cancel("first")
          await asyncio.sleep(0)
          for future in (succeeded, failed, cancelled):
              future.add_done_callback(lambda future: print("called", future))
              print(future.cancel("second"), future, outcome(future.result))
          await asyncio.sleep(0)
          print("later")
    `;
    await same(python, function* (print) {
      const succeeded = createFuture();
      const failed = createFuture();
      const cancelled = createFuture();
      succeeded.setResult(1);
      failed.setException(new ValueError("x"));
      cancelled.cancel("first");
      yield* sleep(0);
      for (const future of [succeeded, failed, cancelled]) {
        future.addDoneCallback((done) => print("called", done));
        print(
          future.cancel("second"),
          future,
          outcome(() => future.result()),
        );
      }
      yield* sleep(0);
      print("later");
    });
  });

  it("FU-05: cancel() on a failed future counts as having retrieved its exception", async () => {
    const python = `
      loop = asyncio.new_event_loop()
      loop.set_exception_handler(lambda loop, context: print(context["message"], context["exception"]))

      def failed(message):
          future = loop.create_future()
          future.set_exception(ValueError(message))
          return future

      left, cancelled = failed("left"), failed("cancelled")
      print(cancelled.cancel(), cancelled)
      del left, cancelled
      loop.close()
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      loop.setExceptionHandler((_loop, context) => print(context.message, context.exception));
      function failed(message: string): Future<unknown> {
        const future = loop.createFuture();
        future.setException(new ValueError(message));
        return future;
      }
      failed("left");
      const cancelled = failed("cancelled");
      print(cancelled.cancel(), cancelled);
      loop.close();
    });
  });

  it("FU-06: result() and exception() of a cancelled future both raise CancelledError", async () => {
    const python = `
      ${helpers}
      async def main():
          future = asyncio.get_running_loop().create_future()
          future.cancel()
          print(outcome(future.result), outcome(future.exception))
    `;
    await same(python, function* (print) {
      const future = createFuture();
      future.cancel();
      print(
        outcome(() => future.result()),
        outcome(() => future.exception()),
      );
    });
  });

  it("FU-07: every CancelledError of a future has the message of cancel(), of any type, in its args", async () => {
    const python = `
      ${helpers}
      async def main():
          loop = asyncio.get_running_loop()
          for message in (None, "", 0, False, "text", [1, "a"]):
              future = loop.create_future()
              waiting = asyncio.create_task(awaiting(future))
              await asyncio.sleep(0)
              future.cancel(message)
              print(await waiting, outcome(future.result), outcome(future.exception), await awaiting(future))
          future = loop.create_future()
          future.cancel()
          print(outcome(future.result))
    `;
    await same(python, function* (print) {
      for (const message of [undefined, "", 0, false, "text", [1, "a"]]) {
        const future = createFuture();
        const waiting = createTask(awaiting(future));
        yield* sleep(0);
        future.cancel(message);
        print(
          yield* waiting,
          outcome(() => future.result()),
          outcome(() => future.exception()),
          yield* awaiting(future),
        );
      }
      const future = createFuture();
      future.cancel();
      print(outcome(() => future.result()));
    });
  });

  it("FU-07: the message is the very object that cancel() was given", async () => {
    const python = `
      async def main():
          future, message = asyncio.get_running_loop().create_future(), object()
          future.cancel(message)
          try:
              future.result()
          except asyncio.CancelledError as error:
              print(len(error.args), error.args[0] is message)
    `;
    await same(python, function* (print) {
      const future = createFuture();
      const message = {};
      future.cancel(message);
      try {
        future.result();
      } catch (error) {
        if (!(error instanceof CancelledError)) throw error;
        print(error.args.length, error.args[0] === message);
      }
    });
  });

  it("FU-08: a cancelled future raises a new error each time, a failed one the same", async () => {
    const python = `
      def caught(call):
          try:
              return call()
          except BaseException as error:
              return error

      async def wait_for_it(future):
          try:
              await future
          except BaseException as error:
              return error

      async def main():
          cancelled, failed = [asyncio.get_running_loop().create_future() for _ in range(2)]
          waiting = [asyncio.create_task(wait_for_it(future)) for future in (cancelled, cancelled, failed, failed)]
          await asyncio.sleep(0)
          cancelled.cancel("x")
          given = ValueError("y")
          failed.set_exception(given)
          errors = [await task for task in waiting]
          for future in (cancelled, failed):
              errors += [caught(future.result), caught(future.exception), await wait_for_it(future)]
          print(errors)
          of_cancelled, of_failed = errors[:2] + errors[4:7], errors[2:4] + errors[7:]
          print(len(of_cancelled), len(set(of_cancelled)))
          print(len(of_failed), all(error is given for error in of_failed))
    `;
    await same(python, function* (print) {
      function* waitForIt(future: Future<unknown>): Coroutine<unknown> {
        try {
          return yield* future;
        } catch (error) {
          return error;
        }
      }
      const cancelled = createFuture();
      const failed = createFuture();
      const waiting = [cancelled, cancelled, failed, failed].map((future) => createTask(waitForIt(future)));
      yield* sleep(0);
      cancelled.cancel("x");
      const given = new ValueError("y");
      failed.setException(given);
      const errors: unknown[] = [];
      for (const task of waiting) errors.push(yield* task);
      for (const future of [cancelled, failed]) {
        errors.push(
          caught(() => future.result()),
          caught(() => future.exception()),
          yield* waitForIt(future),
        );
      }
      print(errors);
      const ofCancelled = [...errors.slice(0, 2), ...errors.slice(4, 7)];
      const ofFailed = [...errors.slice(2, 4), ...errors.slice(7)];
      print(ofCancelled.length, new Set(ofCancelled).size);
      print(
        ofFailed.length,
        ofFailed.every((error) => error === given),
      );
    });
  });

  it("FU-09: the traceback of a failed future's exception does not grow with each await", async () => {
    const python = `
      import traceback

      def boom():
          raise ValueError("x")

      async def main():
          future = asyncio.get_running_loop().create_future()
          try:
              boom()
          except ValueError as error:
              future.set_exception(error)
          tracebacks = []
          for _ in range(3):
              try:
                  await future
              except ValueError as error:
                  tracebacks.append([frame.name for frame in traceback.extract_tb(error.__traceback__)])
          print("boom" in tracebacks[0], [len(names) <= len(tracebacks[0]) for names in tracebacks])
    `;
    await same(python, function* (print) {
      function boom(): never {
        throw new ValueError("x");
      }
      const future = createFuture();
      try {
        boom();
      } catch (error) {
        future.setException(error as ValueError);
      }
      const stacks: string[] = [];
      for (let count = 0; count < 3; count += 1) {
        try {
          yield* future;
        } catch (error) {
          stacks.push((error as ValueError).stack ?? "");
        }
      }
      const [first = ""] = stacks;
      print(
        first.includes("boom"),
        stacks.map((stack) => stack.length <= first.length),
      );
    });
  });

  it("FU-10: set_exception makes an instance of a class, without arguments", async () => {
    const python = `
      ${helpers}
      class Counting(Exception):
          def __init__(self, *args):
              super().__init__(len(args))

      async def main():
          for cls in (ValueError, Counting):
              future = asyncio.get_running_loop().create_future()
              future.set_exception(cls)
              print(future.exception() is future.exception(), isinstance(future.exception(), cls))
              print(outcome(future.result), await awaiting(future))
    `;
    await same(python, function* (print) {
      class Counting extends Error {
        readonly args: readonly unknown[];
        constructor(...args: readonly unknown[]) {
          super();
          this.name = "Counting";
          this.args = [args.length];
        }
      }
      for (const cls of [ValueError, Counting]) {
        const future = createFuture();
        future.setException(cls);
        print(future.exception() === future.exception(), future.exception() instanceof cls);
        print(
          outcome(() => future.result()),
          yield* awaiting(future),
        );
      }
    });
  });

  it("FU-12: set_exception refuses what is no exception, and the future stays pending", async () => {
    const python = `
      ${helpers}
      async def main():
          future = asyncio.get_running_loop().create_future()
          future.add_done_callback(lambda future: print("called"))
          for value in (None, 5, "text", True):
              print(outcome(lambda: future.set_exception(value)), future.done())
          await asyncio.sleep(0)
          future.set_result(1)
          print(await future)
    `;
    await same(python, function* (print) {
      const future = createFuture();
      future.addDoneCallback(() => print("called"));
      for (const value of [undefined, 5, "text", true]) {
        print(
          outcome(() => future.setException(value as never)),
          future.done(),
        );
      }
      yield* sleep(0);
      future.setResult(1);
      print(yield* future);
    });
  });

  it("FU-12: set_exception refuses objects, and instances of classes, that are no exceptions", async () => {
    const python = `
      ${helpers}
      class NoError:
          pass

      async def main():
          for value in ({}, [], NoError(), NoError):
              future = asyncio.get_running_loop().create_future()
              print(outcome(lambda: future.set_exception(value)), future.done())
    `;
    await same(python, function* (print) {
      class NoError {
        readonly name = "NoError";
      }
      for (const value of [{}, [], new NoError(), NoError]) {
        const future = createFuture();
        print(
          outcome(() => future.setException(value as never)),
          future.done(),
        );
      }
    });
  });

  it("FU-13: remove_done_callback removes every registration of the function and tells how many", async () => {
    const python = `
      def first(future): print("first")
      def second(future): print("second")
      def other(future): print("other")

      async def main():
          future = asyncio.get_running_loop().create_future()
          print(future.remove_done_callback(first))
          for callback in (first, second, first, other, first):
              future.add_done_callback(callback)
          print(future.remove_done_callback(print), future.remove_done_callback(first), future.remove_done_callback(first))
          future.set_result(None)
          await asyncio.sleep(0)
    `;
    await same(python, function* (print) {
      const first = (): void => print("first");
      const second = (): void => print("second");
      const other = (): void => print("other");
      const future = createFuture();
      print(future.removeDoneCallback(first));
      for (const callback of [first, second, first, other, first]) future.addDoneCallback(callback);
      print(future.removeDoneCallback(print), future.removeDoneCallback(first), future.removeDoneCallback(first));
      future.setResult(undefined);
      yield* sleep(0);
    });
  });

  it("FU-13: remove_done_callback leaves those who await alone", async () => {
    const python = `
      ${helpers}
      async def main():
          future = asyncio.get_running_loop().create_future()
          callback = lambda future: print("called")
          future.add_done_callback(callback)
          waiting = asyncio.create_task(awaiting(future))
          await asyncio.sleep(0)
          print(future.remove_done_callback(callback))
          future.set_result(1)
          print(await waiting)
    `;
    await same(python, function* (print) {
      const future = createFuture();
      const callback = (): void => print("called");
      future.addDoneCallback(callback);
      const waiting = createTask(awaiting(future));
      yield* sleep(0);
      print(future.removeDoneCallback(callback));
      future.setResult(1);
      print(yield* waiting);
    });
  });

  it("FU-13: remove_done_callback cannot recall a callback that is queued", async () => {
    const python = `
      def callback(future): print("called")

      async def main():
          future = asyncio.get_running_loop().create_future()
          future.add_done_callback(callback)
          future.set_result(None)
          future.add_done_callback(callback)
          print(future.remove_done_callback(callback))
          await asyncio.sleep(0)
          print(future.remove_done_callback(callback))
    `;
    await same(python, function* (print) {
      const callback = (): void => print("called");
      const future = createFuture();
      future.addDoneCallback(callback);
      future.setResult(undefined);
      future.addDoneCallback(callback);
      print(future.removeDoneCallback(callback));
      yield* sleep(0);
      print(future.removeDoneCallback(callback));
    });
  });

  it("FU-14: a callback is called as many times as it was registered, each in its place", async () => {
    const python = `
      async def main():
          future = asyncio.get_running_loop().create_future()
          often, once = lambda future: print("often"), lambda future: print("once")
          for callback in (often, often, once, often):
              future.add_done_callback(callback)
          future.set_result(None)
          await asyncio.sleep(0)
    `;
    await same(python, function* (print) {
      const future = createFuture();
      const often = (): void => print("often");
      const once = (): void => print("once");
      for (const callback of [often, often, once, often]) future.addDoneCallback(callback);
      future.setResult(undefined);
      yield* sleep(0);
    });
  });

  it("FU-15: a callback is given the future and nothing else", async () => {
    const python = `
      async def main():
          futures = [asyncio.get_running_loop().create_future() for _ in range(3)]
          for future in futures:
              future.add_done_callback(lambda *args: print(len(args), args[0] is futures[0], args[0]))
          futures[0].set_result(1)
          futures[1].set_exception(ValueError("x"))
          futures[2].cancel("y")
          await asyncio.sleep(0)
          futures[1].exception()
    `;
    await same(python, function* (print) {
      const futures = [createFuture(), createFuture(), createFuture()] as const;
      for (const future of futures) {
        future.addDoneCallback((...args) => print(args.length, args[0] === futures[0], args[0]));
      }
      futures[0].setResult(1);
      futures[1].setException(new ValueError("x"));
      futures[2].cancel("y");
      yield* sleep(0);
      futures[1].exception();
    });
  });

  it("FU-15: a callback that raises is reported, and the others are called", async () => {
    const python = `
      def boom(future):
          raise ValueError("x")

      def report(loop, context):
          print(sorted(context), context["message"].split("(")[0], repr(context["exception"]))

      async def main():
          loop = asyncio.get_running_loop()
          loop.set_exception_handler(report)
          future = loop.create_future()
          for callback in (boom, lambda future: print("second"), boom, lambda future: print("fourth")):
              future.add_done_callback(callback)
          future.set_result(1)
          await asyncio.sleep(0)
          print(future)
    `;
    await same(python, function* (print) {
      function boom(): never {
        throw new ValueError("x");
      }
      const loop = getRunningLoop();
      loop.setExceptionHandler((_loop, context) => {
        print(Object.keys(context).sort(), context.message.split("(")[0], repr(context.exception));
      });
      const future = createFuture();
      for (const callback of [boom, () => print("second"), boom, () => print("fourth")]) {
        future.addDoneCallback(callback);
      }
      future.setResult(1);
      yield* sleep(0);
      print(future);
    });
  });

  it("FU-16: a pending future yields itself once, and then gives its result", async () => {
    const python = `
      import types

      @types.coroutine
      def by_hand(future):
          iterator = future.__await__()
          yielded = next(iterator)
          print(yielded is future)
          yield yielded
          try:
              next(iterator)
          except StopIteration as stop:
              return stop.value

      async def main():
          loop = asyncio.get_running_loop()
          future = loop.create_future()
          loop.call_later(1, future.set_result, "result")
          print(await by_hand(future), t())
          try:
              next(future.__await__())
          except StopIteration as stop:
              print(stop.value)
    `;
    await same(python, function* (print) {
      function* byHand<T>(future: Future<T>): Coroutine<unknown> {
        const iterator = future[Symbol.iterator]();
        const { value: yielded } = iterator.next();
        print(yielded === (future as unknown));
        yield yielded as never;
        const last = iterator.next();
        return last.done ? last.value : "not done";
      }
      const loop = getRunningLoop();
      const future = loop.createFuture<string>();
      loop.callLater(1, () => future.setResult("result"));
      print(yield* byHand(future), loop.time());
      const only = future[Symbol.iterator]().next();
      print(only.done ? only.value : "not done");
    });
  });

  it("FU-16: resuming the await of a pending future raises RuntimeError", async () => {
    const python = `
      ${helpers}
      async def main():
          future = asyncio.get_running_loop().create_future()
          iterator = future.__await__()
          print(next(iterator) is future, outcome(lambda: next(iterator)))
          future.set_result(1)
          print(await future)
    `;
    await same(python, function* (print) {
      const future = createFuture();
      const iterator = future[Symbol.iterator]();
      print(
        iterator.next().value === (future as unknown),
        outcome(() => iterator.next()),
      );
      future.setResult(1);
      print(yield* future);
    });
  });

  it("FU-16: as long as nobody has taken the blocking flag off, a future cannot be awaited again", async () => {
    const python = `
      ${helpers}
      async def main():
          future = asyncio.get_running_loop().create_future()
          iterator = future.__await__()
          next(iterator)
          print(outcome(lambda: next(iterator)))
          print(outcome(lambda: next(iterator)))
          print(await awaiting(future))
    `;
    await same(python, function* (print) {
      const future = createFuture();
      const iterator = future[Symbol.iterator]();
      iterator.next();
      print(outcome(() => iterator.next()));
      print(outcome(() => iterator.next()));
      print(yield* awaiting(future));
    });
  });

  it("FU-17: a future belongs to the loop it was made by, or given, or that is current", async () => {
    const python = `
      ${helpers}
      print(outcome(asyncio.Future))
      one, two = asyncio.new_event_loop(), asyncio.new_event_loop()
      print(one.create_future().get_loop() is one, asyncio.Future(loop=two).get_loop() is two)
      asyncio.set_event_loop(one)
      print(asyncio.Future().get_loop() is one)

      async def main():
          print(asyncio.Future().get_loop() is two, asyncio.Future(loop=one).get_loop() is one)
          print(asyncio.current_task().get_loop() is two)
          future = one.create_future()
          future.add_done_callback(lambda future: print("called", asyncio.get_running_loop() is one))
          future.set_result(None)
          await asyncio.sleep(1)

      two.run_until_complete(main())
      one.advance(0)
      asyncio.set_event_loop(None)
      print(outcome(asyncio.Future))
      one.close()
      two.close()
    `;
    await sameScript(python, (print, newLoop) => {
      print(outcome(() => new Future()));
      const one = newLoop();
      const two = newLoop();
      print(one.createFuture().getLoop() === one, new Future({ loop: two }).getLoop() === two);
      setEventLoop(one);
      print(new Future().getLoop() === one);
      function* main(): Coroutine {
        print(new Future().getLoop() === two, new Future({ loop: one }).getLoop() === one);
        print(task.getLoop() === two);
        const future = one.createFuture<void>();
        future.addDoneCallback(() => print("called", getRunningLoop() === one));
        future.setResult();
        yield* sleep(1);
      }
      const task: Task<void> = two.createTask(main());
      two.runUntilComplete(task);
      one.advance(0);
      setEventLoop(undefined);
      print(outcome(() => new Future()));
      one.close();
      two.close();
    });
  });

  it("FU-18: a callback runs in the context of its registration, or in the one it was given", async () => {
    const python = `
      variable = contextvars.ContextVar("variable", default="default")

      def callback(future):
          print(variable.get())
          variable.set("of a callback")

      async def main():
          loop = asyncio.get_running_loop()
          for make in (loop.create_future, lambda: asyncio.create_task(asyncio.sleep(0))):
              future = make()
              given = contextvars.copy_context()
              given.run(variable.set, "given")
              variable.set("registered")
              future.add_done_callback(callback)
              future.add_done_callback(callback)
              future.add_done_callback(callback, context=given)
              future.add_done_callback(callback, context=given)
              variable.set("later")
              if not isinstance(future, asyncio.Task):
                  future.set_result(None)
              await asyncio.sleep(0.5)
              future.add_done_callback(callback)
              variable.set("even later")
              await asyncio.sleep(0)
              print(variable.get(), given[variable])
    `;
    await same(python, function* (print) {
      const variable = new ContextVar("variable", { default: "default" });
      const callback = (): void => {
        print(variable.get());
        variable.set("of a callback");
      };
      for (const make of [() => createFuture<void>(), () => createTask(sleep(0))]) {
        const future: Future<void> = make();
        const given = copyContext();
        given.run(() => variable.set("given"));
        variable.set("registered");
        future.addDoneCallback(callback);
        future.addDoneCallback(callback);
        future.addDoneCallback(callback, { context: given });
        future.addDoneCallback(callback, { context: given });
        variable.set("later");
        if (future.constructor === Future) future.setResult(undefined);
        yield* sleep(0.5);
        future.addDoneCallback(callback);
        variable.set("even later");
        yield* sleep(0);
        print(variable.get(), given.get(variable));
      }
    });
  });

  it("FU-19: futures and tasks are futures; coroutines, classes and others are not", async () => {
    const python = `
      class Own(asyncio.Future):
          pass

      async def worker():
          pass

      async def main():
          loop = asyncio.get_running_loop()
          task, coroutine = asyncio.create_task(worker()), worker()
          print([asyncio.isfuture(value) for value in (loop.create_future(), task, Own())])
          print([asyncio.isfuture(value) for value in (coroutine, asyncio.Future, None, loop, {"done": None})])
          await coroutine
    `;
    await same(python, function* (print) {
      class Own<T> extends Future<T> {}
      function* worker(): Coroutine {}
      const task = createTask(worker());
      print([createFuture(), task, new Own()].map(isFuture));
      print([worker(), Future, undefined, getRunningLoop(), { done: undefined }].map(isFuture));
    });
  });

  it("FU-20: the repr tells the state, the outcome and the callbacks", async () => {
    const python = `
      ${helpers}
      def first(future): pass
      def second(future): pass
      def third(future): pass
      def fourth(future): pass

      class Own(asyncio.Future):
          pass

      async def main():
          loop = asyncio.get_running_loop()
          future, cancelled, failed = [loop.create_future() for _ in range(3)]
          cancelled.cancel("x")
          failed.set_exception(ValueError("x"))
          print(future, cancelled, failed, Own())
          for callback in (first, second, third, fourth):
              future.add_done_callback(callback)
              print(shown(future))
          failed.add_done_callback(first)
          print(shown(failed))
          future.set_result([5, "a", None])
          print(future)
          failed.exception()
    `;
    await same(python, function* (print) {
      function first(): void {}
      function second(): void {}
      function third(): void {}
      function fourth(): void {}
      class Own<T> extends Future<T> {}
      const future = createFuture();
      const cancelled = createFuture();
      const failed = createFuture();
      cancelled.cancel("x");
      failed.setException(new ValueError("x"));
      print(future, cancelled, failed, new Own());
      for (const callback of [first, second, third, fourth]) {
        future.addDoneCallback(callback);
        print(future);
      }
      failed.addDoneCallback(first);
      print(failed);
      future.setResult([5, "a", undefined]);
      print(future);
      failed.exception();
    });
  });

  it("FU-20: the repr lists lambdas and waiting tasks among the callbacks", async () => {
    const python = `
      ${helpers}
      async def main():
          future = asyncio.get_running_loop().create_future()
          waiting = asyncio.create_task(awaiting(future))
          await asyncio.sleep(0)
          print(future)
          future.add_done_callback((lambda: lambda future: None)())
          print(shown(future).replace("main.<locals>.<lambda>.<locals>.", ""))
          future.cancel()
          print(future, await waiting)
    `;
    await same(python, function* (print) {
      const future = createFuture();
      const waiting = createTask(awaiting(future));
      yield* sleep(0);
      print(future);
      future.addDoneCallback(() => {});
      print(future);
      future.cancel();
      print(future, yield* waiting);
    });
  });

  it("FU-20: the repr abbreviates a long result", async () => {
    const python = `
      async def main():
          for result in ("a" * 40, list(range(10)), ["b" * 40, 1]):
              future = asyncio.get_running_loop().create_future()
              future.set_result(result)
              print(future)
    `;
    await same(python, function* (print) {
      for (const result of ["a".repeat(40), Array.from({ length: 10 }, (_, index) => index), ["b".repeat(40), 1]]) {
        const future = createFuture();
        future.setResult(result);
        print(future);
      }
    });
  });
});

import {
  BaseException,
  CancelledError,
  type Coroutine,
  createTask,
  Exception,
  type Future,
  GeneratorExit,
  InvalidStateError,
  KeyboardInterrupt,
  LookupError,
  RuntimeError,
  sleep,
  StopAsyncIteration,
  SystemExit,
  TimeoutError,
  ValueError,
} from "@yieldstar/loop";
import { waitFor } from "@yieldstar/timeout";
import { describe, it } from "vitest";
import { same, sameScript } from "../../../src/same.ts";
import { awaiting, createFuture, outcome } from "../outcomes.ts";
import { helpers } from "./helpers.ts";

/** The error that the call throws. */
function caught(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

describe("FU: futures", () => {
  it("FU-04: the errors derive directly from Exception or BaseException, and there is one TimeoutError", async () => {
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

  it("FU-12: set_exception refuses a value that is not an exception, and the future stays pending", async () => {
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

  it("FU-12: set_exception refuses objects, and instances of classes, that are not exceptions", async () => {
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
});

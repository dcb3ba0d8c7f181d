import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  CancelledError,
  ContextVar,
  copyContext,
  type Coroutine,
  createTask,
  currentTask,
  type ExceptionContext,
  Future,
  getRunningLoop,
  KeyboardInterrupt,
  sleep,
  SystemExit,
  Task,
  ValueError,
} from "@yieldstar/loop";
import { VirtualTimeLoop } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";
import { printed } from "../../../../../.ci/vitest/quiet.ts";
import { repr } from "../../../src/python-text.ts";
import { type Print, same, sameScript, sameUncaught } from "../../../src/same.ts";

/** Python: prints asyncio's log, instead of writing it to stderr. */
const printLogs = `import logging; logging.getLogger("asyncio").addFilter(lambda r: print(r.levelname, r.getMessage(), repr(r.exc_info[1]) if r.exc_info else ""))`;

/** Prints the console's lines in the same form. */
function printConsole(print: Print): void {
  for (const [method, text, error] of printed()) {
    print(method.toUpperCase(), text, error === undefined ? "" : repr(error));
  }
}

/** Python: an exception handler. */
const report = `report = lambda loop, context: print(context["message"], sorted(context), repr(context.get("exception")))`;

function reportTo(print: Print): (loop: unknown, context: ExceptionContext) => void {
  return (_, context) => print(context.message, Object.keys(context).sort(), repr(context.exception));
}

describe("EH: the exception handler, and exceptions never retrieved", () => {
  it("EH-01: an exception that is never retrieved is reported, with the class name of its future or task", () =>
    same(
      `
      ${report}

      class Delivery(asyncio.Future):
          pass

      class Job(asyncio.Task):
          pass

      async def fail(text):
          raise ValueError(text)

      async def main():
          loop = asyncio.get_running_loop()
          loop.set_exception_handler(report)
          future = loop.create_future()
          future.set_exception(ValueError("future"))
          delivery = Delivery()
          delivery.set_exception(ValueError("delivery"))
          task = asyncio.create_task(fail("task"))
          job = Job(fail("job"), loop=loop)
          await asyncio.sleep(1)
          print("dropped")
          del future, delivery, task, job
    `,
      function* (print) {
        class Delivery extends Future<void> {}
        class Job extends Task<void> {}
        function* fail(text: string): Coroutine {
          throw new ValueError(text);
        }
        const loop = getRunningLoop();
        loop.setExceptionHandler(reportTo(print));
        const future = loop.createFuture<void>();
        future.setException(new ValueError("future"));
        const delivery = new Delivery();
        delivery.setException(new ValueError("delivery"));
        createTask(fail("task"));
        void new Job(fail("job"), { loop });
        yield* sleep(1);
        print("dropped");
      },
    ));

  it("EH-01: the report holds the exception and the future themselves", () =>
    same(
      `
      def report(loop, context):
          future = context["future"]
          print(repr(future), future.exception() is context["exception"] is error, future.get_loop() is loop)

      error = ValueError("x")

      async def main():
          loop = asyncio.get_running_loop()
          loop.set_exception_handler(report)
          loop.create_future().set_exception(error)
          await asyncio.sleep(0)
    `,
      function* (print) {
        const error = new ValueError("x");
        const loop = getRunningLoop();
        loop.setExceptionHandler((_, { future, exception }) => {
          print(
            future?.toString(),
            future?.exception() === exception && exception === error,
            future?.getLoop() === loop,
          );
        });
        loop.createFuture<void>().setException(error);
        yield* sleep(0);
      },
    ));

  it("EH-01: in debug mode the report also holds where the future was created", async () => {
    const tracebacks: unknown[] = [];
    await sameScript(
      `
      loop = asyncio.new_event_loop()
      loop.set_exception_handler(lambda loop, context: print(context["exception"], "source_traceback" in context))
      for debug in (True, False):
          loop.set_debug(debug)
          loop.create_future().set_exception(ValueError(f"debug={debug}"))
      loop.close()
    `,
      (print, newLoop) => {
        const loop = newLoop();
        loop.setExceptionHandler((_, context) => {
          print(context.exception, "sourceTraceback" in context);
          tracebacks.push(context["sourceTraceback"]);
        });
        for (const debug of [true, false]) {
          loop.setDebug(debug);
          loop.createFuture<void>().setException(new ValueError(`debug=${repr(debug)}`));
        }
        loop.close();
      },
    );
    expect(tracebacks[0]).toContain("exception-handler.test.ts");
  });

  it("EH-02: result(), exception(), an await and cancel() count as retrieving", () =>
    same(
      `
      ${report}

      async def main():
          loop = asyncio.get_running_loop()
          loop.set_exception_handler(report)

          def failed(text):
              future = loop.create_future()
              future.set_exception(ValueError(text))
              return future

          try:
              failed("result").result()
          except ValueError as error:
              print(error)
          print(failed("exception").exception())
          try:
              await failed("await")
          except ValueError as error:
              print(error)
          print(failed("cancel").cancel())
          unread = failed("unread")
    `,
      function* (print) {
        const loop = getRunningLoop();
        loop.setExceptionHandler(reportTo(print));
        function failed(text: string): Future<void> {
          const future = loop.createFuture<void>();
          future.setException(new ValueError(text));
          return future;
        }
        try {
          failed("result").result();
        } catch (error) {
          print(error);
        }
        print(failed("exception").exception());
        try {
          yield* failed("await");
        } catch (error) {
          print(error);
        }
        print(failed("cancel").cancel());
        failed("unread");
      },
    ));

  it("EH-02: waking the waiting task counts as retrieving, even if a cancel of that task replaces the exception", () =>
    same(
      `
      ${report}

      async def main():
          loop = asyncio.get_running_loop()
          loop.set_exception_handler(report)

          async def wait(future):
              try:
                  await future
              except BaseException as error:
                  print(repr(error))

          for cancel in (False, True):
              future = loop.create_future()
              task = asyncio.create_task(wait(future))
              await asyncio.sleep(0)
              future.set_exception(ValueError("x"))
              if cancel:
                  task.cancel()
              await task
          unread = loop.create_future()
          unread.set_exception(ValueError("unread"))
    `,
      function* (print) {
        const loop = getRunningLoop();
        loop.setExceptionHandler(reportTo(print));
        function* wait(future: Future<void>): Coroutine {
          try {
            yield* future;
          } catch (error) {
            print(repr(error));
          }
        }
        for (const cancel of [false, true]) {
          const future = loop.createFuture<void>();
          const task = createTask(wait(future));
          yield* sleep(0);
          future.setException(new ValueError("x"));
          if (cancel) task.cancel();
          yield* task;
        }
        const unread = loop.createFuture<void>();
        unread.setException(new ValueError("unread"));
      },
    ));

  it("EH-02: a done-callback alone does not retrieve, and a cancelled future is never reported", () =>
    same(
      `
      ${report}

      async def main():
          loop = asyncio.get_running_loop()
          loop.set_exception_handler(report)
          future = loop.create_future()
          future.add_done_callback(lambda future: print("called", future.done(), future.cancelled()))
          future.set_exception(ValueError("unread"))
          cancelled = loop.create_future()
          cancelled.cancel()
          task = asyncio.create_task(asyncio.sleep(10))
          task.cancel()
          await asyncio.sleep(1)
          print("end of main", cancelled.cancelled(), task.cancelled())
    `,
      function* (print) {
        const loop = getRunningLoop();
        loop.setExceptionHandler(reportTo(print));
        const future = loop.createFuture<void>();
        future.addDoneCallback((done) => print("called", done.done(), done.cancelled()));
        future.setException(new ValueError("unread"));
        const cancelled = loop.createFuture<void>();
        cancelled.cancel();
        const task = createTask(sleep(10));
        task.cancel();
        yield* sleep(1);
        print("end of main", cancelled.cancelled(), task.cancelled());
      },
    ));

  describe("EH-03: the moment of the report", () => {
    function listen(loop: VirtualTimeLoop): ExceptionContext[] {
      const contexts: ExceptionContext[] = [];
      loop.setExceptionHandler((_, context) => contexts.push(context));
      return contexts;
    }

    function fail(loop: VirtualTimeLoop): Future<void> {
      const future = loop.createFuture<void>();
      future.setException(new ValueError("x"));
      return future;
    }

    it("EH-03: an exception never retrieved is reported when the loop closes, once", () => {
      const loop = new VirtualTimeLoop();
      const contexts = listen(loop);
      const future = fail(loop);
      loop.advance(1);
      expect(contexts).toEqual([]);
      loop.close();
      loop.close();
      expect(contexts).toHaveLength(1);
      expect(contexts[0]?.message).toBe("Future exception was never retrieved");
      expect(contexts[0]?.future).toBe(future);
    });

    it("EH-03: an exception that is retrieved before is not reported, however late", () => {
      const loop = new VirtualTimeLoop();
      const contexts = listen(loop);
      const future = fail(loop);
      loop.advance(1);
      expect(future.exception()).toEqual(new ValueError("x"));
      loop.close();
      expect(contexts).toEqual([]);
    });

    it("EH-03: an exception is reported when its future is collected, and then not again when the loop closes", async () => {
      setFlagsFromString("--expose-gc");
      const collectGarbage = runInNewContext("gc") as () => void;
      const loop = new VirtualTimeLoop();
      const contexts = listen(loop);
      fail(loop);
      loop.advance(1);
      for (let turns = 0; turns < 100 && contexts.length === 0; turns += 1) {
        collectGarbage();
        await new Promise((resolve) => setImmediate(resolve));
      }
      const [{ message, exception, future } = {}] = contexts;
      expect(message).toBe("Future exception was never retrieved");
      expect(exception).toEqual(new ValueError("x"));
      expect(String(future)).toBe("<Future finished exception=ValueError('x')>");
      loop.close();
      expect(contexts).toHaveLength(1);
    });
  });

  it("EH-04: the default handler logs one error: the message, the other keys sorted, and the exception", () =>
    same(
      `
      ${printLogs}

      async def main():
          report = asyncio.get_running_loop().call_exception_handler
          report({"message": "boom", "zeta": "it's", "exception": ValueError("x"), "alpha": 1, "gamma": [True, None]})
          report({"message": "boom", "future": asyncio.Future()})
          report({"message": "boom"})
    `,
      function* (print) {
        const loop = getRunningLoop();
        const exception = new ValueError("x");
        loop.callExceptionHandler({ message: "boom", zeta: "it's", exception, alpha: 1, gamma: [true, undefined] });
        loop.callExceptionHandler({ message: "boom", future: new Future() });
        loop.callExceptionHandler({ message: "boom" });
        printConsole(print);
      },
    ));

  it("EH-04: the console gets the exception itself, and so shows its stack", () => {
    const exception = new ValueError("x");
    new VirtualTimeLoop().callExceptionHandler({ message: "boom", exception });
    const [call, ...rest] = printed();
    expect(call?.slice(0, 2)).toEqual(["error", "boom"]);
    expect(call?.[2]).toBe(exception);
    expect(rest).toEqual([]);
  });

  it("EH-04: without a message the default handler says 'Unhandled exception in event loop'", () =>
    same(
      `
      ${printLogs}

      async def main():
          loop = asyncio.get_running_loop()
          loop.call_exception_handler({"message": "", "key": 1, "exception": ValueError("x")})
          loop.call_exception_handler({"message": ""})
    `,
      function* (print) {
        const loop = getRunningLoop();
        loop.callExceptionHandler({ message: "", key: 1, exception: new ValueError("x") });
        loop.callExceptionHandler({ message: "" });
        printConsole(print);
      },
    ));

  it("EH-04: the default handler reports an exception never retrieved, unless another handler is set", () =>
    sameScript(
      `
      ${printLogs}
      loop = asyncio.new_event_loop()
      loop.create_future().set_exception(ValueError("x"))
      loop.close()
    `,
      (print, newLoop) => {
        const loop = newLoop();
        loop.createFuture<void>().setException(new ValueError("x"));
        loop.close();
        printConsole(print);
      },
    ));

  it("EH-04: a handler may pass a report on to the default handler", () =>
    same(
      `
      ${printLogs}

      async def main():
          def handler(loop, context):
              print("handler")
              loop.default_exception_handler(context)

          loop = asyncio.get_running_loop()
          loop.set_exception_handler(handler)
          loop.call_exception_handler({"message": "boom", "key": "value"})
    `,
      function* (print) {
        const loop = getRunningLoop();
        loop.setExceptionHandler((given, context) => {
          print("handler");
          given.defaultExceptionHandler(context);
        });
        loop.callExceptionHandler({ message: "boom", key: "value" });
        printConsole(print);
      },
    ));

  it("EH-05: the handler is called with the loop and the context, and must be callable", () =>
    same(
      `
      async def main():
          loop = asyncio.get_running_loop()
          context = {"message": "boom"}
          loop.set_exception_handler(lambda *args: print(len(args), args[0] is loop, args[1] is context))
          loop.call_exception_handler(context)
          for wrong in (1, "text", [True]):
              try:
                  loop.set_exception_handler(wrong)
              except TypeError as error:
                  print(error)
          loop.call_exception_handler(context)
    `,
      function* (print) {
        const loop = getRunningLoop();
        const context = { message: "boom" };
        loop.setExceptionHandler((...args) => print(args.length, args[0] === loop, args[1] === context));
        loop.callExceptionHandler(context);
        for (const wrong of [1, "text", [true]]) {
          try {
            loop.setExceptionHandler(wrong as never);
          } catch (error) {
            print(error);
          }
        }
        loop.callExceptionHandler(context);
      },
    ));

  it("EH-05: the handler runs in the context of the task, else the future, else the handle, if that has one", () =>
    same(
      `
      async def main():
          loop = asyncio.get_running_loop()
          var = contextvars.ContextVar("var", default="default")

          async def worker(value):
              var.set(value)

          task, other = asyncio.create_task(worker("task's")), asyncio.create_task(worker("future's"))
          await asyncio.sleep(0)
          context = contextvars.copy_context()
          context.run(var.set, "handle's")
          handle = loop.call_soon(lambda: None, context=context)
          future = loop.create_future()
          var.set("caller's")
          loop.set_exception_handler(lambda loop, context: print(context["message"], var.get()))
          report = loop.call_exception_handler
          report({"message": "nothing"})
          report({"message": "task", "task": task, "future": other, "handle": handle})
          report({"message": "future", "future": other, "handle": handle})
          report({"message": "plain future", "future": future, "handle": handle})
          report({"message": "handle", "handle": handle})
    `,
      function* (print) {
        const loop = getRunningLoop();
        const variable = new ContextVar("var", { default: "default" });
        function* worker(value: string): Coroutine {
          variable.set(value);
        }
        const task = createTask(worker("task's"));
        const other = createTask(worker("future's"));
        yield* sleep(0);
        const context = copyContext();
        context.run(() => variable.set("handle's"));
        const handle = loop.callSoon(() => {}, { context });
        const future = loop.createFuture<void>();
        variable.set("caller's");
        loop.setExceptionHandler((_, { message }) => print(message, variable.get()));
        loop.callExceptionHandler({ message: "nothing" });
        loop.callExceptionHandler({ message: "task", task, future: other, handle });
        loop.callExceptionHandler({ message: "future", future: other, handle });
        loop.callExceptionHandler({ message: "plain future", future, handle });
        loop.callExceptionHandler({ message: "handle", handle });
      },
    ));

  it("EH-05: the handler sees what a failed callback, or a task whose exception was never retrieved, has set", () =>
    same(
      `
      var = contextvars.ContextVar("var", default="default")

      def handler(loop, context):
          print(context["exception"], var.get())

      async def main():
          def callback():
              var.set("callback's")
              raise ValueError("callback")

          async def worker():
              var.set("task's")
              raise ValueError("task")

          loop = asyncio.get_running_loop()
          loop.set_exception_handler(handler)
          loop.call_soon(callback)
          task = asyncio.create_task(worker())
          await asyncio.sleep(0)
    `,
      function* (print) {
        const variable = new ContextVar("var", { default: "default" });
        const loop = getRunningLoop();
        loop.setExceptionHandler((_, { exception }) => print(exception, variable.get()));
        loop.callSoon(() => {
          variable.set("callback's");
          throw new ValueError("callback");
        });
        function* worker(): Coroutine {
          variable.set("task's");
          throw new ValueError("task");
        }
        createTask(worker());
        yield* sleep(0);
      },
    ));

  it("EH-05: a task that reports about itself has entered its context already, and the handler is not called", () =>
    same(
      `
      async def main():
          def default(context):
              print(context["message"], "cannot enter context" in str(context["exception"]))

          loop = asyncio.get_running_loop()
          loop.default_exception_handler = default
          loop.set_exception_handler(lambda loop, context: print("never"))
          loop.call_exception_handler({"message": "boom", "task": asyncio.current_task()})
    `,
      function* (print) {
        const loop = getRunningLoop();
        loop.defaultExceptionHandler = ({ message, exception }) => {
          print(message, exception?.message.includes("cannot enter context"));
        };
        loop.setExceptionHandler(() => print("never"));
        loop.callExceptionHandler({ message: "boom", task: currentTask() as Task<unknown> });
      },
    ));

  it("EH-06: an error of the handler goes to the default handler, with the context", () =>
    same(
      `
      async def main():
          def default(context):
              print(context["message"], sorted(context), repr(context["exception"]), context["context"] is given)

          def handler(loop, context):
              raise errors.pop(0)

          errors = [ValueError("x"), asyncio.CancelledError("stop")]
          given = {"message": "boom"}
          loop = asyncio.get_running_loop()
          loop.default_exception_handler = default
          loop.set_exception_handler(handler)
          loop.call_exception_handler(given)
          loop.call_exception_handler(given)
    `,
      function* (print) {
        const errors = [new ValueError("x"), new CancelledError("stop")];
        const given = { message: "boom" };
        const loop = getRunningLoop();
        loop.defaultExceptionHandler = (context) => {
          const { message, exception } = context;
          print(message, Object.keys(context).sort(), repr(exception), context["context"] === given);
        };
        loop.setExceptionHandler(() => {
          throw errors.shift() as Error;
        });
        loop.callExceptionHandler(given);
        loop.callExceptionHandler(given);
      },
    ));

  it("EH-06: the original report is still logged when the handler fails", () =>
    same(
      `
      ${printLogs}

      async def main():
          def handler(loop, context):
              raise ValueError("x")

          loop = asyncio.get_running_loop()
          loop.set_exception_handler(handler)
          loop.call_exception_handler({"message": "boom", "key": [1, "value"]})
    `,
      function* (print) {
        const loop = getRunningLoop();
        loop.setExceptionHandler(() => {
          throw new ValueError("x");
        });
        loop.callExceptionHandler({ message: "boom", key: [1, "value"] });
        printConsole(print);
      },
    ));

  it("EH-06: SystemExit and KeyboardInterrupt of the handler pass through", () =>
    same(
      `
      async def main():
          def raise_error(*args):
              raise error

          loop = asyncio.get_running_loop()
          for error in (SystemExit("stop"), KeyboardInterrupt()):
              for handler, default in ((raise_error, print), (None, raise_error)):
                  loop.set_exception_handler(handler)
                  loop.default_exception_handler = default
                  try:
                      loop.call_exception_handler({"message": "boom"})
                  except BaseException as raised:
                      print(repr(raised), raised is error)
    `,
      function* (print) {
        const loop = getRunningLoop();
        for (const error of [new SystemExit("stop"), new KeyboardInterrupt()]) {
          const throwError = (): never => {
            throw error;
          };
          for (const [handler, byDefault] of [[throwError, print] as const, [undefined, throwError] as const]) {
            loop.setExceptionHandler(handler);
            loop.defaultExceptionHandler = byDefault;
            try {
              loop.callExceptionHandler({ message: "boom" });
            } catch (thrown) {
              print(repr(thrown), thrown === error);
            }
          }
        }
      },
    ));

  it("EH-06: SystemExit of the handler leaves the loop, which stays usable", () =>
    sameScript(
      `
      def handler(loop, context):
          raise SystemExit("stop")

      def fail():
          raise ValueError("x")

      loop = asyncio.new_event_loop()
      loop.set_exception_handler(handler)
      loop.call_soon(fail)
      loop.call_soon(print, "after it")
      try:
          loop.run_forever()
      except SystemExit as error:
          print(repr(error), loop.is_running())
      loop.call_soon(loop.stop)
      loop.run_forever()
      loop.close()
    `,
      (print, newLoop) => {
        const loop = newLoop();
        loop.setExceptionHandler(() => {
          throw new SystemExit("stop");
        });
        loop.callSoon(() => {
          throw new ValueError("x");
        });
        loop.callSoon(() => print("after it"));
        try {
          loop.runForever();
        } catch (error) {
          print(repr(error), loop.isRunning());
        }
        loop.callSoon(() => loop.stop());
        loop.runForever();
        loop.close();
      },
    ));

  it("EH-07: get_exception_handler() returns the handler that was set, or none", () =>
    same(
      `
      async def main():
          loop = asyncio.get_running_loop()
          handler = lambda loop, context: print("handler")
          print(loop.get_exception_handler())
          loop.set_exception_handler(handler)
          print(loop.get_exception_handler() is handler)
          try:
              loop.set_exception_handler(1)
          except TypeError:
              print(loop.get_exception_handler() is handler)
          loop.set_exception_handler(None)
          print(loop.get_exception_handler())
          loop.default_exception_handler = lambda context: print("default")
          loop.call_exception_handler({"message": "boom"})
    `,
      function* (print) {
        const loop = getRunningLoop();
        const handler = (): void => print("handler");
        print(loop.getExceptionHandler());
        loop.setExceptionHandler(handler);
        print(loop.getExceptionHandler() === handler);
        try {
          loop.setExceptionHandler(1 as never);
        } catch {
          print(loop.getExceptionHandler() === handler);
        }
        loop.setExceptionHandler(undefined);
        print(loop.getExceptionHandler());
        loop.defaultExceptionHandler = () => print("default");
        loop.callExceptionHandler({ message: "boom" });
      },
    ));

  it("EH-07: call_exception_handler() does not raise, even when the default handler does", () =>
    same(
      `
      ${printLogs}

      async def main():
          def fail(*args):
              raise errors.pop(0)

          errors = [ValueError("first"), ValueError("second"), ValueError("third")]
          loop = asyncio.get_running_loop()
          loop.default_exception_handler = fail
          loop.call_exception_handler({"message": "boom"})
          loop.set_exception_handler(fail)
          loop.call_exception_handler({"message": "boom"})
    `,
      function* (print) {
        const errors = [new ValueError("first"), new ValueError("second"), new ValueError("third")];
        const fail = (): never => {
          throw errors.shift() as Error;
        };
        const loop = getRunningLoop();
        loop.defaultExceptionHandler = fail;
        loop.callExceptionHandler({ message: "boom" });
        loop.setExceptionHandler(fail);
        loop.callExceptionHandler({ message: "boom" });
        printConsole(print);
      },
    ));

  it("EH-08: run_until_complete() consumes the exception of the future that it runs", () =>
    sameScript(
      `
      import gc
      ${report}

      async def fail(error):
          raise error

      loop = asyncio.new_event_loop()
      loop.set_exception_handler(report)
      for error in (ValueError("x"), KeyboardInterrupt("x"), SystemExit("x")):
          try:
              loop.run_until_complete(fail(error))
          except BaseException as raised:
              print(repr(raised))
      try:
          loop.run_until_complete(loop.create_task(fail(ValueError("y"))))
      except ValueError as raised:
          print(repr(raised))
      loop.close()
      gc.collect()
    `,
      (print, newLoop) => {
        function* fail(error: Error): Coroutine {
          throw error;
        }
        const loop = newLoop();
        loop.setExceptionHandler(reportTo(print));
        for (const error of [new ValueError("x"), new KeyboardInterrupt("x"), new SystemExit("x")]) {
          try {
            loop.runUntilComplete(fail(error));
          } catch (thrown) {
            print(repr(thrown));
          }
        }
        try {
          loop.runUntilComplete(loop.createTask(fail(new ValueError("y"))));
        } catch (error) {
          print(repr(error));
        }
        loop.close();
      },
    ));

  it("EH-08: run_until_complete() consumes a KeyboardInterrupt that leaves the loop only for a task that it made", () =>
    sameScript(
      `
      import gc
      ${report}

      async def fail():
          raise KeyboardInterrupt

      for is_own in (True, False):
          loop = asyncio.new_event_loop()
          loop.set_exception_handler(report)
          try:
              loop.run_until_complete(fail() if is_own else loop.create_task(fail()))
          except KeyboardInterrupt as error:
              print(repr(error))
          loop.close()
          gc.collect()
          print("closed")
    `,
      (print, newLoop) => {
        function* fail(): Coroutine {
          throw new KeyboardInterrupt();
        }
        for (const isOwn of [true, false]) {
          const loop = newLoop();
          loop.setExceptionHandler(reportTo(print));
          try {
            loop.runUntilComplete(isOwn ? fail() : loop.createTask(fail()));
          } catch (error) {
            print(repr(error));
          }
          loop.close();
          print("closed");
        }
      },
    ));

  it("EH-08: run() consumes the exception of its main task", async () => {
    await sameUncaught(
      `
      ${report}

      async def main():
          asyncio.get_running_loop().set_exception_handler(report)
          raise ValueError("x")
    `,
      function* (print) {
        getRunningLoop().setExceptionHandler(reportTo(print));
        throw new ValueError("x");
      },
    );
    await sameUncaught(
      `
      ${report}

      async def main():
          asyncio.get_running_loop().set_exception_handler(report)
          raise KeyboardInterrupt
    `,
      function* (print) {
        getRunningLoop().setExceptionHandler(reportTo(print));
        throw new KeyboardInterrupt();
      },
    );
  });

  it("EH-08: run_until_complete() may leave its own task pending without a report, but not the caller's task", () =>
    sameScript(
      `
      import gc
      ${report}

      async def wait_forever():
          await asyncio.get_running_loop().create_future()

      for is_own in (True, False):
          loop = asyncio.new_event_loop()
          loop.set_exception_handler(report)
          loop.call_soon(loop.stop)
          try:
              loop.run_until_complete(wait_forever() if is_own else loop.create_task(wait_forever()))
          except RuntimeError as error:
              print(repr(error))
          loop.close()
          gc.collect()
          print("closed")
    `,
      (print, newLoop) => {
        function* waitForever(): Coroutine {
          yield* getRunningLoop().createFuture<void>();
        }
        for (const isOwn of [true, false]) {
          const loop = newLoop();
          loop.setExceptionHandler(reportTo(print));
          loop.callSoon(() => loop.stop());
          try {
            loop.runUntilComplete(isOwn ? waitForever() : loop.createTask(waitForever()));
          } catch (error) {
            print(repr(error));
          }
          loop.close();
          print("closed");
        }
      },
    ));
});

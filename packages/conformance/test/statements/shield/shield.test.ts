import {
  allTasks,
  CancelledError,
  type Coroutine,
  createTask,
  eagerTaskFactory,
  type ExceptionHandler,
  Future,
  gather,
  getRunningLoop,
  KeyboardInterrupt,
  shield,
  sleep,
  Task,
  ValueError,
} from "@yieldstar/loop";
import { describe, expect, it } from "vitest";
import { printed } from "../../../../../.ci/vitest/quiet.ts";
import { repr } from "../../../src/python-text.ts";
import { type Print, same, sameScript } from "../../../src/same.ts";
import { awaiting, cancelling, outcome, t, ticks } from "../outcomes.ts";

/** For the Python snippets, and indented like them. The functions below and those of outcomes.ts are its ports. */
const helpers = `
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

      async def work(name, delay):
          try:
              await asyncio.sleep(delay)
          except asyncio.CancelledError as error:
              print(name, "got", repr(error), t(), asyncio.current_task().cancelling())
              raise
          print(name, "ends", t())
          return name

      async def fail(name, delay=0):
          await asyncio.sleep(delay)
          raise ValueError(name)

      def ticks(last, tick=1):
          print("tick", tick)
          if tick < last:
              asyncio.get_running_loop().call_soon(ticks, last, tick + 1)

      def report(loop, context):
          print(context["message"], sorted(context), repr(context.get("exception")))
`;

function* work(print: Print, name: string, delay: number): Coroutine<string> {
  try {
    yield* sleep(delay);
  } catch (error) {
    print(name, "got", repr(error), t(), cancelling());
    throw error;
  }
  print(name, "ends", t());
  return name;
}

function* fail(name: string, delay = 0): Coroutine<never> {
  yield* sleep(delay);
  throw new ValueError(name);
}

function reportTo(print: Print): ExceptionHandler {
  return (_, context) => print(context.message, Object.keys(context).sort(), repr(context.exception));
}

describe("SH: shield", () => {
  it("SH-01: shield() returns a done future itself, and a new future for any other", () =>
    same(
      `
      ${helpers}
      async def main():
          succeeded, failed, cancelled, pending = [asyncio.Future() for _ in range(4)]
          succeeded.set_result(1)
          failed.set_exception(ValueError("x"))
          cancelled.cancel("stop")
          print([asyncio.shield(future) is future for future in (succeeded, failed, cancelled, pending)])
          outer = asyncio.shield(pending)
          print(isinstance(outer, asyncio.Task), asyncio.shield(pending) is outer)
          print([await awaiting(asyncio.shield(future)) for future in (succeeded, failed, cancelled)])
    `,
      function* (print) {
        const [succeeded, failed, cancelled, pending] = [new Future(), new Future(), new Future(), new Future()];
        succeeded.setResult(1);
        failed.setException(new ValueError("x"));
        cancelled.cancel("stop");
        print([succeeded, failed, cancelled, pending].map((future) => shield(future) === future));
        const outer = shield(pending);
        print(outer instanceof Task, shield(pending) === outer);
        const outcomes: string[] = [];
        for (const future of [succeeded, failed, cancelled]) outcomes.push(yield* awaiting(shield(future)));
        print(outcomes);
      },
    ));

  it("SH-01: shield() makes a task of a coroutine at the call, which runs even if the shield is never awaited", () =>
    same(
      `
      ${helpers}
      async def main():
          outer = asyncio.shield(work("a", 1))
          print([task.get_name() for task in asyncio.all_tasks()], outer.done())
          await asyncio.sleep(2)
          print(outer.result())
          asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
          print(asyncio.shield(work("eager", 0)).done(), type(asyncio.shield(work("eager", 0))).__name__)
    `,
      function* (print) {
        const outer = shield(work(print, "a", 1));
        print(
          Array.from(allTasks(), (task) => task.getName()),
          outer.done(),
        );
        yield* sleep(2);
        print(outer.result());
        getRunningLoop().setTaskFactory(eagerTaskFactory);
        print(shield(work(print, "eager", 0)).done(), shield(work(print, "eager", 0)).constructor.name);
      },
    ));

  it("SH-01: shield() refuses values that cannot be awaited, and a coroutine where no loop is current", () =>
    sameScript(
      `
      ${helpers}
      import warnings
      warnings.simplefilter("ignore")

      for value in (1, None, "text", work("a", 1)):
          print(outcome(lambda: asyncio.shield(value)))
      loop = asyncio.new_event_loop()
      future = loop.create_future()
      outer = asyncio.shield(future)
      print(outer.get_loop() is loop)
      future.set_result("made outside")
      print(loop.run_until_complete(outer))
      loop.close()
    `,
      (print, newLoop) => {
        for (const value of [1, undefined, "text", work(print, "a", 1)]) {
          print(outcome(() => shield(value as Coroutine<string>)));
        }
        const loop = newLoop();
        const future = loop.createFuture<string>();
        const outer = shield(future);
        print(outer.getLoop() === loop);
        future.setResult("made outside");
        print(loop.runUntilComplete(outer));
        loop.close();
      },
    ));

  it("SH-02: cancelling the awaiting task cancels only the outer future, and the task gets the error at once", () =>
    same(
      `
      ${helpers}
      async def main():
          inner = asyncio.create_task(work("inner", 3))
          outer = asyncio.shield(inner)

          async def waiter():
              try:
                  await outer
              except asyncio.CancelledError as error:
                  print("waiter got", repr(error), t(), asyncio.current_task().cancelling())
                  raise

          task = asyncio.create_task(waiter())
          await asyncio.sleep(1)
          asyncio.get_running_loop().call_soon(ticks, 3)
          print(task.cancel("stop"), outer.cancelled(), inner.cancelling())
          await asyncio.sleep(1)
          print(task.cancelled(), inner.done(), inner.cancelling())
          print(await inner, t())
    `,
      function* (print) {
        const inner = createTask(work(print, "inner", 3));
        const outer = shield(inner);
        function* waiter(): Coroutine {
          try {
            yield* outer;
          } catch (error) {
            print("waiter got", repr(error), t(), cancelling());
            throw error;
          }
        }
        const task = createTask(waiter());
        yield* sleep(1);
        getRunningLoop().callSoon(() => ticks(print, 3));
        print(task.cancel("stop"), outer.cancelled(), inner.cancelling());
        yield* sleep(1);
        print(task.cancelled(), inner.done(), inner.cancelling());
        print(yield* inner, t());
      },
    ));

  it("SH-02: a cancelled outer future ignores the later result, which other shields still get", () =>
    same(
      `
      ${helpers}
      async def main():
          inner = asyncio.create_task(work("inner", 2))
          outer, other = asyncio.shield(inner), asyncio.shield(inner)
          print(outer.cancel("stop"), outer.cancelled(), outer.cancel())
          print(await awaiting(outer), t())
          print(await awaiting(other), inner.result(), outer.cancelled(), t())
    `,
      function* (print) {
        const inner = createTask(work(print, "inner", 2));
        const [outer, other] = [shield(inner), shield(inner)];
        print(outer.cancel("stop"), outer.cancelled(), outer.cancel());
        print(yield* awaiting(outer), t());
        print(yield* awaiting(other), inner.result(), outer.cancelled(), t());
      },
    ));

  it("SH-02: a shield of a shield protects the inner shield as well", () =>
    same(
      `
      ${helpers}
      async def main():
          inner = asyncio.create_task(work("inner", 3))
          middle = asyncio.shield(inner)
          outer = asyncio.shield(middle)
          task = asyncio.create_task(awaiting(outer))
          await asyncio.sleep(1)
          task.cancel("stop")
          print(await task, [outer.cancelled(), middle.cancelled(), inner.cancelling()], t())
          print(await middle, t())
    `,
      function* (print) {
        const inner = createTask(work(print, "inner", 3));
        const middle = shield(inner);
        const outer = shield(middle);
        const task = createTask(awaiting(outer));
        yield* sleep(1);
        task.cancel("stop");
        print(yield* task, [outer.cancelled(), middle.cancelled(), inner.cancelling()], t());
        print(yield* middle, t());
      },
    ));

  it("SH-02: a shielded child of a cancelled gathering runs on", () =>
    same(
      `
      ${helpers}
      async def main():
          shielded = asyncio.create_task(work("shielded", 3))
          task = asyncio.create_task(awaiting(asyncio.gather(asyncio.shield(shielded), work("bare", 3))))
          await asyncio.sleep(1)
          task.cancel("stop")
          print(await task, t())
          print(await shielded, t(), shielded.cancelling())
    `,
      function* (print) {
        const shielded = createTask(work(print, "shielded", 3));
        const task = createTask(awaiting(gather([shield(shielded), work(print, "bare", 3)])));
        yield* sleep(1);
        task.cancel("stop");
        print(yield* task, t());
        print(yield* shielded, t(), shielded.cancelling());
      },
    ));

  it("SH-03: cancelling the inner task cancels the outer future, without the message", () =>
    same(
      `
      ${helpers}
      async def main():
          for make in (lambda: asyncio.create_task(work("inner", 9)), asyncio.Future):
              inner = make()
              outer = asyncio.shield(inner)

              async def waiter():
                  try:
                      await outer
                  except asyncio.CancelledError as error:
                      print(repr(error), asyncio.current_task().cancelling(), t())

              task = asyncio.create_task(waiter())
              await asyncio.sleep(1)
              inner.cancel("stop")
              print(outer.cancelled())
              await task
              print(outer.cancelled(), outcome(outer.result), inner.cancelled())
    `,
      function* (print) {
        for (const make of [() => createTask(work(print, "inner", 9)), () => new Future<string>()]) {
          const inner: Future<string> = make();
          const outer = shield(inner);
          const waiter = function* (): Coroutine {
            try {
              yield* outer;
            } catch (error) {
              print(repr(error), cancelling(), t());
            }
          };
          const task = createTask(waiter());
          yield* sleep(1);
          inner.cancel("stop");
          print(outer.cancelled());
          yield* task;
          print(
            outer.cancelled(),
            outcome(() => outer.result()),
            inner.cancelled(),
          );
        }
      },
    ));

  it("SH-03: a future that failed with a CancelledError fails the outer one with it", () =>
    same(
      `
      async def main():
          error = asyncio.CancelledError("x")
          inner = asyncio.Future()
          outer = asyncio.shield(inner)
          inner.set_exception(error)
          await asyncio.sleep(0)
          print(outer.cancelled(), outer.exception() is error)
    `,
      function* (print) {
        const error = new CancelledError("x");
        const inner = new Future<void>();
        const outer = shield(inner);
        inner.setException(error);
        yield* sleep(0);
        print(outer.cancelled(), outer.exception() === error);
      },
    ));

  it("SH-04: the outer future copies the result or the exception itself, which counts as retrieving it", () =>
    same(
      `
      ${helpers}
      async def main():
          asyncio.get_running_loop().set_exception_handler(report)
          value, error = ["value"], ValueError("x")
          for set_outcome in (lambda future: future.set_result(value), lambda future: future.set_exception(error)):
              inner = asyncio.Future()
              outers = [asyncio.shield(inner), asyncio.shield(inner), asyncio.shield(asyncio.shield(inner))]
              set_outcome(inner)
              for outer in outers:
                  try:
                      print(await outer is value)
                  except ValueError as caught:
                      print(caught is error)
          inner = asyncio.create_task(fail("only the outer one is reported"))
          outer = asyncio.shield(inner)
          await asyncio.sleep(1)
          print(inner.done(), outer.done())
    `,
      function* (print) {
        getRunningLoop().setExceptionHandler(reportTo(print));
        const [value, error] = [["value"], new ValueError("x")];
        const outcomes = [
          (future: Future<string[]>) => future.setResult(value),
          (future: Future<string[]>) => future.setException(error),
        ];
        for (const setOutcome of outcomes) {
          const inner = new Future<string[]>();
          const outers = [shield(inner), shield(inner), shield(shield(inner))];
          setOutcome(inner);
          for (const each of outers) {
            try {
              print((yield* each) === value);
            } catch (thrown) {
              print(thrown === error);
            }
          }
        }
        const inner = createTask(fail("only the outer one is reported"));
        const outer = shield(inner);
        yield* sleep(1);
        print(inner.done(), outer.done());
      },
    ));

  it("SH-05: a failure after the outer future was cancelled is reported once for all shields of one future", () =>
    same(
      `
      ${helpers}
      async def main():
          loop = asyncio.get_running_loop()
          loop.set_exception_handler(report)
          inner = asyncio.create_task(fail("x", 2))
          outers = [asyncio.shield(inner) for _ in range(3)]
          task = asyncio.create_task(awaiting(outers[0]))
          await asyncio.sleep(1)
          task.cancel("stop")
          outers[1].cancel()
          outers[2].cancel()
          print(await task)
          await asyncio.sleep(2)
          print("the end")
    `,
      function* (print) {
        const loop = getRunningLoop();
        loop.setExceptionHandler(reportTo(print));
        const inner = createTask(fail("x", 2));
        const outers = [shield(inner), shield(inner), shield(inner)] as const;
        const task = createTask(awaiting(outers[0]));
        yield* sleep(1);
        task.cancel("stop");
        outers[1].cancel();
        outers[2].cancel();
        print(yield* task);
        yield* sleep(2);
        print("the end");
      },
    ));

  it("SH-05: a shield that is not cancelled still gets the failure, and the order is that of the callbacks", () =>
    same(
      `
      ${helpers}
      async def main():
          asyncio.get_running_loop().set_exception_handler(report)
          inner = asyncio.create_task(fail("x", 2))
          cancelled, kept = asyncio.shield(inner), asyncio.shield(inner)
          kept.add_done_callback(lambda _: print("kept is called back"))
          inner.add_done_callback(lambda _: print("inner is called back"))
          await asyncio.sleep(1)
          cancelled.cancel()
          print(await awaiting(kept))
    `,
      function* (print) {
        getRunningLoop().setExceptionHandler(reportTo(print));
        const inner = createTask(fail("x", 2));
        const [cancelled, kept] = [shield(inner), shield(inner)];
        kept.addDoneCallback(() => print("kept is called back"));
        inner.addDoneCallback(() => print("inner is called back"));
        yield* sleep(1);
        cancelled.cancel();
        print(yield* awaiting(kept));
      },
    ));

  it("SH-05: the report holds the exception and the inner future, and names the exception's class", () =>
    same(
      `
      class OwnError(Exception):
          pass

      error = OwnError("x")

      async def main():
          def report(loop, context):
              print(context["message"], context["exception"] is error, context["future"] is inner)

          asyncio.get_running_loop().set_exception_handler(report)
          for each in (error, KeyboardInterrupt("k"), asyncio.CancelledError()):
              inner = asyncio.Future()
              asyncio.shield(inner).cancel()
              await asyncio.sleep(0)
              inner.set_exception(each)
              await asyncio.sleep(0)
    `,
      function* (print) {
        class OwnError extends Error {}
        const error = new OwnError("x");
        let inner = new Future<void>();
        getRunningLoop().setExceptionHandler((_, context) => {
          print(context.message, context.exception === error, context.future === inner);
        });
        for (const each of [error, new KeyboardInterrupt("k"), new CancelledError()]) {
          inner = new Future<void>();
          shield(inner).cancel();
          yield* sleep(0);
          inner.setException(each);
          yield* sleep(0);
        }
      },
    ));

  it("SH-05: in debug mode the report also holds where the inner future was created", async () => {
    const tracebacks: unknown[] = [];
    await sameScript(
      `
      async def main():
          loop = asyncio.get_running_loop()
          for debug in (True, False):
              loop.set_debug(debug)
              inner = asyncio.Future()
              asyncio.shield(inner).cancel()
              await asyncio.sleep(0)
              inner.set_exception(ValueError(f"debug={debug}"))
              await asyncio.sleep(0)

      loop = asyncio.new_event_loop()
      loop.set_exception_handler(lambda loop, context: print(context["exception"], "source_traceback" in context))
      loop.run_until_complete(main())
      loop.close()
    `,
      (print, newLoop) => {
        function* main(): Coroutine {
          for (const debug of [true, false]) {
            loop.setDebug(debug);
            const inner = new Future<void>();
            shield(inner).cancel();
            yield* sleep(0);
            inner.setException(new ValueError(`debug=${repr(debug)}`));
            yield* sleep(0);
          }
        }
        const loop = newLoop();
        loop.setExceptionHandler((_, context) => {
          print(context.exception, "sourceTraceback" in context);
          tracebacks.push(context["sourceTraceback"]);
        });
        loop.runUntilComplete(main());
        loop.close();
      },
    );
    expect(tracebacks[0]).toContain("shield.test.ts");
  });

  it("SH-05: without a handler the report goes to the console", () =>
    same(
      `
      import logging
      logging.getLogger("asyncio").addFilter(lambda r: print(r.levelname, r.getMessage(), repr(r.exc_info[1])))

      async def main():
          inner = asyncio.Future()
          asyncio.shield(inner).cancel()
          await asyncio.sleep(0)
          inner.set_exception(ValueError("x"))
          await asyncio.sleep(0)
    `,
      function* (print) {
        const inner = new Future<void>();
        shield(inner).cancel();
        yield* sleep(0);
        inner.setException(new ValueError("x"));
        yield* sleep(0);
        for (const [method, text, error] of printed()) print(method.toUpperCase(), text, repr(error));
      },
    ));

  it("SH-06: nothing is reported when the inner future succeeds, is cancelled, or its failure has been copied", () =>
    same(
      `
      ${helpers}
      async def main():
          asyncio.get_running_loop().set_exception_handler(report)
          for name in ("succeeds", "is cancelled"):
              inner = asyncio.Future()
              asyncio.shield(inner).cancel()
              await asyncio.sleep(0)
              inner.set_result(1) if name == "succeeds" else inner.cancel()
              await asyncio.sleep(0)
              print(name, inner.done())
          outer = asyncio.shield(fail("x"))
          print(await awaiting(outer), outer.cancel())
    `,
      function* (print) {
        getRunningLoop().setExceptionHandler(reportTo(print));
        for (const name of ["succeeds", "is cancelled"]) {
          const inner = new Future<number>();
          shield(inner).cancel();
          yield* sleep(0);
          if (name === "succeeds") inner.setResult(1);
          else inner.cancel();
          yield* sleep(0);
          print(name, inner.done());
        }
        const outer = shield(fail("x"));
        print(yield* awaiting(outer), outer.cancel());
      },
    ));

  it("SH-06: an inner future that was done when the outer one was cancelled is not reported as shielded", () =>
    same(
      `
      ${helpers}
      async def main():
          asyncio.get_running_loop().set_exception_handler(report)
          for cancel_first in (False, True):
              inner = asyncio.Future()
              outer = asyncio.shield(inner)
              if cancel_first:
                  outer.cancel("stop")
              inner.set_exception(ValueError("x"))
              if not cancel_first:
                  outer.cancel("stop")
              print(await awaiting(outer))
              await asyncio.sleep(0)
              print(inner, outer.cancelled())
              inner.exception()
    `,
      function* (print) {
        getRunningLoop().setExceptionHandler(reportTo(print));
        for (const cancelFirst of [false, true]) {
          const inner = new Future<void>();
          const outer = shield(inner);
          if (cancelFirst) outer.cancel("stop");
          inner.setException(new ValueError("x"));
          if (!cancelFirst) outer.cancel("stop");
          print(yield* awaiting(outer));
          yield* sleep(0);
          print(inner, outer.cancelled());
          inner.exception();
        }
      },
    ));

  it("SH-06: an inner future that failed before the outer one was cancelled is reported as never retrieved", () =>
    same(
      `
      ${helpers}
      async def main():
          asyncio.get_running_loop().set_exception_handler(lambda loop, context: print(context["message"]))
          inner = asyncio.Future()
          outer = asyncio.shield(inner)
          inner.set_exception(ValueError("x"))
          outer.cancel("stop")
          print(await awaiting(outer))
    `,
      function* (print) {
        getRunningLoop().setExceptionHandler((_, context) => print(context.message));
        const inner = new Future<void>();
        const outer = shield(inner);
        inner.setException(new ValueError("x"));
        outer.cancel("stop");
        print(yield* awaiting(outer));
      },
    ));

  it("SH-06: an outer future that other code has set is left alone, and a later failure is reported", () =>
    same(
      `
      ${helpers}
      async def main():
          asyncio.get_running_loop().set_exception_handler(report)
          for fails in (False, True):
              inner = asyncio.Future()
              outer = asyncio.shield(inner)
              outer.set_result("set")
              await asyncio.sleep(0)
              inner.set_exception(ValueError("x")) if fails else inner.set_result("inner")
              await asyncio.sleep(0)
              print(await awaiting(outer), outer.done())
    `,
      function* (print) {
        getRunningLoop().setExceptionHandler(reportTo(print));
        for (const fails of [false, true]) {
          const inner = new Future<string>();
          const outer = shield(inner);
          outer.setResult("set");
          yield* sleep(0);
          if (fails) inner.setException(new ValueError("x"));
          else inner.setResult("inner");
          yield* sleep(0);
          print(yield* awaiting(outer), outer.done());
        }
      },
    ));

  it("SH-07: the end of run() cancels a shielded task like any other", () =>
    same(
      `
      ${helpers}
      async def main():
          inner = asyncio.create_task(work("inner", 10))
          task = asyncio.create_task(awaiting(asyncio.shield(inner)))
          task.add_done_callback(lambda _: print("waiter", task.result()))
          asyncio.shield(work("never awaited", 10))
          await asyncio.sleep(1)
          print("the end")
    `,
      function* (print) {
        const inner = createTask(work(print, "inner", 10));
        const task = createTask(awaiting(shield(inner)));
        task.addDoneCallback(() => print("waiter", task.result()));
        shield(work(print, "never awaited", 10));
        yield* sleep(1);
        print("the end");
      },
    ));

  it("SH-08: an awaiting task resumes two iterations after the inner task's last step, one more for each shield", () =>
    same(
      `
      ${helpers}
      async def main():
          async def last_step():
              await asyncio.sleep(1)
              asyncio.get_running_loop().call_soon(ticks, 5)

          for shields in range(4):
              awaitable = asyncio.create_task(last_step())
              for _ in range(shields):
                  awaitable = asyncio.shield(awaitable)
              await awaitable
              print("resumed", shields)
              await asyncio.sleep(1)
    `,
      function* (print) {
        function* lastStep(): Coroutine {
          yield* sleep(1);
          getRunningLoop().callSoon(() => ticks(print, 5));
        }
        for (const shields of [0, 1, 2, 3]) {
          let awaitable: Future<void> = createTask(lastStep());
          for (let count = 0; count < shields; count++) awaitable = shield(awaitable);
          yield* awaitable;
          print("resumed", shields);
          yield* sleep(1);
        }
      },
    ));
});

import {
  type Awaitable,
  type Coroutine,
  createTask,
  currentTask,
  type Future,
  getRunningLoop,
  RuntimeError,
  sleep,
  type Task,
  ValueError,
} from "@yieldstar/loop";
import { runVirtual, VirtualTimeLoop } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { type Print, same, sameScript } from "../../../src/same.ts";
import { awaiting, helpers, shown } from "./helpers.ts";

function* yielding(value: unknown): Coroutine<unknown> {
  return yield value as never;
}

/** Prints `text` in the next iteration and `then` in the one after it, each before anything that is scheduled later. */
function printSoon(print: Print, text: string, then: string): void {
  getRunningLoop().callSoon(() => {
    print(text);
    getRunningLoop().callSoon(() => print(then));
  });
}

const printSoonInPython = `
      def print_soon(text, then):
          loop = asyncio.get_running_loop()
          loop.call_soon(lambda: (print(text), loop.call_soon(print, then)))
`;

describe("TK: tasks", () => {
  it("TK-05: a bad yield raises RuntimeError at the next step, which may catch it and go on", async () => {
    const python = `
      ${helpers}
      ${printSoonInPython}
      async def worker():
          try:
              await yielding(42)
          except RuntimeError as error:
              print("caught", error)
          await asyncio.sleep(1)
          return t()

      async def main():
          task = asyncio.create_task(worker())
          print_soon("before", "after")
          print(await task)
    `;
    await same(python, function* (print) {
      function* worker(): Coroutine<number> {
        try {
          yield* yielding(42);
        } catch (error) {
          if (!(error instanceof RuntimeError)) throw error;
          print("caught", error);
        }
        yield* sleep(1);
        return getRunningLoop().time();
      }
      const task = createTask(worker());
      printSoon(print, "before", "after");
      print(yield* task);
    });
  });

  it("TK-05: every value but None and a future is a bad yield", async () => {
    const python = `
      ${helpers}
      class Odd:
          def __repr__(self): return "<odd>"

      async def main():
          for value in (0, "", False, 1.5, "it's", [1, "a"], Odd(), ValueError("x")):
              print(await awaiting(yielding(value)))
    `;
    await same(python, function* (print) {
      class Odd {
        toString(): string {
          return "<odd>";
        }
      }
      for (const value of [0, "", false, 1.5, "it's", [1, "a"], new Odd(), new ValueError("x")]) {
        print(yield* awaiting(yielding(value)));
      }
    });
  });

  it("TK-05: a task that does not catch the error of a bad yield fails with it", async () => {
    const python = `
      ${helpers}
      async def worker():
          await yielding(42)

      async def main():
          task = asyncio.create_task(worker())
          print(await awaiting(task), task.cancelled(), repr(task.exception()))
    `;
    await same(python, function* (print) {
      const task = createTask(yielding(42));
      print(yield* awaiting(task), task.cancelled(), repr(task.exception()));
    });
  });

  it("TK-05: a cancel that comes before the next step replaces the error of a bad yield", async () => {
    const python = `
      ${helpers}
      async def worker():
          return await awaiting(yielding(42))

      async def main():
          task = asyncio.create_task(worker())
          await asyncio.sleep(0)
          print(task.cancel("x"), task.cancelling())
          print(await task)
    `;
    await same(python, function* (print) {
      const task = createTask(awaiting(yielding(42)));
      yield* sleep(0);
      print(task.cancel("x"), task.cancelling());
      print(yield* task);
    });
  });

  it("TK-05: the error names the fix for a promise", () => {
    function* main(): Coroutine {
      yield Promise.resolve() as never;
    }
    expect(() => runVirtual(main())).toThrow(
      new RuntimeError(
        "Task got bad yield: <Promise object> (hint: wrap it in fromPromise: yield* fromPromise(promise))",
      ),
    );
  });

  it("TK-06: a bare yield runs the task again in the next iteration", async () => {
    const python = `
      ${helpers}
      ${printSoonInPython}
      async def worker():
          print("first step")
          print("sent", await yielding(None))
          print("second step")

      async def main():
          task = asyncio.create_task(worker())
          print_soon("before", "after")
          await task
          print(t())
    `;
    await same(python, function* (print) {
      function* worker(): Coroutine {
        print("first step");
        print("sent", yield);
        print("second step");
      }
      const task = createTask(worker());
      printSoon(print, "before", "after");
      yield* task;
      print(getRunningLoop().time());
    });
  });

  it("TK-07: yielding a generator raises RuntimeError at the next step", async () => {
    const python = `
      ${helpers}
      ${printSoonInPython}
      def generator():
          print("never runs")
          yield

      async def worker():
          print(await awaiting(yielding(generator())))
          return "went on"

      async def main():
          task = asyncio.create_task(worker(), name="x")
          print_soon("before", "after")
          print(await task)
    `;
    await same(python, function* (print) {
      function* generator(): Coroutine {
        print("never runs");
        yield;
      }
      function* worker(): Coroutine<string> {
        print(yield* awaiting(yielding(generator())));
        return "went on";
      }
      const task = createTask(worker(), { name: "x" });
      printSoon(print, "before", "after");
      print(yield* task);
    });
  });

  it("TK-07: yielding a future or a task raises RuntimeError at the next step, and the task does not wait for it", async () => {
    const python = `
      ${helpers}
      ${printSoonInPython}
      async def worker(future):
          print(await awaiting(yielding(future)))
          print(shown(future))
          return await future

      async def other():
          await asyncio.sleep(2)
          return "result"

      async def main():
          loop = asyncio.get_running_loop()
          future = loop.create_future()
          loop.call_later(1, future.set_result, "result")
          for awaited in (future, asyncio.create_task(other(), name="other")):
              task = asyncio.create_task(worker(awaited), name="x")
              print_soon("before", "after")
              print(await task, t())
    `;
    await same(python, function* (print) {
      function* worker(awaited: Future<string>): Coroutine<string> {
        print(yield* awaiting(yielding(awaited)));
        print(shown(awaited));
        return yield* awaited;
      }
      function* other(): Coroutine<string> {
        yield* sleep(2);
        return "result";
      }
      const loop = getRunningLoop();
      const future = loop.createFuture<string>();
      loop.callLater(1, () => future.setResult("result"));
      for (const awaited of [future, createTask(other(), { name: "other" })]) {
        const task = createTask(worker(awaited), { name: "x" });
        printSoon(print, "before", "after");
        print(yield* task, loop.time());
      }
    });
  });

  it("TK-07: the errors name the fix", () => {
    function* other(): Coroutine {}
    function* main(value: unknown): Coroutine<string> {
      try {
        yield value as never;
      } catch (error) {
        return (error as Error).message;
      }
      return "no error";
    }
    expect(runVirtual(main(other()))).toMatch(/ with <coroutine object.*> \(hint: write yield\* with a star\)$/);
    const future = new VirtualTimeLoop().createFuture();
    function* own(): Coroutine<string> {
      return yield* main(getRunningLoop().createFuture());
    }
    expect(runVirtual(own())).toMatch(/ with <Future pending> \(hint: write yield\* with a star\)$/);
    expect(runVirtual(main(future))).toMatch(/ attached to a different loop$/);
  });

  it("TK-08: a task that awaits itself gets RuntimeError at its next step", async () => {
    const python = `
      ${helpers}
      ${printSoonInPython}
      async def worker():
          print(await awaiting(asyncio.current_task()))
          await asyncio.sleep(1)
          return "went on"

      async def main():
          task = asyncio.create_task(worker(), name="x")
          print_soon("before", "after")
          print(await task, t())
    `;
    await same(python, function* (print) {
      function* worker(): Coroutine<string> {
        print(yield* awaiting(currentTask() as Task<unknown>));
        yield* sleep(1);
        return "went on";
      }
      const task = createTask(worker(), { name: "x" });
      printSoon(print, "before", "after");
      print(yield* task, getRunningLoop().time());
    });
  });

  it("TK-09: awaiting a future or a task of another loop raises RuntimeError at the next step", async () => {
    const python = `
      ${helpers}
      ${printSoonInPython}
      one, two = asyncio.new_event_loop(), asyncio.new_event_loop()

      async def other(): pass

      async def worker(awaited):
          print(await awaiting(awaited))
          await asyncio.sleep(1)
          return "went on"

      async def main():
          for awaited in (two.create_future(), two.create_task(other(), name="other")):
              task = asyncio.create_task(worker(awaited), name="x")
              print_soon("before", "after")
              print(await task, t())
              print(awaited.cancel(), shown(awaited))

      one.run_until_complete(main())
      one.close()
      two.advance(0)
      two.close()
    `;
    await sameScript(python, (print, newLoop) => {
      const one = newLoop();
      const two = newLoop();
      function* other(): Coroutine {}
      function* worker(awaited: Awaitable<unknown>): Coroutine<string> {
        print(yield* awaiting(awaited));
        yield* sleep(1);
        return "went on";
      }
      function* main(): Coroutine {
        for (const awaited of [two.createFuture(), two.createTask(other(), { name: "other" })]) {
          const task = createTask(worker(awaited), { name: "x" });
          printSoon(print, "before", "after");
          print(yield* task, one.time());
          print(awaited.cancel(), shown(awaited));
        }
      }
      one.runUntilComplete(main());
      one.close();
      two.advance(0);
      two.close();
    });
  });

  it("TK-10: a future of another loop that is done can be awaited, and the task is not suspended", async () => {
    const python = `
      ${helpers}
      one, two = asyncio.new_event_loop(), asyncio.new_event_loop()
      succeeded, failed, cancelled = [two.create_future() for _ in range(3)]
      succeeded.set_result("result")
      failed.set_exception(ValueError("x"))
      cancelled.cancel("y")

      async def worker():
          return "of a task"

      task = two.create_task(worker())
      two.run_until_complete(task)

      async def main():
          asyncio.get_running_loop().call_soon(print, "next iteration")
          for future in (succeeded, failed, cancelled, task):
              print(await awaiting(future))

      one.run_until_complete(main())
      one.close()
      two.close()
    `;
    await sameScript(python, (print, newLoop) => {
      const one = newLoop();
      const two = newLoop();
      const succeeded = two.createFuture<string>();
      const failed = two.createFuture();
      const cancelled = two.createFuture();
      succeeded.setResult("result");
      failed.setException(new ValueError("x"));
      cancelled.cancel("y");
      function* worker(): Coroutine<string> {
        return "of a task";
      }
      const task = two.createTask(worker());
      two.runUntilComplete(task);
      function* main(): Coroutine {
        getRunningLoop().callSoon(() => print("next iteration"));
        for (const future of [succeeded, failed, cancelled, task]) print(yield* awaiting(future));
      }
      one.runUntilComplete(main());
      one.close();
      two.close();
    });
  });

  it("TK-20: no task is stepped inside the step of another", async () => {
    const python = `
      ${helpers}
      loop = asyncio.new_event_loop()
      loop.set_exception_handler(lambda loop, context: print("reported", shown(repr(context.get("exception")))))

      async def inner():
          print("never runs")

      async def outer():
          task = loop.create_task(inner(), name="inner")
          loop._run_once()
          print(asyncio.current_task().get_name(), task.done())
          task.cancel()

      loop.create_task(outer(), name="outer")
      loop.advance(0)
      loop.set_exception_handler(lambda loop, context: None)  # the lost task is reported when it is destroyed
      loop.close()
    `;
    await sameScript(python, (print) => {
      class NestingLoop extends VirtualTimeLoop {
        nest(): void {
          this.runOnce();
        }
      }
      const loop = new NestingLoop();
      loop.setExceptionHandler((_loop, context) => print("reported", shown(repr(context.exception))));
      function* inner(): Coroutine {
        print("never runs");
      }
      function* outer(): Coroutine {
        const task = loop.createTask(inner(), { name: "inner" });
        loop.nest();
        print(currentTask()?.getName(), task.done());
        task.cancel();
      }
      loop.createTask(outer(), { name: "outer" });
      loop.advance(0);
      loop.setExceptionHandler(() => {});
      loop.close();
    });
  });

  it("TK-23: the loop sends None into the coroutine, whatever the awaited future's result", async () => {
    const python = `
      ${helpers}
      @types.coroutine
      def by_hand(future):
          iterator = future.__await__()
          sent = yield next(iterator)
          return sent

      async def main():
          loop = asyncio.get_running_loop()
          future = loop.create_future()
          loop.call_later(1, future.set_result, "result")
          print(await by_hand(future), await future, await yielding(None))
    `;
    await same(python, function* (print) {
      function* byHand(future: Future<unknown>): Coroutine<unknown> {
        const iterator = future[Symbol.iterator]();
        return yield iterator.next().value as never;
      }
      const loop = getRunningLoop();
      const future = loop.createFuture<string>();
      loop.callLater(1, () => future.setResult("result"));
      print(yield* byHand(future), yield* future, yield* yielding(undefined));
    });
  });

  it("TK-23: an awaited failure is thrown into the coroutine, as the very exception", async () => {
    const python = `
      async def wait_for_it(future):
          try:
              await future
          except ValueError as error:
              return error

      async def main():
          loop = asyncio.get_running_loop()
          future, error = loop.create_future(), ValueError("x")
          waiting = [asyncio.create_task(wait_for_it(future)) for _ in range(2)]
          loop.call_later(1, future.set_exception, error)
          print([await task is error for task in waiting], t())
    `;
    await same(python, function* (print) {
      function* waitForIt(future: Future<unknown>): Coroutine<unknown> {
        try {
          return yield* future;
        } catch (error) {
          return error;
        }
      }
      const loop = getRunningLoop();
      const future = loop.createFuture();
      const error = new ValueError("x");
      const waiting = [createTask(waitForIt(future)), createTask(waitForIt(future))];
      loop.callLater(1, () => future.setException(error));
      print(
        [(yield* waiting[0] as Task<unknown>) === error, (yield* waiting[1] as Task<unknown>) === error],
        loop.time(),
      );
    });
  });

  it("TK-23: a failure or a cancellation is thrown at the yield itself", async () => {
    const python = `
      import types

      @types.coroutine
      def by_hand(future):
          iterator = future.__await__()
          try:
              yield next(iterator)
          except BaseException as error:
              return f"thrown in: {error!r}"
          return "sent in"

      async def main():
          loop = asyncio.get_running_loop()
          for end in (lambda future: future.set_exception(ValueError("x")), lambda future: future.cancel("y")):
              future = loop.create_future()
              loop.call_later(1, end, future)
              print(await by_hand(future))
    `;
    await same(python, function* (print) {
      function* byHand(future: Future<unknown>): Coroutine<string> {
        const iterator = future[Symbol.iterator]();
        try {
          yield iterator.next().value as never;
        } catch (error) {
          return `thrown in: ${repr(error)}`;
        }
        return "sent in";
      }
      const loop = getRunningLoop();
      for (const end of [
        (future: Future<unknown>) => future.setException(new ValueError("x")),
        (future: Future<unknown>) => future.cancel("y"),
      ]) {
        const future = loop.createFuture();
        loop.callLater(1, () => end(future));
        print(yield* byHand(future));
      }
    });
  });
});

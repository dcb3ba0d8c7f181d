import {
  allTasks,
  type Awaitable,
  BaseException,
  CancelledError,
  Context,
  ContextVar,
  type Coroutine,
  createTask,
  currentTask,
  ensureFuture,
  type Future,
  GeneratorExit,
  getRunningLoop,
  asyncWith,
  KeyboardInterrupt,
  RuntimeError,
  sleep,
  SystemExit,
  Task,
  ValueError,
} from "@yieldstar/loop";
import { TaskGroup } from "@yieldstar/taskgroup";
import { runVirtual, VirtualTimeLoop } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";
import { repr, str } from "../../src/python-text.ts";
import { type Print, same, sameScript } from "../../src/same.ts";

/**
 * For snippets, and indented as they are: what a call, or awaiting, came to; what a coroutine yields to its task; and a
 * text without places in files, addresses and what a coroutine says of itself.
 */
const helpers = `
      import re, types

      def outcome(call):
          try:
              return f"returned {call()!r}"
          except BaseException as error:
              return shown(f"raised {error!r}")

      async def awaiting(awaitable):
          try:
              return f"returned {await awaitable!r}"
          except BaseException as error:
              return shown(f"raised {error!r}")

      @types.coroutine
      def yielding(value):
          return (yield value)

      def shown(text):
          text = re.sub(r" at (0x\\w+|[^ ,\\]]+:\\d+)", "", str(text))
          return re.sub(r"<(generator|coroutine) object[^>]*>", "<coroutine>", re.sub(r"coro=<[^>]*>", "coro=<>", text))
`;

function outcome(call: () => unknown): string {
  try {
    return `returned ${repr(call())}`;
  } catch (error) {
    return shown(`raised ${repr(error)}`);
  }
}

function* awaiting(awaitable: Awaitable<unknown>): Coroutine<string> {
  try {
    return `returned ${repr(yield* awaitable)}`;
  } catch (error) {
    return shown(`raised ${repr(error)}`);
  }
}

function* yielding(value: unknown): Coroutine<unknown> {
  return yield value as never;
}

/** A text without its hint, and without what a coroutine says of itself. */
function shown(text: unknown): string {
  return str(text)
    .replace(/ \(hint: .*\)(?=['"]\)$)/, "")
    .replaceAll(/coro=<[^>]*>/g, "coro=<>")
    .replaceAll(/<coroutine object[^>]*>/g, "<coroutine>");
}

/** Prints `text` in the next iteration, and `then` in the one after it, each before what is scheduled later. */
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
  it("TK-01: only a coroutine can be made a task", async () => {
    const python = `
      ${helpers}
      async def worker(): pass

      class SomeAwaitable:
          def __await__(self): yield
          def __repr__(self): return "<some awaitable>"

      async def main():
          loop = asyncio.get_running_loop()
          task = asyncio.create_task(worker(), name="x")
          for value in (None, 42, "text", [1], loop.create_future(), task, SomeAwaitable(), worker):
              print(outcome(lambda: asyncio.create_task(value)))
              print(outcome(lambda: loop.create_task(value)))
              print(outcome(lambda: asyncio.Task(value)))
          print(len(asyncio.all_tasks()))
    `;
    await same(python, function* (print) {
      function* worker(): Coroutine {}
      class SomeAwaitable {
        *[Symbol.iterator](): Coroutine {
          yield;
        }
        toString(): string {
          return "<some awaitable>";
        }
      }
      const loop = getRunningLoop();
      const task = createTask(worker(), { name: "x" });
      for (const value of [undefined, 42, "text", [1], loop.createFuture(), task, new SomeAwaitable(), worker]) {
        print(outcome(() => createTask(value as never)));
        print(outcome(() => loop.createTask(value as never)));
        print(outcome(() => new Task(value as never)));
      }
      print(allTasks().size);
    });
  });

  it("TK-01: the error names the fix for a function and for a promise", () => {
    function* worker(): Coroutine {}
    const loop = new VirtualTimeLoop();
    expect(() => loop.createTask(worker as never)).toThrow(
      new TypeError("a coroutine was expected, got <function worker> (hint: call it: worker())"),
    );
    expect(() => loop.createTask(Promise.resolve() as never)).toThrow(
      new TypeError(
        "a coroutine was expected, got <Promise object> (hint: wrap it in fromPromise: fromPromise(promise))",
      ),
    );
  });

  it("TK-02: create_task() outside a running loop raises RuntimeError and leaves the coroutine alone", async () => {
    const python = `
      ${helpers}
      async def worker():
          print("ran")
          return "result"

      loop = asyncio.new_event_loop()
      coroutine = worker()
      print(outcome(lambda: asyncio.create_task(coroutine)))
      print(outcome(lambda: asyncio.create_task(coroutine, name="x")))
      print(loop.run_until_complete(coroutine))
      print(outcome(lambda: asyncio.create_task(5)))
      loop.close()
    `;
    await sameScript(python, (print, newLoop) => {
      function* worker(): Coroutine<string> {
        print("ran");
        return "result";
      }
      const loop = newLoop();
      const coroutine = worker();
      print(outcome(() => createTask(coroutine)));
      print(outcome(() => createTask(coroutine, { name: "x" })));
      print(loop.runUntilComplete(coroutine));
      print(outcome(() => createTask(5 as never)));
      loop.close();
    });
  });

  it("TK-03: unnamed tasks are counted in the order of creation, across loops, and named ones are not", async () => {
    const python = `
      ${helpers}
      async def worker():
          return asyncio.current_task().get_name()

      one, two = asyncio.new_event_loop(), asyncio.new_event_loop()
      tasks = [one.create_task(worker()), two.create_task(worker()), one.create_task(worker(), name="named")]
      tasks += [two.create_task(worker(), name=None), one.create_task(worker())]
      outcome(lambda: one.create_task(5))
      tasks.append(asyncio.Task(worker(), loop=two))
      print([task.get_name() for task in reversed(tasks)])
      print([task.get_loop().run_until_complete(task) for task in tasks])
      print(one.run_until_complete(worker()))
      one.close()
      two.close()
    `;
    await sameScript(python, (print, newLoop) => {
      function* worker(): Coroutine<string | undefined> {
        return currentTask()?.getName();
      }
      const one = newLoop();
      const two = newLoop();
      const tasks = [one.createTask(worker()), two.createTask(worker()), one.createTask(worker(), { name: "named" })];
      tasks.push(two.createTask(worker(), { name: undefined }), one.createTask(worker()));
      outcome(() => one.createTask(5 as never));
      tasks.push(new Task(worker(), { loop: two }));
      print([...tasks].reverse().map((task) => task.getName()));
      print(tasks.map((task) => (task.getLoop() as VirtualTimeLoop).runUntilComplete(task)));
      print(one.runUntilComplete(worker()));
      one.close();
      two.close();
    });
  });

  it("TK-03: a name is the text of what was given", async () => {
    const python = `
      class Named:
          def __str__(self): return "from an object"

      async def worker(): pass

      async def main():
          for name in ("text", "", 5, 0, Named()):
              task = asyncio.create_task(worker(), name=name)
              print(repr(task.get_name()))
              task.set_name("other")
              print(repr(task.get_name()))
              task.set_name(name)
              print(repr(task.get_name()))
    `;
    await same(python, function* (print) {
      class Named {
        toString(): string {
          return "from an object";
        }
      }
      function* worker(): Coroutine {}
      for (const name of ["text", "", 5, 0, new Named()]) {
        const task = createTask(worker(), { name });
        print(repr(task.getName()));
        task.setName("other");
        print(repr(task.getName()));
        task.setName(name);
        print(repr(task.getName()));
      }
    });
  });

  it("TK-04: a task does not take a result or an exception from outside", async () => {
    const python = `
      ${helpers}
      async def worker():
          return 1

      async def main():
          task = asyncio.create_task(worker())
          for _ in range(2):
              print(outcome(lambda: task.set_result(2)))
              print(outcome(lambda: task.set_exception(ValueError("x"))))
              print(outcome(lambda: task.set_exception(5)))
              print(task.done(), await task)
    `;
    await same(python, function* (print) {
      function* worker(): Coroutine<number> {
        return 1;
      }
      const task = createTask(worker());
      for (let count = 0; count < 2; count += 1) {
        print(outcome(() => task.setResult(2)));
        print(outcome(() => task.setException(new ValueError("x"))));
        print(outcome(() => task.setException(5)));
        print(task.done(), yield* task);
      }
    });
  });

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

  it("TK-05: a task that does not catch it fails with it", async () => {
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

  it("TK-05: a cancel that comes before that step takes the place of the error", async () => {
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

  it("TK-07: yielding a future or a task raises RuntimeError at the next step, and nobody waits for it", async () => {
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

  it("TK-11: what the coroutine returns is the result, be it nothing, an error or a future", async () => {
    const python = `
      ${helpers}
      async def returns(value):
          return value

      async def main():
          for value in (None, 0, [1], ValueError("x"), asyncio.get_running_loop().create_future()):
              task = asyncio.create_task(returns(value))
              print(await awaiting(task), task.result() is value, task.exception(), task.cancelled())
    `;
    await same(python, function* (print) {
      function* returns(value: unknown): Coroutine<unknown> {
        return value;
      }
      for (const value of [undefined, 0, [1], new ValueError("x"), getRunningLoop().createFuture()]) {
        const task = createTask(returns(value));
        print(yield* awaiting(task), task.result() === value, task.exception(), task.cancelled());
      }
    });
  });

  it("TK-12: GeneratorExit out of a coroutine is an ordinary exception of its task", async () => {
    const python = `
      ${helpers}
      async def worker():
          raise GeneratorExit("x")

      async def main():
          task = asyncio.create_task(worker(), name="x")
          await asyncio.sleep(0)
          print(task.done(), task.cancelled(), repr(task.exception()), shown(task))
          print(await awaiting(task), await awaiting(task))
    `;
    await same(python, function* (print) {
      function* worker(): Coroutine {
        throw new GeneratorExit("x");
      }
      const task = createTask(worker(), { name: "x" });
      yield* sleep(0);
      print(task.done(), task.cancelled(), repr(task.exception()), shown(task));
      print(yield* awaiting(task), yield* awaiting(task));
    });
  });

  it("TK-13: SystemExit and KeyboardInterrupt are stored in the task and leave the loop at once", async () => {
    const python = `
      ${helpers}
      async def worker(error):
          raise error

      for error in (SystemExit("x"), KeyboardInterrupt("y")):
          loop = asyncio.new_event_loop()
          task = loop.create_task(worker(error))
          loop.call_soon(print, "not in this run")
          print(outcome(loop.run_forever), loop.is_running())
          print(task.done(), task.cancelled(), task.exception() is error)
          print(outcome(lambda: loop.run_until_complete(worker(error))))
          loop.close()
    `;
    await sameScript(python, (print, newLoop) => {
      function* worker(error: Error): Coroutine {
        throw error;
      }
      for (const error of [new SystemExit("x"), new KeyboardInterrupt("y")]) {
        const loop = newLoop();
        const task = loop.createTask(worker(error));
        loop.callSoon(() => print("not in this run"));
        print(
          outcome(() => loop.runForever()),
          loop.isRunning(),
        );
        print(task.done(), task.cancelled(), task.exception() === error);
        print(outcome(() => loop.runUntilComplete(worker(error))));
        loop.close();
      }
    });
  });

  it("TK-13: every other base exception is only stored", async () => {
    const python = `
      ${helpers}
      class OwnBase(BaseException):
          pass

      async def worker(error):
          raise error

      async def main():
          for error in (OwnBase("x"), GeneratorExit("y"), asyncio.CancelledError("z")):
              task = asyncio.create_task(worker(error))
              await asyncio.sleep(1)
              print(task.done(), task.cancelled(), await awaiting(task), t())
    `;
    await same(python, function* (print) {
      class OwnBase extends BaseException {
        override readonly name = "OwnBase";
      }
      function* worker(error: Error): Coroutine {
        throw error;
      }
      for (const error of [new OwnBase("x"), new GeneratorExit("y"), new CancelledError("z")]) {
        const task = createTask(worker(error));
        yield* sleep(1);
        print(task.done(), task.cancelled(), yield* awaiting(task), getRunningLoop().time());
      }
    });
  });

  it("TK-14: after such an escape the rest of the iteration runs in the loop's next run", async () => {
    const python = `
      ${helpers}
      async def exits():
          raise SystemExit("x")

      async def other():
          print("other task")
          await asyncio.sleep(1)
          return t()

      loop = asyncio.new_event_loop()
      loop.call_soon(print, "before")
      task = loop.create_task(exits())
      task.add_done_callback(lambda task: print("done callback"))
      waiting = loop.create_task(other())
      loop.call_soon(print, "behind")
      print(outcome(loop.run_forever))
      loop.call_soon(print, "scheduled between the runs")
      print(loop.run_until_complete(waiting))
      task.exception()
      loop.close()
    `;
    await sameScript(python, (print, newLoop) => {
      function* exits(): Coroutine {
        throw new SystemExit("x");
      }
      function* other(): Coroutine<number> {
        print("other task");
        yield* sleep(1);
        return getRunningLoop().time();
      }
      const loop = newLoop();
      loop.callSoon(() => print("before"));
      const task = loop.createTask(exits());
      task.addDoneCallback(() => print("done callback"));
      const waiting = loop.createTask(other());
      loop.callSoon(() => print("behind"));
      print(outcome(() => loop.runForever()));
      loop.callSoon(() => print("scheduled between the runs"));
      print(loop.runUntilComplete(waiting));
      task.exception();
      loop.close();
    });
  });

  it("TK-14: an escape out of run_until_complete() does not stop the loop's next run", async () => {
    const python = `
      ${helpers}
      async def exits():
          raise KeyboardInterrupt("x")

      async def other():
          await asyncio.sleep(1)
          return t()

      loop = asyncio.new_event_loop()
      for _ in range(2):
          print(outcome(lambda: loop.run_until_complete(exits())))
          print(loop.run_until_complete(other()))
      loop.close()
    `;
    await sameScript(python, (print, newLoop) => {
      function* exits(): Coroutine {
        throw new KeyboardInterrupt("x");
      }
      function* other(): Coroutine<number> {
        yield* sleep(1);
        return getRunningLoop().time();
      }
      const loop = newLoop();
      for (let count = 0; count < 2; count += 1) {
        print(outcome(() => loop.runUntilComplete(exits())));
        print(loop.runUntilComplete(other()));
      }
      loop.close();
    });
  });

  it("TK-15: a CancelledError, or a subclass, out of the coroutine cancels the task", async () => {
    const python = `
      ${helpers}
      class OwnCancelled(asyncio.CancelledError):
          pass

      async def worker(error):
          raise error

      async def awaits(future):
          await future

      async def main():
          cancelled = asyncio.get_running_loop().create_future()
          cancelled.cancel()
          coroutines = [worker(asyncio.CancelledError()), worker(OwnCancelled("x")), awaits(cancelled)]
          for coroutine in coroutines:
              task = asyncio.create_task(coroutine, name="x")
              await asyncio.sleep(0)
              print(task.done(), task.cancelled(), task.cancelling(), shown(task))
              print(await awaiting(task))
    `;
    await same(python, function* (print) {
      class OwnCancelled extends CancelledError {
        override readonly name = "OwnCancelled";
      }
      function* worker(error: Error): Coroutine {
        throw error;
      }
      function* awaits(future: Future<unknown>): Coroutine {
        yield* future;
      }
      const cancelled = getRunningLoop().createFuture();
      cancelled.cancel();
      const coroutines = [worker(new CancelledError()), worker(new OwnCancelled("x")), awaits(cancelled)];
      for (const coroutine of coroutines) {
        const task = createTask(coroutine, { name: "x" });
        yield* sleep(0);
        print(task.done(), task.cancelled(), task.cancelling(), shown(task));
        print(yield* awaiting(task));
      }
    });
  });

  it("TK-16: the first to ask a cancelled task gets the original error, those after it new ones", async () => {
    const python = `
      def caught(call):
          try:
              return call()
          except asyncio.CancelledError as error:
              return error

      async def worker(error):
          raise error

      async def wait_for_it(task):
          try:
              await task
          except asyncio.CancelledError as error:
              return error

      async def main():
          for first in ("result", "exception", "await", "two awaits"):
              original = asyncio.CancelledError("own")
              task = asyncio.create_task(worker(original))
              if first == "two awaits":
                  waiting = [asyncio.create_task(wait_for_it(task)) for _ in range(2)]
                  errors = [await other for other in waiting]
              else:
                  await asyncio.sleep(0)
                  errors = [await wait_for_it(task) if first == "await" else caught(getattr(task, first))]
              errors += [caught(task.result), caught(task.exception), await wait_for_it(task)]
              print(first, errors, [error is original for error in errors], len(set(errors)))
    `;
    await same(python, function* (print) {
      function caught(call: () => unknown): unknown {
        try {
          return call();
        } catch (error) {
          return error;
        }
      }
      function* worker(error: Error): Coroutine {
        throw error;
      }
      function* waitForIt(task: Task<unknown>): Coroutine<unknown> {
        try {
          return yield* task;
        } catch (error) {
          return error;
        }
      }
      for (const first of ["result", "exception", "await", "two awaits"] as const) {
        const original = new CancelledError("own");
        const task = createTask(worker(original));
        const errors: unknown[] = [];
        if (first === "two awaits") {
          const waiting = [createTask(waitForIt(task)), createTask(waitForIt(task))];
          for (const other of waiting) errors.push(yield* other);
        } else {
          yield* sleep(0);
          errors.push(first === "await" ? yield* waitForIt(task) : caught(() => task[first]()));
        }
        errors.push(
          caught(() => task.result()),
          caught(() => task.exception()),
          yield* waitForIt(task),
        );
        print(
          first,
          errors,
          errors.map((error) => error === original),
          new Set(errors).size,
        );
      }
    });
  });

  it("TK-16: the message of cancel() is in the later errors only if the coroutine returned", async () => {
    const python = `
      ${helpers}
      async def waits():
          await asyncio.sleep(10)

      async def cancels_itself(end):
          asyncio.current_task().cancel("message")
          return end()

      def fail():
          raise asyncio.CancelledError("own")

      async def main():
          waiting, unstarted = asyncio.create_task(waits()), asyncio.create_task(waits())
          returning, raising = [asyncio.create_task(cancels_itself(end)) for end in (lambda: 1, fail)]
          unstarted.cancel("message")
          await asyncio.sleep(0)
          waiting.cancel("message")
          await asyncio.sleep(0.5)
          for task in (waiting, unstarted, returning, raising):
              print(outcome(task.result), outcome(task.result), outcome(task.exception), await awaiting(task))
    `;
    await same(python, function* (print) {
      function* waits(): Coroutine {
        yield* sleep(10);
      }
      function* cancelsItself(end: () => unknown): Coroutine<unknown> {
        currentTask()?.cancel("message");
        return end();
      }
      function fail(): never {
        throw new CancelledError("own");
      }
      const waiting = createTask(waits());
      const unstarted = createTask(waits());
      const returning = createTask(cancelsItself(() => 1));
      const raising = createTask(cancelsItself(fail));
      unstarted.cancel("message");
      yield* sleep(0);
      waiting.cancel("message");
      yield* sleep(0.5);
      for (const task of [waiting, unstarted, returning, raising]) {
        print(
          outcome(() => task.result()),
          outcome(() => task.result()),
          outcome(() => task.exception()),
          yield* awaiting(task),
        );
      }
    });
  });

  it("TK-17: get_coro() gives the coroutine, before, during and after", async () => {
    const python = `
      async def worker():
          print(asyncio.current_task().get_coro() is coroutines[0])
          await asyncio.sleep(0)

      coroutines = []

      async def main():
          coroutines.append(worker())
          task = asyncio.create_task(coroutines[0])
          print(task.get_coro() is coroutines[0])
          await task
          print(task.get_coro() is coroutines[0])
    `;
    await same(python, function* (print) {
      function* worker(): Coroutine {
        print(currentTask()?.getCoro() === coroutine);
        yield* sleep(0);
      }
      const coroutine: Coroutine = worker();
      const task = createTask(coroutine);
      print(task.getCoro() === coroutine);
      yield* task;
      print(task.getCoro() === coroutine);
    });
  });

  it("TK-17: get_context() gives the context the task runs in: the given one, or a copy of its creator's", async () => {
    const python = `
      variable = contextvars.ContextVar("variable")

      async def worker():
          variable.set("of the task")

      async def main():
          variable.set("of main")
          given = contextvars.Context()
          copying, sharing = asyncio.create_task(worker()), asyncio.create_task(worker(), context=given)
          print(sharing.get_context() is given, copying.get_context() is asyncio.current_task().get_context())
          print(copying.get_context()[variable], given.get(variable))
          await sharing
          print(copying.get_context()[variable], given[variable])
          print(copying.get_context() is copying.get_context(), variable.get())
    `;
    await same(python, function* (print) {
      const variable = new ContextVar<string>("variable");
      function* worker(): Coroutine {
        variable.set("of the task");
      }
      variable.set("of main");
      const given = new Context();
      const copying = createTask(worker());
      const sharing = createTask(worker(), { context: given });
      print(sharing.getContext() === given, copying.getContext() === currentTask()?.getContext());
      print(copying.getContext().get(variable), given.get(variable));
      yield* sharing;
      print(copying.getContext().get(variable), given.get(variable));
      print(copying.getContext() === copying.getContext(), variable.get());
    });
  });

  it("TK-18: current_task() is the task whose step runs, in whatever coroutine it stands", async () => {
    const python = `
      def name():
          task = asyncio.current_task()
          return task and task.get_name()

      async def nested():
          print("nested", name())
          await asyncio.sleep(0)
          print("nested again", name())

      async def worker():
          print("worker", name())
          await nested()
          print("worker again", name())

      async def main():
          loop = asyncio.get_running_loop()
          tasks = [asyncio.create_task(worker(), name=name) for name in ("x", "y")]
          tasks[0].add_done_callback(lambda task: print("done callback", name()))
          loop.call_soon(lambda: print("callback", name()))
          loop.call_later(1, lambda: print("timer", name()))
          for task in tasks:
              await task
          await asyncio.sleep(2)
          asyncio.current_task().set_name("main")
          print(name(), asyncio.current_task(loop).get_name())
    `;
    await same(python, function* (print) {
      const name = (): string | undefined => currentTask()?.getName();
      function* nested(): Coroutine {
        print("nested", name());
        yield* sleep(0);
        print("nested again", name());
      }
      function* worker(): Coroutine {
        print("worker", name());
        yield* nested();
        print("worker again", name());
      }
      const loop = getRunningLoop();
      const tasks = ["x", "y"].map((given) => createTask(worker(), { name: given }));
      tasks[0]?.addDoneCallback(() => print("done callback", name()));
      loop.callSoon(() => print("callback", name()));
      loop.callLater(1, () => print("timer", name()));
      for (const task of tasks) yield* task;
      yield* sleep(2);
      currentTask()?.setName("main");
      print(name(), currentTask(loop)?.getName());
    });
  });

  it("TK-18: current_task() raises RuntimeError outside a loop, unless it is told which", async () => {
    const python = `
      ${helpers}
      loop, other = asyncio.new_event_loop(), asyncio.new_event_loop()

      async def main():
          print(asyncio.current_task(loop) is asyncio.current_task(), asyncio.current_task(other))

      print(outcome(asyncio.current_task), asyncio.current_task(loop))
      loop.run_until_complete(main())
      print(outcome(asyncio.current_task), asyncio.current_task(loop))
      loop.close()
      other.close()
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      const other = newLoop();
      function* main(): Coroutine {
        print(currentTask(loop) === currentTask(), currentTask(other));
      }
      print(
        outcome(() => currentTask()),
        currentTask(loop),
      );
      loop.runUntilComplete(main());
      print(
        outcome(() => currentTask()),
        currentTask(loop),
      );
      loop.close();
      other.close();
    });
  });

  it("TK-19: all_tasks() is a fresh set of the tasks that are not done", async () => {
    const python = `
      async def worker(delay):
          await asyncio.sleep(delay)

      def names():
          return [task.get_name() for task in asyncio.all_tasks()]

      async def main():
          asyncio.current_task().set_name("main")
          tasks = [asyncio.create_task(worker(delay), name=f"of {delay}") for delay in (3, 1, 2)]
          print(names(), asyncio.all_tasks() is asyncio.all_tasks())
          asyncio.all_tasks().clear()
          before = asyncio.all_tasks()
          await asyncio.sleep(1.5)
          print(names(), len(before))
          tasks[0].cancel()
          print(names())
          await asyncio.sleep(0)
          print(names())
          await asyncio.sleep(1)
          print(names())
    `;
    await same(python, function* (print) {
      function* worker(delay: number): Coroutine {
        yield* sleep(delay);
      }
      const names = (): string[] => Array.from(allTasks(), (task) => task.getName());
      currentTask()?.setName("main");
      const tasks = [3, 1, 2].map((delay) => createTask(worker(delay), { name: `of ${delay}` }));
      print(names(), allTasks() === allTasks());
      allTasks().clear();
      const before = allTasks();
      yield* sleep(1.5);
      print(names(), before.size);
      tasks[0]?.cancel();
      print(names());
      yield* sleep(0);
      print(names());
      yield* sleep(1);
      print(names());
    });
  });

  it("TK-19: all_tasks() knows the tasks of each loop, and raises RuntimeError where none runs", async () => {
    const python = `
      ${helpers}
      async def worker():
          await asyncio.sleep(1)

      one, two = asyncio.new_event_loop(), asyncio.new_event_loop()
      tasks = [one.create_task(worker(), name="one"), two.create_task(worker(), name="two")]
      print(outcome(asyncio.all_tasks))
      print([[task.get_name() for task in asyncio.all_tasks(loop)] for loop in (one, two)])
      one.run_until_complete(tasks[0])
      print([[task.get_name() for task in asyncio.all_tasks(loop)] for loop in (one, two)])
      two.run_until_complete(tasks[1])
      one.close()
      two.close()
    `;
    await sameScript(python, (print, newLoop) => {
      function* worker(): Coroutine {
        yield* sleep(1);
      }
      const one = newLoop();
      const two = newLoop();
      const namesOfBoth = (): string[][] =>
        [one, two].map((loop) => Array.from(allTasks(loop), (task) => task.getName()));
      const first = one.createTask(worker(), { name: "one" });
      const second = two.createTask(worker(), { name: "two" });
      print(outcome(() => allTasks()));
      print(namesOfBoth());
      one.runUntilComplete(first);
      print(namesOfBoth());
      two.runUntilComplete(second);
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

  it("TK-21: the repr tells the state, the name, what the task waits for, its outcome and its callbacks", async () => {
    const python = `
      ${helpers}
      def callback(task): pass

      async def worker(future):
          print(shown(asyncio.current_task()))
          return await future

      async def swallows():
          try:
              await asyncio.sleep(5)
          except asyncio.CancelledError:
              print(shown(asyncio.current_task()))
              await asyncio.sleep(5)
          return 2

      async def main():
          loop = asyncio.get_running_loop()
          future = loop.create_future()
          task = asyncio.create_task(worker(future), name="it's")
          print(shown(task))
          await asyncio.sleep(0)
          print(shown(task))
          task.add_done_callback(callback)
          print(shown(task), shown(future))
          future.set_result([1, "a"])
          print(shown(task))
          await asyncio.sleep(0)
          print(shown(task))
          await asyncio.sleep(0)
          print(shown(task))

          future = loop.create_future()
          failing, waiting = asyncio.create_task(worker(future), name="failing"), asyncio.create_task(swallows(), name="x")
          await asyncio.sleep(0)
          future.set_exception(ValueError("x"))
          waiting.cancel()
          print(shown(waiting))
          await asyncio.sleep(1)
          print(shown(failing), shown(waiting))
          failing.exception()
          print(await waiting, shown(waiting))

          cancelled = asyncio.create_task(swallows(), name="cancelled")
          cancelled.cancel("x")
          print(shown(cancelled))
          await asyncio.sleep(0)
          print(shown(cancelled))
    `;
    await same(python, function* (print) {
      function callback(): void {}
      function* worker(awaited: Future<unknown>): Coroutine<unknown> {
        print(shown(currentTask()));
        return yield* awaited;
      }
      function* swallows(): Coroutine<number> {
        try {
          yield* sleep(5);
        } catch (error) {
          if (!(error instanceof CancelledError)) throw error;
          print(shown(currentTask()));
          yield* sleep(5);
        }
        return 2;
      }
      const loop = getRunningLoop();
      let future = loop.createFuture<unknown>();
      const task = createTask(worker(future), { name: "it's" });
      print(shown(task));
      yield* sleep(0);
      print(shown(task));
      task.addDoneCallback(callback);
      print(shown(task), shown(future));
      future.setResult([1, "a"]);
      print(shown(task));
      yield* sleep(0);
      print(shown(task));
      yield* sleep(0);
      print(shown(task));

      future = loop.createFuture();
      const failing = createTask(worker(future), { name: "failing" });
      const waiting = createTask(swallows(), { name: "x" });
      yield* sleep(0);
      future.setException(new ValueError("x"));
      waiting.cancel();
      print(shown(waiting));
      yield* sleep(1);
      print(shown(failing), shown(waiting));
      failing.exception();
      print(yield* waiting, shown(waiting));

      const cancelled = createTask(swallows(), { name: "cancelled" });
      cancelled.cancel("x");
      print(shown(cancelled));
      yield* sleep(0);
      print(shown(cancelled));
    });
  });

  it("TK-21: the repr of a task of one's own, and of the future it waits for, has the name of its class", async () => {
    const python = `
      ${helpers}
      class Own(asyncio.Task):
          pass

      async def main():
          future = asyncio.get_running_loop().create_future()
          task = Own(awaiting(future), name="x")
          print(shown(task))
          await asyncio.sleep(0)
          print(shown(task), shown(future))
    `;
    await same(python, function* (print) {
      class Own<T> extends Task<T> {}
      const future = getRunningLoop().createFuture();
      const task = new Own(awaiting(future), { name: "x" });
      print(shown(task));
      yield* sleep(0);
      print(shown(task), shown(future));
    });
  });

  it("TK-21: the repr of the main task names the callback that ends the run", async () => {
    const python = `
      ${helpers}
      async def main():
          asyncio.current_task().set_name("main")
          print(shown(asyncio.current_task()))
    `;
    await same(python, function* (print) {
      currentTask()?.setName("main");
      print(shown(currentTask()));
    });
  });

  it("TK-22: a task that is destroyed while pending is reported, one that is done is not", async () => {
    const python = `
      import gc

      def report(loop, context):
          print(sorted(context), context["message"], context["task"].get_name())

      async def worker(delay):
          await asyncio.sleep(delay)

      async def waits_for(future):
          await future

      loop = asyncio.new_event_loop()
      loop.set_exception_handler(report)
      loop.create_task(waits_for(loop.create_future()), name="waiting")
      loop.create_task(worker(1), name="done")
      loop.create_task(worker(1), name="cancelled").cancel()
      loop.advance(2)
      gc.collect()
      loop.create_task(worker(1), name="not started")
      loop.close()
    `;
    await sameScript(python, (print, newLoop) => {
      function* worker(delay: number): Coroutine {
        yield* sleep(delay);
      }
      function* waitsFor(future: Future<void>): Coroutine {
        yield* future;
      }
      const loop = newLoop();
      loop.setExceptionHandler((_loop, context) => {
        print(Object.keys(context).sort(), context.message, context.task?.getName());
      });
      loop.createTask(waitsFor(loop.createFuture()), { name: "waiting" });
      loop.createTask(worker(1), { name: "done" });
      loop.createTask(worker(1), { name: "cancelled" }).cancel();
      loop.advance(2);
      loop.createTask(worker(1), { name: "not started" });
      loop.close();
    });
  });

  it("TK-23: what is sent into the coroutine is None, whatever the awaited future's result", async () => {
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

  it("TK-23: a failure, or a cancellation, is thrown in at the yield itself", async () => {
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

  it("TK-24: a failed create_task() reports nothing and does not close the coroutine", async () => {
    const python = `
      ${helpers}
      async def worker():
          print("ran")

      closed, loop = asyncio.new_event_loop(), asyncio.new_event_loop()
      for each in (closed, loop):
          each.set_exception_handler(lambda loop, context: print("reported", context["message"]))
      closed.close()
      coroutine = worker()
      print(outcome(lambda: closed.create_task(coroutine)))
      print(outcome(lambda: closed.create_task(5)))
      print(outcome(lambda: loop.create_task(5)))
      print(len(asyncio.all_tasks(closed)), len(asyncio.all_tasks(loop)))
      loop.run_until_complete(coroutine)
      loop.close()
    `;
    await sameScript(python, (print, newLoop) => {
      function* worker(): Coroutine {
        print("ran");
      }
      const closed = newLoop();
      const loop = newLoop();
      for (const each of [closed, loop]) {
        each.setExceptionHandler((_loop, context) => print("reported", context.message));
      }
      closed.close();
      const coroutine = worker();
      print(outcome(() => closed.createTask(coroutine)));
      print(outcome(() => closed.createTask(5 as never)));
      print(outcome(() => loop.createTask(5 as never)));
      print(allTasks(closed).size, allTasks(loop).size);
      loop.runUntilComplete(coroutine);
      loop.close();
    });
  });

  it("TK-24: ensure_future() closes a coroutine when the loop is closed, but not when there is no loop", async () => {
    const python = `
      ${helpers}
      async def worker():
          print("ran")

      closed, loop = asyncio.new_event_loop(), asyncio.new_event_loop()
      closed.set_exception_handler(lambda loop, context: print("reported", context["message"]))
      closed.close()
      coroutine = worker()
      print(outcome(lambda: asyncio.ensure_future(coroutine, loop=closed)), coroutine.cr_frame is None)
      coroutine = worker()
      print(outcome(lambda: asyncio.ensure_future(coroutine)))
      loop.run_until_complete(coroutine)
      loop.close()
    `;
    await sameScript(python, (print, newLoop) => {
      function* worker(): Coroutine {
        print("ran");
      }
      const closed = newLoop();
      const loop = newLoop();
      closed.setExceptionHandler((_loop, context) => print("reported", context.message));
      closed.close();
      const refused = worker();
      print(
        outcome(() => ensureFuture(refused, { loop: closed })),
        refused.next().done,
      );
      const coroutine = worker();
      print(outcome(() => ensureFuture(coroutine)));
      loop.runUntilComplete(coroutine);
      loop.close();
    });
  });

  it("TK-24: TaskGroup.create_task() closes the coroutine for its three state errors", async () => {
    const python = `
      ${helpers}
      async def worker():
          print("ran")

      async def fails():
          raise ValueError("x")

      def attempt(group):
          coroutine = worker()
          print(outcome(lambda: group.create_task(coroutine)), coroutine.cr_frame is None)

      async def main():
          asyncio.get_running_loop().set_exception_handler(lambda loop, context: print("reported", context["message"]))
          group = asyncio.TaskGroup()
          attempt(group)
          try:
              async with group:
                  group.create_task(fails())
                  try:
                      await asyncio.sleep(1)
                  except asyncio.CancelledError:
                      attempt(group)
                      raise
          except ExceptionGroup as error:
              print(error)
          attempt(group)
    `;
    await same(python, function* (print) {
      function* worker(): Coroutine {
        print("ran");
      }
      function* fails(): Coroutine {
        throw new ValueError("x");
      }
      function attempt(group: TaskGroup): void {
        const coroutine = worker();
        print(
          outcome(() => group.createTask(coroutine)),
          coroutine.next().done,
        );
      }
      getRunningLoop().setExceptionHandler((_loop, context) => print("reported", context.message));
      const group = new TaskGroup();
      attempt(group);
      try {
        yield* asyncWith(group, function* () {
          group.createTask(fails());
          try {
            yield* sleep(1);
          } catch (error) {
            attempt(group);
            throw error;
          }
        });
      } catch (error) {
        print(error);
      }
      attempt(group);
    });
  });

  it("TK-25: a task is done in its last step, before its callbacks and waiters run", async () => {
    const python = `
      async def worker():
          await asyncio.sleep(0)

      async def wait_for_it(task):
          await task
          print("waiter")

      async def main():
          loop = asyncio.get_running_loop()
          task = asyncio.create_task(worker())
          task.add_done_callback(lambda task: print("callback"))
          waiting = asyncio.create_task(wait_for_it(task))
          await asyncio.sleep(0)
          loop.call_soon(lambda: print("same iteration", task.done()))
          print("before", task.done())
          await waiting
    `;
    await same(python, function* (print) {
      function* worker(): Coroutine {
        yield* sleep(0);
      }
      function* waitForIt(awaited: Task<void>): Coroutine {
        yield* awaited;
        print("waiter");
      }
      const loop = getRunningLoop();
      const task = createTask(worker());
      task.addDoneCallback(() => print("callback"));
      const waiting = createTask(waitForIt(task));
      yield* sleep(0);
      loop.callSoon(() => print("same iteration", task.done()));
      print("before", task.done());
      yield* waiting;
    });
  });

  it("TK-26: a finished task's coroutine is over, and every waiter gets the result itself", async () => {
    const python = `
      async def worker(result):
          await asyncio.sleep(1)
          return result

      async def wait_for_it(task):
          return await task

      async def main():
          result = ["x"]
          task = asyncio.create_task(worker(result))
          waiting = [asyncio.create_task(wait_for_it(task)) for _ in range(2)]
          results = [await other for other in waiting] + [task.result(), await task]
          print([each is result for each in results])
          print(task.get_coro().cr_frame is None)
    `;
    await same(python, function* (print) {
      function* worker<T>(value: T): Coroutine<T> {
        yield* sleep(1);
        return value;
      }
      function* waitForIt<T>(awaited: Task<T>): Coroutine<T> {
        return yield* awaited;
      }
      const result = ["x"];
      const task = createTask(worker(result));
      const waiting = [createTask(waitForIt(task)), createTask(waitForIt(task))];
      const results: unknown[] = [];
      for (const other of waiting) results.push(yield* other);
      results.push(task.result(), yield* task);
      print(results.map((each) => each === result));
      print(task.getCoro()?.next().done);
    });
  });
});

import {
  BaseException,
  CancelledError,
  type Coroutine,
  createTask,
  currentTask,
  type Future,
  GeneratorExit,
  getRunningLoop,
  KeyboardInterrupt,
  sleep,
  SystemExit,
  type Task,
  ValueError,
} from "@yieldstar/loop";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same, sameScript } from "../../../src/same.ts";
import { isOver } from "../outcomes.ts";
import { awaiting, helpers, outcome, shown } from "./helpers.ts";

describe("TK: tasks", () => {
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

  it("TK-11: the coroutine's return value is the result, even nothing, an error or a future", async () => {
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

  it("TK-12: a GeneratorExit that leaves a coroutine is an ordinary exception of its task", async () => {
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

  it("TK-14: after SystemExit has left the loop, the rest of the iteration runs in the loop's next run", async () => {
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

  it("TK-14: KeyboardInterrupt out of run_until_complete() does not stop the loop's next run", async () => {
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

  it("TK-15: a CancelledError, or a subclass, that leaves the coroutine cancels the task", async () => {
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

  it("TK-16: the first request for a cancelled task's result gets the original error, later ones new errors", async () => {
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

  it("TK-26: a finished task's coroutine has ended, and every waiter gets the result itself", async () => {
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
      print(isOver(task.getCoro() as Coroutine<unknown>));
    });
  });
});

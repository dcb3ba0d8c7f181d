import {
  CancelledError,
  type Coroutine,
  createTask,
  Future,
  getRunningLoop,
  isFuture,
  setEventLoop,
  sleep,
  type Task,
  ValueError,
} from "@yieldstar/loop";
import { describe, it } from "vitest";
import { same, sameScript } from "../../../src/same.ts";
import { awaiting, createFuture, outcome } from "../outcomes.ts";
import { helpers } from "./helpers.ts";

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

  it("FU-16: a future cannot be awaited again until its blocking flag is cleared", async () => {
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

  it("FU-17: a future belongs to the loop that made it, or that it was given, or that is current", async () => {
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

  it("FU-19: isfuture is true of futures and tasks, and not of coroutines, classes and others", async () => {
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

  it("FU-20: the repr shows the state, the outcome and the callbacks", async () => {
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

  it("FU-20: the repr shows lambdas and waiting tasks among the callbacks", async () => {
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

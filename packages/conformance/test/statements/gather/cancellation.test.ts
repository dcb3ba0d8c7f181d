import {
  asyncWith,
  type Coroutine,
  createTask,
  currentTask,
  ensureFuture,
  Future,
  gather,
  getRunningLoop,
  sleep,
  ValueError,
  wait,
} from "@yieldstar/loop";
import { timeout } from "@yieldstar/timeout";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { type Print, same } from "../../../src/same.ts";
import { awaiting, cancelling, t } from "../outcomes.ts";
import { fail, helpers, work } from "./helpers.ts";

function* cleanUp(print: Print, name: string, delay: number): Coroutine {
  try {
    yield* sleep(100);
  } finally {
    yield* sleep(delay);
    print(name, "has cleaned up", t());
  }
}

function* swallow(name: string, delay: number): Coroutine<string | undefined> {
  try {
    yield* sleep(100);
    return undefined;
  } catch {
    yield* sleep(delay);
    return `${name} swallowed`;
  }
}

describe("GA: gather", () => {
  it("GA-07: cancel() cancels every child that is not done, with the message, and leaves the gathering pending", () =>
    same(
      `
      ${helpers}
      async def main():
          done = asyncio.create_task(work("done", 0.5))
          children = [asyncio.create_task(work(name, 10)) for name in "ab"]
          gathering = asyncio.gather(done, *children)
          await asyncio.sleep(1)
          print(gathering.cancel("stop"), gathering.done(), [task.cancelling() for task in (done, *children)])
          print(await awaiting(gathering))
          print(gathering.done(), gathering.cancelled(), repr(gathering.exception()))
          print(done.result(), [task.cancelled() for task in children], gathering.cancel("again"))
    `,
      function* (print) {
        const done = createTask(work(print, "done", 0.5));
        const children = Array.from("ab", (name) => createTask(work(print, name, 10)));
        const gathering = gather([done, ...children]);
        yield* sleep(1);
        print(
          gathering.cancel("stop"),
          gathering.done(),
          [done, ...children].map((task) => task.cancelling()),
        );
        print(yield* awaiting(gathering));
        print(gathering.done(), gathering.cancelled(), repr(gathering.exception()));
        print(
          done.result(),
          children.map((task) => task.cancelled()),
          gathering.cancel("again"),
        );
      },
    ));

  it("GA-07: cancelling one of two gatherings that share a child fails the other, whose other children run on", () =>
    same(
      `
      ${helpers}
      async def main():
          shared, other = asyncio.create_task(work("shared", 10)), asyncio.create_task(work("other", 3))
          one, two = asyncio.gather(shared), asyncio.gather(other, shared)
          values = asyncio.gather(shared, other, return_exceptions=True)
          await asyncio.sleep(1)
          print(one.cancel("stop"), two.done())
          print(await awaiting(two), t(), other.cancelling())
          print(await awaiting(one), await awaiting(values), t())
    `,
      function* (print) {
        const [shared, other] = [createTask(work(print, "shared", 10)), createTask(work(print, "other", 3))];
        const [one, two] = [gather([shared]), gather([other, shared])];
        const values = gather([shared, other], { returnExceptions: true });
        yield* sleep(1);
        print(one.cancel("stop"), two.done());
        print(yield* awaiting(two), t(), other.cancelling());
        print(yield* awaiting(one), yield* awaiting(values), t());
      },
    ));

  it("GA-08: a cancelled gathering ends with the first child that is cancelled; others may still be cleaning up", () =>
    same(
      `
      ${helpers}
      async def main():
          gathering = asyncio.gather(clean_up("slow", 3), clean_up("fast", 1))
          await asyncio.sleep(1)
          gathering.cancel("stop")
          print(await awaiting(gathering), t(), gathering.cancelled())
          await asyncio.sleep(5)
    `,
      function* (print) {
        const gathering = gather([cleanUp(print, "slow", 3), cleanUp(print, "fast", 1)]);
        yield* sleep(1);
        gathering.cancel("stop");
        print(yield* awaiting(gathering), t(), gathering.cancelled());
        yield* sleep(5);
      },
    ));

  it("GA-08: with return_exceptions a cancelled gathering waits for all children, and then raises CancelledError", () =>
    same(
      `
      ${helpers}
      async def main():
          gathering = asyncio.gather(clean_up("slow", 3), fail("x"), clean_up("fast", 1), return_exceptions=True)
          await asyncio.sleep(1)
          gathering.cancel("stop")
          print(await awaiting(gathering), t(), gathering.cancelled())
    `,
      function* (print) {
        const gathering = gather([cleanUp(print, "slow", 3), fail("x"), cleanUp(print, "fast", 1)], {
          returnExceptions: true,
        });
        yield* sleep(1);
        gathering.cancel("stop");
        print(yield* awaiting(gathering), t(), gathering.cancelled());
      },
    ));

  it("GA-08: a child that fails instead of being cancelled fails the gathering with its own exception", () =>
    same(
      `
      ${helpers}
      async def main():
          async def fails_cleaning_up():
              try:
                  await asyncio.sleep(10)
              finally:
                  raise ValueError("x")

          for return_exceptions in (False, True):
              child = asyncio.create_task(fails_cleaning_up())
              gathering = asyncio.gather(child, return_exceptions=return_exceptions)
              await asyncio.sleep(1)
              gathering.cancel("stop")
              print(await awaiting(gathering), repr(child.exception()))
    `,
      function* (print) {
        function* failsCleaningUp(): Coroutine {
          try {
            yield* sleep(10);
          } catch {
            throw new ValueError("x");
          }
        }
        for (const returnExceptions of [false, true]) {
          const child = createTask(failsCleaningUp());
          const gathering = gather([child], { returnExceptions });
          yield* sleep(1);
          gathering.cancel("stop");
          print(yield* awaiting(gathering), repr(child.exception()));
        }
      },
    ));

  it("GA-09: a cancelled gathering fails with CancelledError once all are done, even if every child swallows it", () =>
    same(
      `
      ${helpers}
      async def main():
          for return_exceptions in (False, True):
              children = [asyncio.create_task(swallow(name, delay)) for name, delay in (("a", 2), ("b", 1))]
              gathering = asyncio.gather(*children, return_exceptions=return_exceptions)
              await asyncio.sleep(1)
              print(gathering.cancel("stop"))
              print(await awaiting(gathering), t(), gathering.cancelled(), [task.result() for task in children])
    `,
      function* (print) {
        for (const returnExceptions of [false, true]) {
          const children = [createTask(swallow("a", 2)), createTask(swallow("b", 1))];
          const gathering = gather(children, { returnExceptions });
          yield* sleep(1);
          print(gathering.cancel("stop"));
          print(
            yield* awaiting(gathering),
            t(),
            gathering.cancelled(),
            children.map((task) => task.result()),
          );
        }
      },
    ));

  it("GA-09: without return_exceptions the error is that of the last argument, too, if all children swallow the cancel", () =>
    same(
      `
      ${helpers}
      async def main():
          async def returns_cancelled():
              try:
                  await asyncio.sleep(100)
              except asyncio.CancelledError:
                  asyncio.current_task().cancel("again")
                  asyncio.current_task().uncancel()
                  asyncio.current_task().uncancel()
                  return "swallowed"

          gathering = asyncio.gather(swallow("a", 1), returns_cancelled())
          await asyncio.sleep(1)
          gathering.cancel("stop")
          print(await awaiting(gathering), t())
    `,
      function* (print) {
        function* returnsCancelled(): Coroutine<string> {
          try {
            yield* sleep(100);
          } catch {
            currentTask()?.cancel("again");
            currentTask()?.uncancel();
            currentTask()?.uncancel();
          }
          return "swallowed";
        }
        const gathering = gather([swallow("a", 1), returnsCancelled()]);
        yield* sleep(1);
        gathering.cancel("stop");
        print(yield* awaiting(gathering), t());
      },
    ));

  it("GA-10: cancel() changes nothing and returns False once all children are done, though the gathering is not", () =>
    same(
      `
      ${helpers}
      async def main():
          for value, error in ((1, None), (None, ValueError("x"))):
              done, future = asyncio.Future(), asyncio.Future()
              done.set_result(0)
              gathering = asyncio.gather(done, future)
              future.set_result(value) if error is None else future.set_exception(error)
              print(gathering.cancel("stop"), gathering.done())
              print(await awaiting(gathering))
    `,
      function* (print) {
        for (const [value, error] of [[1, undefined] as const, [undefined, new ValueError("x")] as const]) {
          const [done, future] = [new Future<number>(), new Future<number | undefined>()];
          done.setResult(0);
          const gathering = gather([done, future]);
          if (error === undefined) future.setResult(value);
          else future.setException(error);
          print(gathering.cancel("stop"), gathering.done());
          print(yield* awaiting(gathering));
        }
      },
    ));

  it("GA-10: a second cancel() returns False if no child accepts it, though the first was accepted", () =>
    same(
      `
      async def main():
          future = asyncio.Future()
          gathering = asyncio.gather(future)
          print(gathering.cancel("first"), gathering.cancel("second"), gathering.done())
          try:
              await gathering
          except asyncio.CancelledError as error:
              print(repr(error))
    `,
      function* (print) {
        const future = new Future<void>();
        const gathering = gather([future]);
        print(gathering.cancel("first"), gathering.cancel("second"), gathering.done());
        try {
          yield* gathering;
        } catch (error) {
          print(repr(error));
        }
      },
    ));

  it("GA-10: a task that is cancelled again when its children are done gets a CancelledError, not their exception", () =>
    same(
      `
      async def main():
          async def fails_cancelled():
              try:
                  await asyncio.sleep(10)
              except asyncio.CancelledError:
                  loop.call_soon(task.cancel, "second")
                  raise ValueError("x")

          async def waiter():
              try:
                  await asyncio.gather(fails_cancelled())
              except BaseException as error:
                  print(repr(error), asyncio.current_task().cancelling())

          loop = asyncio.get_running_loop()
          task = asyncio.create_task(waiter())
          await asyncio.sleep(1)
          task.cancel("first")
          await task
    `,
      function* (print) {
        function* failsCancelled(): Coroutine {
          try {
            yield* sleep(10);
          } catch {
            loop.callSoon(() => task.cancel("second"));
            throw new ValueError("x");
          }
        }
        function* waiter(): Coroutine {
          try {
            yield* gather([failsCancelled()]);
          } catch (error) {
            print(repr(error), cancelling());
          }
        }
        const loop = getRunningLoop();
        const task = createTask(waiter());
        yield* sleep(1);
        task.cancel("first");
        yield* task;
      },
    ));

  it("GA-11: cancelling the awaiting task cancels all children, and the task resumes when the gathering ends", () =>
    same(
      `
      ${helpers}
      async def main():
          async def waiter(return_exceptions):
              children = [work("a", 10), clean_up("slow", 3), clean_up("fast", 1)]
              try:
                  await asyncio.gather(*children, return_exceptions=return_exceptions)
              except asyncio.CancelledError as error:
                  print("waiter got", repr(error), t(), asyncio.current_task().cancelling())
                  raise

          for return_exceptions in (False, True):
              task = asyncio.create_task(waiter(return_exceptions))
              await asyncio.sleep(1)
              print(task.cancel("stop"), task.done())
              await asyncio.sleep(5)
              print(task.cancelled())
    `,
      function* (print) {
        function* waiter(returnExceptions: boolean): Coroutine {
          const children: Coroutine<unknown>[] = [
            work(print, "a", 10),
            cleanUp(print, "slow", 3),
            cleanUp(print, "fast", 1),
          ];
          try {
            yield* gather(children, { returnExceptions });
          } catch (error) {
            print("waiter got", repr(error), t(), cancelling());
            throw error;
          }
        }
        for (const returnExceptions of [false, true]) {
          const task = createTask(waiter(returnExceptions));
          yield* sleep(1);
          print(task.cancel("stop"), task.done());
          yield* sleep(5);
          print(task.cancelled());
        }
      },
    ));

  it("GA-11: a cancel of the awaiting task passes through nested gatherings", () =>
    same(
      `
      ${helpers}
      async def main():
          inner = asyncio.gather(work("a", 10), clean_up("b", 2))
          outer = asyncio.gather(inner, work("c", 10), asyncio.gather(work("d", 1), work("e", 10)), return_exceptions=True)
          task = asyncio.create_task(awaiting(outer))
          await asyncio.sleep(2)
          task.cancel("stop")
          print(await task, t())
          print(inner.cancelled(), repr(inner.exception()), outer.cancelled())
          await asyncio.sleep(3)
    `,
      function* (print) {
        const inner = gather([work(print, "a", 10), cleanUp(print, "b", 2)]);
        const innermost = gather([work(print, "d", 1), work(print, "e", 10)]);
        const outer = gather([inner, work(print, "c", 10), innermost], { returnExceptions: true });
        const task = createTask(awaiting(outer));
        yield* sleep(2);
        task.cancel("stop");
        print(yield* task, t());
        print(inner.cancelled(), repr(inner.exception()), outer.cancelled());
        yield* sleep(3);
      },
    ));

  it("GA-11: a timeout around a gathering cancels the children, and raises TimeoutError", () =>
    same(
      `
      ${helpers}
      async def main():
          try:
              async with asyncio.timeout(2):
                  await asyncio.gather(work("a", 1), work("b", 10), clean_up("c", 1), return_exceptions=True)
          except TimeoutError as error:
              print(repr(error), t(), asyncio.current_task().cancelling())
    `,
      function* (print) {
        try {
          yield* asyncWith(timeout(2), function* () {
            yield* gather([work(print, "a", 1), work(print, "b", 10), cleanUp(print, "c", 1)], {
              returnExceptions: true,
            });
          });
        } catch (error) {
          print(repr(error), t(), cancelling());
        }
      },
    ));

  it("GA-11: cancelling one of two tasks that await a gathering ends both with the gathering's outcome", () =>
    same(
      `
      ${helpers}
      async def main():
          gathering = asyncio.gather(work("a", 10), work("b", 10))

          async def waiter(name):
              try:
                  await gathering
              except asyncio.CancelledError as error:
                  print(name, repr(error), asyncio.current_task().cancelling())

          tasks = [asyncio.create_task(waiter(name)) for name in ("one", "two")]
          await asyncio.sleep(1)
          tasks[1].cancel("stop")
          await asyncio.wait(tasks)
    `,
      function* (print) {
        const gathering = gather([work(print, "a", 10), work(print, "b", 10)]);
        function* waiter(name: string): Coroutine {
          try {
            yield* gathering;
          } catch (error) {
            print(name, repr(error), cancelling());
          }
        }
        const tasks = ["one", "two"].map((name) => createTask(waiter(name)));
        yield* sleep(1);
        tasks[1]?.cancel("stop");
        yield* wait(tasks);
      },
    ));

  it("GA-18: the cancel of a child can be a result, the cancel of the gathering is always raised", () =>
    same(
      `
      ${helpers}
      async def main():
          for cancels_all in (False, True):
              child, other = asyncio.create_task(work("child", 10)), asyncio.create_task(work("other", 2))
              gathering = asyncio.gather(child, other, return_exceptions=True)
              await asyncio.sleep(1)
              (gathering if cancels_all else child).cancel("stop")
              print(await awaiting(gathering), t())

          gathering = asyncio.gather(swallow("a", 1), fail("x", 3), return_exceptions=True)
          await asyncio.sleep(1)
          gathering.cancel("stop")
          print(await awaiting(gathering), t())
    `,
      function* (print) {
        for (const cancelsAll of [false, true]) {
          const [child, other] = [createTask(work(print, "child", 10)), createTask(work(print, "other", 2))];
          const all = gather([child, other], { returnExceptions: true });
          yield* sleep(1);
          (cancelsAll ? all : child).cancel("stop");
          print(yield* awaiting(all), t());
        }
        const gathering = gather([swallow("a", 1), fail("x", 3)], { returnExceptions: true });
        yield* sleep(1);
        gathering.cancel("stop");
        print(yield* awaiting(gathering), t());
      },
    ));

  it("GA-18: the error and its message come from the last argument, whichever child ended last", () =>
    same(
      `
      ${helpers}
      async def main():
          for make in (
              lambda: [swallow("a", 1), work("b", 10)],
              lambda: [work("b", 10), swallow("a", 1)],
              lambda: [clean_up("slow", 2), clean_up("fast", 1)],
              lambda: [swallow("a", 1), fail("x")],
          ):
              children = [asyncio.ensure_future(each) for each in make()]
              gathering = asyncio.gather(*children, return_exceptions=True)
              await asyncio.sleep(1)
              gathering.cancel("stop")
              print(await awaiting(gathering), t())
              print([await awaiting(child) for child in children])
    `,
      function* (print) {
        const lists: readonly Coroutine<unknown>[][] = [
          [swallow("a", 1), work(print, "b", 10)],
          [work(print, "b", 10), swallow("a", 1)],
          [cleanUp(print, "slow", 2), cleanUp(print, "fast", 1)],
          [swallow("a", 1), fail("x")],
        ];
        for (const coroutines of lists) {
          const children = coroutines.map((each) => ensureFuture(each));
          const gathering = gather(children, { returnExceptions: true });
          yield* sleep(1);
          gathering.cancel("stop");
          print(yield* awaiting(gathering), t());
          const outcomes: string[] = [];
          for (const child of children) outcomes.push(yield* awaiting(child));
          print(outcomes);
        }
      },
    ));

  it("GA-18: a future as the last argument gives the message that cancelled it", () =>
    same(
      `
      ${helpers}
      async def main():
          for cancels_before in (False, True):
              last = asyncio.Future()
              gathering = asyncio.gather(swallow("a", 1), last, return_exceptions=True)
              await asyncio.sleep(0)
              if cancels_before:
                  last.cancel("before")
              gathering.cancel("stop")
              print(await awaiting(gathering), t())
    `,
      function* (print) {
        for (const cancelsBefore of [false, true]) {
          const last = new Future<void>();
          const gathering = gather([swallow("a", 1), last], { returnExceptions: true });
          yield* sleep(0);
          if (cancelsBefore) last.cancel("before");
          gathering.cancel("stop");
          print(yield* awaiting(gathering), t());
        }
      },
    ));
});

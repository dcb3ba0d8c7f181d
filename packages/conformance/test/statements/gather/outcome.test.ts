import {
  allTasks,
  type Awaitable,
  BaseException,
  CancelledError,
  type Coroutine,
  createTask,
  currentTask,
  Future,
  gather,
  getRunningLoop,
  GeneratorExit,
  KeyboardInterrupt,
  sleep,
  SystemExit,
  ValueError,
} from "@yieldstar/loop";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same, sameScript, sameUncaught } from "../../../src/same.ts";
import { awaiting, cancelling, createFuture, outcome, t, ticks } from "../outcomes.ts";
import { fail, helpers, reportTo, work } from "./helpers.ts";

describe("GA: gather", () => {
  it("GA-04: the first exception is raised at once; the other children run on uncancelled and unreported", () =>
    same(
      `
      ${helpers}
      async def main():
          asyncio.get_running_loop().set_exception_handler(report)
          late = asyncio.create_task(fail("late", 3))
          try:
              await asyncio.gather(work("a", 2), late, fail("first", 1), work("b", 4), fail("later", 3))
          except ValueError as error:
              print(repr(error), t(), late.done())
          await asyncio.sleep(5)
          print(late.done(), late.cancelling(), len(asyncio.all_tasks()))
          del late
    `,
      function* (print) {
        getRunningLoop().setExceptionHandler(reportTo(print));
        const late = createTask(fail("late", 3));
        try {
          yield* gather([work(print, "a", 2), late, fail("first", 1), work(print, "b", 4), fail("later", 3)]);
        } catch (error) {
          print(repr(error), t(), late.done());
        }
        yield* sleep(5);
        print(late.done(), late.cancelling(), allTasks().size);
      },
    ));

  it("GA-04: the first child to fail in an iteration counts, not the first argument", () =>
    same(
      `
      ${helpers}
      async def main():
          second, first = asyncio.Future(), asyncio.Future()
          gathering = asyncio.gather(second, first)
          for future in (first, second):
              future.set_exception(ValueError("first" if future is first else "second"))
          print(await awaiting(gathering))
    `,
      function* (print) {
        const [second, first] = [new Future<void>(), new Future<void>()];
        const gathering = gather([second, first]);
        for (const future of [first, second]) {
          future.setException(new ValueError(future === first ? "first" : "second"));
        }
        print(yield* awaiting(gathering));
      },
    ));

  it("GA-04: the report of an exception that is never retrieved names the gathering's class", () =>
    same(
      `
      async def main():
          asyncio.get_running_loop().set_exception_handler(lambda loop, context: print(context["message"]))
          future = asyncio.Future()
          future.cancel()
          asyncio.gather(future)
    `,
      function* (print) {
        getRunningLoop().setExceptionHandler((_, context) => print(context.message));
        const future = new Future<void>();
        future.cancel();
        void gather([future]);
      },
    ));

  it("GA-04: an exception of the gathering that is never retrieved is reported, and those of its children are not", () =>
    same(
      `
      ${helpers}
      async def main():
          asyncio.get_running_loop().set_exception_handler(report)
          gathering = asyncio.gather(fail("x", 1), fail("y", 2))
          await asyncio.sleep(3)
          print("the end")
          del gathering
    `,
      function* (print) {
        getRunningLoop().setExceptionHandler(reportTo(print));
        void gather([fail("x", 1), fail("y", 2)]);
        yield* sleep(3);
        print("the end");
      },
    ));

  it("GA-05: with return_exceptions gather() waits for all, and exceptions are results, base exceptions too", () =>
    same(
      `
      ${helpers}
      class Stop(BaseException):
          pass

      async def main():
          futures = [asyncio.Future() for _ in range(4)]
          errors = [KeyboardInterrupt("k"), SystemExit(3), GeneratorExit("g"), Stop("s")]
          for future, error in zip(futures, errors):
              future.set_exception(error)
          results = await asyncio.gather(fail("x", 1), *futures, work("a", 2), return_exceptions=True)
          print([type(result).__name__ for result in results], t())
          print(results[1:5] == errors, repr(results[0]), results[5])
    `,
      function* (print) {
        class Stop extends BaseException {
          override readonly name = "Stop";
        }
        const errors = [new KeyboardInterrupt("k"), new SystemExit(3), new GeneratorExit("g"), new Stop("s")];
        const futures = errors.map((error) => {
          const future = createFuture<void>();
          future.setException(error);
          return future;
        });
        const awaitables: Awaitable<unknown>[] = [fail("x", 1), ...futures, work(print, "a", 2)];
        const results = yield* gather(awaitables, { returnExceptions: true });
        print(
          results.map((result) => (result instanceof Error ? result.name : "str")),
          t(),
        );
        print(
          results.slice(1, 5).every((result, index) => result === errors[index]),
          repr(results[0]),
          results[5],
        );
      },
    ));

  it("GA-05: a cancelled future gives a new CancelledError with its message, or an empty one", () =>
    same(
      `
      async def main():
          messages = [None, "stop", "", 0, False, ["any"]]
          futures = [asyncio.Future() for _ in messages]
          for future, message in zip(futures, messages):
              future.cancel(message)
          print([list(error.args) for error in await asyncio.gather(*futures, return_exceptions=True)])
    `,
      function* (print) {
        const futures = [undefined, "stop", "", 0, false, ["any"]].map((message) => {
          const future = createFuture<void>();
          future.cancel(message);
          return future;
        });
        const results = yield* gather(futures, { returnExceptions: true });
        print(results.map((error) => (error as unknown as CancelledError).args));
      },
    ));

  it("GA-05: a cancelled task gives a new CancelledError with an empty text, whatever its message was", () =>
    same(
      `
      async def main():
          errors = []

          async def suspended():
              try:
                  await asyncio.sleep(10)
              except asyncio.CancelledError as error:
                  errors.append(error)
                  raise

          async def raises():
              raise asyncio.CancelledError("own")

          async def returns_cancelled():
              asyncio.current_task().cancel("undelivered")
              return "dropped"

          async def returns_cancelled_without():
              asyncio.current_task().cancel()

          tasks = [asyncio.create_task(c()) for c in (suspended, raises, returns_cancelled, returns_cancelled_without)]
          await asyncio.sleep(0)
          unstarted = asyncio.create_task(suspended())
          unstarted.cancel("unstarted")
          tasks[0].cancel("stop")
          results = await asyncio.gather(*tasks, unstarted, return_exceptions=True)
          print(results, len(errors), results[0] is errors[0], repr(errors[0]))
    `,
      function* (print) {
        const errors: unknown[] = [];
        function* suspended(): Coroutine {
          try {
            yield* sleep(10);
          } catch (error) {
            errors.push(error);
            throw error;
          }
        }
        function* raises(): Coroutine {
          throw new CancelledError("own");
        }
        function* returnsCancelled(): Coroutine {
          currentTask()?.cancel("undelivered");
        }
        function* returnsCancelledWithout(): Coroutine {
          currentTask()?.cancel();
        }
        const tasks = [suspended, raises, returnsCancelled, returnsCancelledWithout].map((each) => createTask(each()));
        yield* sleep(0);
        const unstarted = createTask(suspended());
        unstarted.cancel("unstarted");
        tasks[0]?.cancel("stop");
        const results = yield* gather([...tasks, unstarted], { returnExceptions: true });
        print(results, errors.length, (results[0] as unknown) === errors[0], repr(errors[0]));
      },
    ));

  it("GA-05: exceptions that are results are not reported, though the tasks are never asked", () =>
    same(
      `
      ${helpers}
      async def main():
          asyncio.get_running_loop().set_exception_handler(report)
          task = asyncio.create_task(fail("x", 1))
          asyncio.gather(task, fail("y", 2), return_exceptions=True)
          await asyncio.sleep(3)
          print("the end", task.done())
          del task
    `,
      function* (print) {
        getRunningLoop().setExceptionHandler(reportTo(print));
        const task = createTask(fail("x", 1));
        void gather([task, fail("y", 2)], { returnExceptions: true });
        yield* sleep(3);
        print("the end", task.done());
      },
    ));

  it("GA-06: a child that is cancelled from outside fails the gathering with its CancelledError", () =>
    same(
      `
      ${helpers}
      async def main():
          child = asyncio.create_task(work("child", 10))
          gathering = asyncio.gather(work("sibling", 3), child)

          async def waiter():
              try:
                  await gathering
              except asyncio.CancelledError as error:
                  print(repr(error), t(), asyncio.current_task().cancelling())
                  print(gathering.cancelled(), gathering.exception() is error)
                  raise

          task = asyncio.create_task(waiter())
          await asyncio.sleep(1)
          child.cancel("stop")
          await asyncio.sleep(1)
          print(task.cancelled(), task.cancelling(), gathering.cancelled())
          await asyncio.sleep(2)
    `,
      function* (print) {
        const child = createTask(work(print, "child", 10));
        const gathering = gather([work(print, "sibling", 3), child]);
        function* waiter(): Coroutine {
          try {
            yield* gathering;
          } catch (error) {
            print(repr(error), t(), cancelling());
            print(gathering.cancelled(), gathering.exception() === error);
            throw error;
          }
        }
        const task = createTask(waiter());
        yield* sleep(1);
        child.cancel("stop");
        yield* sleep(1);
        print(task.cancelled(), task.cancelling(), gathering.cancelled());
        yield* sleep(2);
      },
    ));

  it("GA-06: a cancelled future fails the gathering too; a CancelledError that is never retrieved is reported", () =>
    same(
      `
      ${helpers}
      async def main():
          asyncio.get_running_loop().set_exception_handler(report)
          future = asyncio.Future()
          gathering = asyncio.gather(future, return_exceptions=False)
          future.cancel("stop")
          await asyncio.sleep(0)
          print(gathering.done(), gathering.cancelled(), repr(gathering.exception()))
          cancelled, failed = asyncio.gather(future), asyncio.gather(future)
          print(await awaiting(cancelled), future.cancelled())
          del failed
    `,
      function* (print) {
        getRunningLoop().setExceptionHandler(reportTo(print));
        const future = new Future<void>();
        const gathering = gather([future], { returnExceptions: false });
        future.cancel("stop");
        yield* sleep(0);
        print(gathering.done(), gathering.cancelled(), repr(gathering.exception()));
        const cancelled = gather([future]);
        void gather([future]);
        print(yield* awaiting(cancelled), future.cancelled());
      },
    ));

  it("GA-12: after the gathering has failed cancel() returns False and leaves the remaining children alone", () =>
    same(
      `
      ${helpers}
      async def main():
          child = asyncio.create_task(work("child", 3))
          gathering = asyncio.gather(fail("x", 1), child)
          print(await awaiting(gathering), t())
          print(gathering.cancel("stop"), child.cancelling(), gathering.cancelled(), repr(gathering.exception()))
          print(await child)
    `,
      function* (print) {
        const child = createTask(work(print, "child", 3));
        const gathering = gather([fail("x", 1), child]);
        print(yield* awaiting(gathering), t());
        print(gathering.cancel("stop"), child.cancelling(), gathering.cancelled(), repr(gathering.exception()));
        print(yield* child);
      },
    ));

  it("GA-15: the exception of the gathering is the child's own", () =>
    same(
      `
      async def main():
          error = ValueError("x")

          async def raises():
              raise error

          task = asyncio.create_task(raises())
          gathering = asyncio.gather(asyncio.gather(task))
          try:
              await gathering
          except ValueError as caught:
              print(caught is error, task.exception() is error, gathering.exception() is error)
          (value,) = await asyncio.gather(task, return_exceptions=True)
          print(value is error)
    `,
      function* (print) {
        const error = new ValueError("x");
        function* raises(): Coroutine {
          throw error;
        }
        const task = createTask(raises());
        const gathering = gather([gather([task])]);
        try {
          yield* gathering;
        } catch (thrown) {
          print(thrown === error, task.exception() === error, gathering.exception() === error);
        }
        const [value] = yield* gather([task], { returnExceptions: true });
        print((value as unknown) === error);
      },
    ));

  it("GA-16: an awaiting task resumes two iterations after the last child's last step", () =>
    same(
      `
      ${helpers}
      async def main():
          async def child(name, count):
              for _ in range(count):
                  await asyncio.sleep(0)
              print(name)

          loop = asyncio.get_running_loop()
          for count in (1, 2):
              loop.call_soon(ticks, 6)
              gathering = asyncio.gather(child("a", 0), child("b", count))
              gathering.add_done_callback(lambda _: print("called back"))
              await gathering
              print("resumed")
              await asyncio.sleep(1)
    `,
      function* (print) {
        function* child(name: string, count: number): Coroutine {
          for (let index = 0; index < count; index++) yield* sleep(0);
          print(name);
        }
        const loop = getRunningLoop();
        for (const count of [1, 2]) {
          loop.callSoon(() => ticks(print, 6));
          const gathering = gather([child("a", 0), child("b", count)]);
          gathering.addDoneCallback(() => print("called back"));
          yield* gathering;
          print("resumed");
          yield* sleep(1);
        }
      },
    ));

  it("GA-16: each outer gathering adds one iteration, and a future as the child saves a step", () =>
    same(
      `
      ${helpers}
      async def main():
          loop = asyncio.get_running_loop()
          future = asyncio.Future()
          loop.call_soon(ticks, 6)
          loop.call_soon(future.set_result, 1)
          print(await asyncio.gather(asyncio.gather(asyncio.gather(future), future)))
          await asyncio.sleep(1)
    `,
      function* (print) {
        const loop = getRunningLoop();
        const future = new Future<number>();
        loop.callSoon(() => ticks(print, 6));
        loop.callSoon(() => future.setResult(1));
        print(yield* gather([gather([gather([future]), future])]));
        yield* sleep(1);
      },
    ));

  it("GA-19: KeyboardInterrupt and SystemExit of a child leave the loop at its step, before gather sees them", async () => {
    for (const [made, name] of [
      [(): Error => new KeyboardInterrupt("k"), `KeyboardInterrupt("k")`],
      [(): Error => new SystemExit("k"), `SystemExit("k")`],
    ] as const) {
      await sameUncaught(
        `
      async def main():
          async def interrupted():
              await asyncio.sleep(1)
              raise ${name}

          try:
              await asyncio.gather(asyncio.sleep(10), interrupted(), return_exceptions=True)
          except BaseException as error:
              print("main got", repr(error), t())
              raise
    `,
        function* (print) {
          function* interrupted(): Coroutine {
            yield* sleep(1);
            throw made();
          }
          try {
            yield* gather([sleep(10), interrupted()], { returnExceptions: true });
          } catch (error) {
            print("main got", repr(error), t());
            throw error;
          }
        },
      );
    }
  });

  it("GA-19: the loop can run on, and gather then treats it like any exception", () =>
    sameScript(
      `
      ${helpers}
      async def interrupted():
          await asyncio.sleep(1)
          raise KeyboardInterrupt("k")

      async def gathers():
          return asyncio.gather(interrupted(), work("a", 2), return_exceptions=True)

      loop = asyncio.new_event_loop()
      gathering = loop.run_until_complete(gathers())
      print(outcome(lambda: loop.run_until_complete(gathering)), gathering.done())
      print(loop.run_until_complete(gathering))
      loop.close()
    `,
      (print, newLoop) => {
        function* interrupted(): Coroutine {
          yield* sleep(1);
          throw new KeyboardInterrupt("k");
        }
        function* gathers(): Coroutine<[Future<unknown>]> {
          return [gather([interrupted(), work(print, "a", 2)], { returnExceptions: true })];
        }
        const loop = newLoop();
        const [gathering] = loop.runUntilComplete(gathers());
        print(
          outcome(() => loop.runUntilComplete(gathering)),
          gathering.done(),
        );
        print(loop.runUntilComplete(gathering));
        loop.close();
      },
    ));
});

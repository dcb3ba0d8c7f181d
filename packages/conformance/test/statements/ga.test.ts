import {
  allTasks,
  asyncWith,
  type Awaitable,
  BaseException,
  CancelledError,
  type Coroutine,
  createTask,
  currentTask,
  eagerTaskFactory,
  ensureFuture,
  type ExceptionHandler,
  Future,
  gather,
  getRunningLoop,
  GeneratorExit,
  KeyboardInterrupt,
  setEventLoop,
  sleep,
  SystemExit,
  ValueError,
  wait,
} from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { timeout } from "@yieldstar/timeout";
import { describe, expect, it } from "vitest";
import { repr } from "../../src/python-text.ts";
import { type Print, same, sameScript, sameUncaught } from "../../src/same.ts";

/** For snippets, and indented as they are. The functions below are its ports. */
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

      async def clean_up(name, delay):
          try:
              await asyncio.sleep(100)
          finally:
              await asyncio.sleep(delay)
              print(name, "has cleaned up", t())

      async def swallow(name, delay):
          try:
              await asyncio.sleep(100)
          except asyncio.CancelledError:
              await asyncio.sleep(delay)
              return f"{name} swallowed"

      def ticks(last, tick=1):
          print("tick", tick)
          if tick < last:
              asyncio.get_running_loop().call_soon(ticks, last, tick + 1)

      def report(loop, context):
          print(context["message"].lstrip("_"), sorted(context), repr(context.get("exception")))
`;

const t = (): number => getRunningLoop().time();

const cancelling = (): number | undefined => currentTask()?.cancelling();

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

function ticks(print: Print, last: number, tick = 1): void {
  print("tick", tick);
  if (tick < last) getRunningLoop().callSoon(() => ticks(print, last, tick + 1));
}

function reportTo(print: Print): ExceptionHandler {
  return (_, context) => print(context.message.replace(/^_/, ""), Object.keys(context).sort(), repr(context.exception));
}

function createFuture<T>(): Future<T> {
  return getRunningLoop().createFuture<T>();
}

describe("GA: gather", () => {
  it("GA-01: of nothing it is a finished future with an empty list, and awaiting it takes no iteration", () =>
    same(
      `
      async def main():
          asyncio.get_running_loop().call_soon(print, "an iteration later")
          future = asyncio.gather()
          print(future, future.done(), future is asyncio.gather())
          print(await future, await asyncio.gather(return_exceptions=True))
          print(future.cancel(), future.get_loop() is asyncio.get_running_loop())
          await asyncio.sleep(0)
    `,
      function* (print) {
        getRunningLoop().callSoon(() => print("an iteration later"));
        const future = gather([]);
        print(future, future.done(), future === gather([]));
        print(yield* future, yield* gather([], { returnExceptions: true }));
        print(future.cancel(), future.getLoop() === getRunningLoop());
        yield* sleep(0);
      },
    ));

  it("GA-01: outside of coroutines it needs a current loop only", () =>
    sameScript(
      `
      ${helpers}
      print(outcome(asyncio.gather))
      loop = asyncio.new_event_loop()
      asyncio.set_event_loop(loop)
      print(asyncio.gather(), asyncio.gather().get_loop() is loop)
      asyncio.set_event_loop(None)
      print(outcome(asyncio.gather))
      loop.close()
    `,
      (print, newLoop) => {
        print(outcome(() => gather([])));
        const loop = newLoop();
        setEventLoop(loop);
        print(gather([]), gather([]).getLoop() === loop);
        setEventLoop(undefined);
        print(outcome(() => gather([])));
        loop.close();
      },
    ));

  it("GA-02: results are in the order of the arguments, whichever ends first", () =>
    same(
      `
      ${helpers}
      async def main():
          future = asyncio.get_running_loop().create_future()
          asyncio.get_running_loop().call_later(2.5, future.set_result, "future")
          print(await asyncio.gather(work("a", 3), asyncio.create_task(work("b", 1)), future, work("c", 2)), t())
    `,
      function* (print) {
        const future = createFuture<string>();
        getRunningLoop().callLater(2.5, () => future.setResult("future"));
        print(yield* gather([work(print, "a", 3), createTask(work(print, "b", 1)), future, work(print, "c", 2)]), t());
      },
    ));

  it("GA-02: coroutines become tasks at the call, in the order of the arguments, and start an iteration later", () =>
    same(
      `
      async def main():
          async def worker(letter):
              print(letter, asyncio.current_task().get_name())

          existing = asyncio.create_task(worker("a"))
          gathering = asyncio.gather(worker("b"), existing, worker("c"))
          print([task.get_name() for task in asyncio.all_tasks()], gathering.done())
          print(await gathering)
    `,
      function* (print) {
        function* worker(letter: string): Coroutine {
          print(letter, currentTask()?.getName());
        }
        const existing = createTask(worker("a"));
        const gathering = gather([worker("b"), existing, worker("c")]);
        print(
          Array.from(allTasks(), (task) => task.getName()),
          gathering.done(),
        );
        print(yield* gathering);
      },
    ));

  it("GA-02: here it takes any iterable of awaitables", () => {
    function* main(): Coroutine<unknown> {
      const print = (): void => {};
      function* workers(): Generator<Coroutine<string>> {
        for (const name of "abc") yield work(print, name, 1);
      }
      return [
        yield* gather(workers()),
        yield* gather(new Set([work(print, "d", 2)])),
        yield* gather(new Set<Future<void>>()),
      ];
    }
    expect(runVirtual(main())).toEqual([["a", "b", "c"], ["d"], []]);
  });

  it("GA-03: what is passed more than once is run once, and its result appears in each position", () =>
    same(
      `
      ${helpers}
      async def main():
          coroutine, task, future = work("a", 2), asyncio.create_task(work("b", 1)), asyncio.Future()
          gathering = asyncio.gather(coroutine, task, future, task, coroutine, future, coroutine)
          print(len(asyncio.all_tasks()))
          future.set_result("c")
          print(await gathering, t())
          print(await asyncio.gather(future, task, future), t())
    `,
      function* (print) {
        const [coroutine, task, future] = [work(print, "a", 2), createTask(work(print, "b", 1)), new Future<string>()];
        const gathering = gather([coroutine, task, future, task, coroutine, future, coroutine]);
        print(allTasks().size);
        future.setResult("c");
        print(yield* gathering, t());
        print(yield* gather([future, task, future]), t());
      },
    ));

  it("GA-03: its exception appears in each position, too, and a cancelled one gives each an error of its own", () =>
    same(
      `
      ${helpers}
      async def main():
          task, future = asyncio.create_task(fail("x")), asyncio.Future()
          future.cancel("stop")
          results = await asyncio.gather(task, future, task, future, return_exceptions=True)
          print(results, results[0] is results[2], results[1] is results[3])
    `,
      function* (print) {
        const [task, future] = [createTask(fail("x")), new Future<void>()];
        future.cancel("stop");
        const results = yield* gather([task, future, task, future], { returnExceptions: true });
        print(results, results[0] === results[2], results[1] === results[3]);
      },
    ));

  it("GA-03: what is passed more than once is cancelled as often", () =>
    same(
      `
      ${helpers}
      async def main():
          task, once = asyncio.create_task(work("twice", 10)), asyncio.create_task(work("once", 10))
          gathering = asyncio.gather(task, once, task, return_exceptions=True)
          await asyncio.sleep(1)
          print(gathering.cancel("stop"))
          print(await awaiting(gathering), task.cancelling(), once.cancelling())
    `,
      function* (print) {
        const [task, once] = [createTask(work(print, "twice", 10)), createTask(work(print, "once", 10))];
        const gathering = gather([task, once, task], { returnExceptions: true });
        yield* sleep(1);
        print(gathering.cancel("stop"));
        print(yield* awaiting(gathering), task.cancelling(), once.cancelling());
      },
    ));

  it("GA-04: the first exception is raised at once, the others are not cancelled, and run on unreported", () =>
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

  it("GA-04: of several that fail in one iteration the first to fail counts, not the first argument", () =>
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

  it("GA-04: the report of an exception that nobody retrieved names the gathering's class", () =>
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

  it("GA-04: an exception of the gathering itself that nobody retrieves is reported, and that of its children is not", () =>
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

  it("GA-05: with return_exceptions it waits for all, and exceptions are values, base exceptions too", () =>
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

  it("GA-05: a cancelled future is a new CancelledError with its message, or an empty one", () =>
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

  it("GA-05: a cancelled task is a new CancelledError with an empty text, whatever it was cancelled with", () =>
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

  it("GA-05: what it gave as values is not reported, though the tasks are asked no more", () =>
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

  it("GA-06: so does a cancelled future, with the message; and a CancelledError that nobody retrieves is reported", () =>
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

  it("GA-07: of two gatherings that share a child, cancelling the one fails the other and leaves its children", () =>
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

  it("GA-08: cancelled, it ends with the first child that is cancelled; others may still be cleaning up", () =>
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

  it("GA-08: with return_exceptions it waits for all of them, and raises CancelledError then", () =>
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

  it("GA-08: a child that fails instead of being cancelled fails it with its own exception", () =>
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

  it("GA-09: cancelled, it fails with CancelledError once all are done, even if every child swallows that", () =>
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

  it("GA-09: cancelled without return_exceptions it gives the error of the last argument, too, if all swallow it", () =>
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

  it("GA-10: cancel() returns False once all children are done, though the gathering is not, and changes nothing", () =>
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

  it("GA-10: a second cancel() returns False if no child takes it, though the first was accepted", () =>
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

  it("GA-11: cancelling who awaits it cancels all children, and it is resumed when the gathering ends", () =>
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

  it("GA-11: so it is through nested gatherings", () =>
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

  it("GA-11: a timeout around it cancels the children, and is a TimeoutError", () =>
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

  it("GA-11: of two tasks that await one gathering, both end with what cancelling the one does to it", () =>
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

  it("GA-12: after it has failed cancel() returns False and does not touch the children that are left", () =>
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

  it("GA-13: of futures that are done it is done on return, whatever came of them", () =>
    same(
      `
      ${helpers}
      async def main():
          asyncio.get_running_loop().call_soon(print, "an iteration later")
          succeeded, failed, cancelled = [asyncio.Future() for _ in range(3)]
          succeeded.set_result(1)
          failed.set_exception(ValueError("x"))
          cancelled.cancel("stop")
          for children in ([succeeded], [succeeded, succeeded], [cancelled, failed], [succeeded, failed, cancelled]):
              for return_exceptions in (False, True):
                  gathering = asyncio.gather(*children, return_exceptions=return_exceptions)
                  print(gathering.done(), gathering.cancelled(), await awaiting(gathering))
          await asyncio.sleep(0)
    `,
      function* (print) {
        getRunningLoop().callSoon(() => print("an iteration later"));
        const [succeeded, failed, cancelled] = [new Future<number>(), new Future<number>(), new Future<number>()];
        succeeded.setResult(1);
        failed.setException(new ValueError("x"));
        cancelled.cancel("stop");
        const cases = [[succeeded], [succeeded, succeeded], [cancelled, failed], [succeeded, failed, cancelled]];
        for (const children of cases) {
          for (const returnExceptions of [false, true]) {
            const gathering = gather(children, { returnExceptions });
            print(gathering.done(), gathering.cancelled(), yield* awaiting(gathering));
          }
        }
        yield* sleep(0);
      },
    ));

  it("GA-13: with one that is pending it is not, unless one that is done has failed", () =>
    same(
      `
      ${helpers}
      async def main():
          pending, succeeded, failed = [asyncio.Future() for _ in range(3)]
          succeeded.set_result(1)
          failed.set_exception(ValueError("x"))
          print(repr(asyncio.gather(pending, failed, succeeded).exception()))
          gatherings = [asyncio.gather(succeeded, pending), asyncio.gather(failed, pending, return_exceptions=True)]
          print([gathering.done() for gathering in gatherings])
          pending.set_result(2)
          print([gathering.done() for gathering in gatherings])
          await asyncio.sleep(0)
          print([gathering.result() for gathering in gatherings])
    `,
      function* (print) {
        const [pending, succeeded, failed] = [new Future<number>(), new Future<number>(), new Future<number>()];
        succeeded.setResult(1);
        failed.setException(new ValueError("x"));
        print(repr(gather([pending, failed, succeeded]).exception()));
        const gatherings = [
          gather([succeeded, pending]),
          gather([failed, pending], { returnExceptions: true }),
        ] as Future<unknown>[];
        print(gatherings.map((gathering) => gathering.done()));
        pending.setResult(2);
        print(gatherings.map((gathering) => gathering.done()));
        yield* sleep(0);
        print(gatherings.map((gathering) => gathering.result()));
      },
    ));

  it("GA-13: so it is with coroutines that end in an eager first step", () =>
    same(
      `
      ${helpers}
      async def main():
          asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)

          async def returns(value):
              return value

          async def raises():
              raise ValueError("x")

          print(asyncio.gather(returns(1), returns(2)).result())
          print(repr(asyncio.gather(returns(1), raises(), work("late", 1)).exception()))
          gathering = asyncio.gather(work("a", 2), returns(3))
          print(gathering.done(), await gathering, t())
    `,
      function* (print) {
        getRunningLoop().setTaskFactory(eagerTaskFactory);
        function* returns<T>(value: T): Coroutine<T> {
          return value;
        }
        function* raises(): Coroutine {
          throw new ValueError("x");
        }
        print(gather([returns(1), returns(2)]).result());
        print(repr(gather([returns(1), raises(), work(print, "late", 1)]).exception()));
        const gathering = gather([work(print, "a", 2), returns(3)]);
        print(gathering.done(), yield* gathering, t());
      },
    ));

  it("GA-13: what counts is whether an argument is done when its turn comes, not when all have been looked at", () =>
    same(
      `
      async def main():
          asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
          future = asyncio.Future()

          async def resolves():
              future.set_result("resolved")

          gathering = asyncio.gather(future, resolves())
          print(gathering.done(), future.done())
          await asyncio.sleep(0)
          print(gathering.result())
          future = asyncio.Future()
          print(asyncio.gather(resolves(), future).done())
    `,
      function* (print) {
        getRunningLoop().setTaskFactory(eagerTaskFactory);
        let future = new Future<string>();
        function* resolves(): Coroutine {
          future.setResult("resolved");
        }
        const gathering = gather([future, resolves()]);
        print(gathering.done(), future.done());
        yield* sleep(0);
        print(gathering.result());
        future = new Future<string>();
        print(gather([resolves(), future]).done());
      },
    ));

  it("GA-14: a future of another loop, and what cannot be awaited, are refused", () =>
    sameScript(
      `
      ${helpers}
      one, two = asyncio.new_event_loop(), asyncio.new_event_loop()

      async def main():
          own, others = one.create_future(), two.create_future()
          print(outcome(lambda: asyncio.gather(others)))
          print(outcome(lambda: asyncio.gather(own, others)))
          print(outcome(lambda: asyncio.gather(others, return_exceptions=True)))
          for value in (1, 2.5, "text", None, True):
              print(outcome(lambda: asyncio.gather(own, value)))

      one.run_until_complete(main())
      print(outcome(lambda: asyncio.gather(one.create_future(), two.create_future())))
      one.close()
      two.close()
    `,
      (print, newLoop) => {
        const [one, two] = [newLoop(), newLoop()];
        function* main(): Coroutine {
          const [own, others] = [one.createFuture(), two.createFuture()];
          print(outcome(() => gather([others])));
          print(outcome(() => gather([own, others])));
          print(outcome(() => gather([others], { returnExceptions: true })));
          for (const value of [1, 2.5, "text", undefined, true]) {
            print(outcome(() => gather([own, value as unknown as Awaitable<void>])));
          }
        }
        one.runUntilComplete(main());
        print(outcome(() => gather([one.createFuture(), two.createFuture()])));
        one.close();
        two.close();
      },
    ));

  it("GA-14: what stands before the argument that is refused runs on, and its exception is not reported", () =>
    same(
      `
      ${helpers}
      async def main():
          asyncio.get_running_loop().set_exception_handler(report)
          print(outcome(lambda: asyncio.gather(work("a", 1), fail("x", 1), None)))
          await asyncio.sleep(2)
          print("the end")
    `,
      function* (print) {
        getRunningLoop().setExceptionHandler(reportTo(print));
        print(outcome(() => gather([work(print, "a", 1), fail("x", 1), undefined as unknown as Awaitable<void>])));
        yield* sleep(2);
        print("the end");
      },
    ));

  it("GA-15: its exception is the child's own", () =>
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

  it("GA-16: who awaits it is resumed two iterations after the last child's last step", () =>
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

  it("GA-16: each gathering around it adds one iteration, and futures save a step", () =>
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

  it("GA-17: outside of a running loop futures bring their loop, coroutines need a current one", () =>
    sameScript(
      `
      ${helpers}
      import warnings
      warnings.simplefilter("ignore")

      async def nothing():
          return "nothing"

      loop = asyncio.new_event_loop()
      future, task = loop.create_future(), loop.create_task(work("task", 1))
      print(outcome(lambda: asyncio.gather(nothing())))
      print(outcome(lambda: asyncio.gather(nothing(), future)))
      gathering = asyncio.gather(future, task, nothing())
      print(gathering.get_loop() is loop, gathering.done(), len(asyncio.all_tasks(loop)))
      future.set_result("future")
      print(loop.run_until_complete(gathering))
      print(asyncio.gather(future, task).result())

      other = asyncio.new_event_loop()
      asyncio.set_event_loop(other)
      print(asyncio.gather(loop.create_future()).get_loop() is loop)
      gathering = asyncio.gather(nothing())
      print(gathering.get_loop() is other, other.run_until_complete(gathering))
      print(outcome(lambda: asyncio.gather(nothing(), future)))
      other.run_until_complete(asyncio.sleep(0))
      asyncio.set_event_loop(None)
      loop.close()
      other.close()
    `,
      (print, newLoop) => {
        function* nothing(): Coroutine<string> {
          return "nothing";
        }
        const loop = newLoop();
        const [future, task] = [loop.createFuture<string>(), loop.createTask(work(print, "task", 1))];
        print(outcome(() => gather([nothing()])));
        print(outcome(() => gather([nothing(), future])));
        let gathering: Future<string[]> = gather([future, task, nothing()]);
        print(gathering.getLoop() === loop, gathering.done(), allTasks(loop).size);
        future.setResult("future");
        print(loop.runUntilComplete(gathering));
        print(gather([future, task]).result());

        const other = newLoop();
        setEventLoop(other);
        print(gather([loop.createFuture()]).getLoop() === loop);
        gathering = gather([nothing()]);
        print(gathering.getLoop() === other, other.runUntilComplete(gathering));
        print(outcome(() => gather([nothing(), future])));
        other.runUntilComplete(sleep(0));
        setEventLoop(undefined);
        loop.close();
        other.close();
      },
    ));

  it("GA-18: cancelling the gathering is never a value: children's cancellations are, its own is raised", () =>
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

  it("GA-18: the error, and its message, is that of the last argument, whichever child ended last", () =>
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

  it("GA-18: of a future that is the last argument it is the message that cancelled it", () =>
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

  it("GA-19: the loop can run on, and gather then sees it as any exception", () =>
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

  it("GA-02: the tasks that it made are not reported when they are destroyed while pending, others are", () =>
    sameScript(
      `
      async def waits():
          await loop.create_future()

      async def main():
          asyncio.gather(waits(), loop.create_task(waits(), name="given"))
          await asyncio.sleep(1)

      loop = asyncio.new_event_loop()
      loop.set_exception_handler(lambda loop, context: print(context["message"], context["task"].get_name()))
      loop.run_until_complete(main())
      print(len(asyncio.all_tasks(loop)))
      loop.close()
    `,
      (print, newLoop) => {
        function* waits(): Coroutine {
          yield* loop.createFuture<void>();
        }
        function* main(): Coroutine {
          void gather([waits(), loop.createTask(waits(), { name: "given" })]);
          yield* sleep(1);
        }
        const loop = newLoop();
        loop.setExceptionHandler((_, context) => print(context.message, context.task?.getName()));
        loop.runUntilComplete(main());
        print(allTasks(loop).size);
        loop.close();
      },
    ));
});

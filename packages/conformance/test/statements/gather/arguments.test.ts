import {
  allTasks,
  type Awaitable,
  type Coroutine,
  createTask,
  currentTask,
  eagerTaskFactory,
  Future,
  gather,
  getRunningLoop,
  setEventLoop,
  sleep,
  ValueError,
} from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same, sameScript } from "../../../src/same.ts";
import { awaiting, createFuture, outcome, t } from "../outcomes.ts";
import { fail, helpers, reportTo, work } from "./helpers.ts";

describe("GA: gather", () => {
  it("GA-01: gather() of nothing is a done future with an empty list, and awaiting it takes no iteration", () =>
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

  it("GA-01: outside of coroutines gather() of nothing needs only a current loop", () =>
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

  it("GA-02: gather() takes any iterable of awaitables here", () => {
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

  it("GA-02: tasks that gather() made are not reported when they are destroyed while pending, others are", () =>
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

  it("GA-03: an argument that is passed more than once runs once, and its result appears in each position", () =>
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

  it("GA-03: the exception of a repeated argument appears in each position, and its cancellation as a new error each", () =>
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

  it("GA-03: an argument that is passed several times is cancelled as often", () =>
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

  it("GA-13: a gathering of done futures is done on return, whatever their outcomes", () =>
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

  it("GA-13: a gathering with a pending future is pending, unless a done one has failed", () =>
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

  it("GA-13: coroutines that end in an eager first step count as done", () =>
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

  it("GA-13: an argument counts as done if it is done at its turn, not after all arguments have been looked at", () =>
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

  it("GA-14: a future of another loop, and a value that cannot be awaited, are refused", () =>
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

  it("GA-14: arguments before the refused one run on, and their exceptions are not reported", () =>
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

  it("GA-17: outside a running loop futures bring their loop, and coroutines need a current one", () =>
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
});

import {
  ALL_COMPLETED,
  CancelledError,
  type Coroutine,
  createTask,
  currentTask,
  type ExceptionHandler,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  Future,
  gather,
  getRunningLoop,
  shield,
  sleep,
  type Task,
  ValueError,
  wait,
} from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { type Print, same, sameScript } from "../../../src/same.ts";
import { withoutHint } from "../../../src/without-hint.ts";
import { awaiting, t, ticks } from "../outcomes.ts";

/** For the Python snippets, and indented like them. The functions below and those of outcomes.ts are its ports. */
const helpers = `
      async def awaiting(awaitable):
          try:
              return f"returned {await awaitable!r}"
          except BaseException as error:
              return f"raised {error!r}"

      async def work(delay, error=None):
          await asyncio.sleep(delay)
          if error is not None:
              raise error

      def names(result):
          return [[task.get_name() for task in tasks] for tasks in result]

      def ticks(last, tick=1):
          print("tick", tick)
          if tick < last:
              asyncio.get_running_loop().call_soon(ticks, last, tick + 1)

      def report(loop, context):
          print(context["message"], repr(context.get("exception")))
`;

function* work(delay: number, error?: Error): Coroutine {
  yield* sleep(delay);
  if (error !== undefined) throw error;
}

function names(result: readonly Set<Task<unknown>>[]): string[][] {
  return result.map((tasks) => Array.from(tasks, (task) => task.getName()));
}

function reportTo(print: Print): ExceptionHandler {
  return (_, context) => print(context.message, repr(context.exception));
}

/** Waits for arguments that the types forbid. */
const waitForAny = wait as (futures: unknown, options?: unknown) => Coroutine<unknown>;

describe("WT: wait", () => {
  it("WT-01: wait() refuses anything but a collection of futures, when it is awaited", () =>
    same(
      `
      ${helpers}
      import warnings
      warnings.simplefilter("ignore")

      async def main():
          future, task = asyncio.Future(), asyncio.create_task(work(0))
          for value in (future, task, work(0), [], set(), [work(0)], [future, work(0)]):
              waiting = asyncio.wait(value)
              print("made", await awaiting(waiting))
          print(task.done(), future, asyncio.current_task().cancelling())
    `,
      function* (print) {
        const [future, task] = [new Future<void>(), createTask(work(0))];
        for (const value of [future, task, work(0), [], new Set(), [work(0)], [future, work(0)]]) {
          const waiting = waitForAny(value);
          print("made", yield* awaiting(waiting));
        }
        print(task.done(), future, currentTask()?.cancelling());
      },
    ));

  it("WT-01: wait() refuses any other return_when", () =>
    same(
      `
      ${helpers}
      async def main():
          future = asyncio.Future()
          for return_when in ("first_completed", "", 1):
              print(await awaiting(asyncio.wait([future], return_when=return_when)))
          print(future)
          print(asyncio.FIRST_COMPLETED, asyncio.FIRST_EXCEPTION, asyncio.ALL_COMPLETED)
    `,
      function* (print) {
        const future = new Future<void>();
        for (const returnWhen of ["first_completed", "", 1]) {
          print(withoutHint(yield* awaiting(waitForAny([future], { returnWhen }))));
        }
        print(future);
        print(FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED);
      },
    ));

  it("WT-01: the error names a wrong collection first, then return_when, then a coroutine inside", () =>
    same(
      `
      ${helpers}
      import warnings
      warnings.simplefilter("ignore")

      async def main():
          for value in (asyncio.Future(), work(0), [], [work(0)]):
              print(await awaiting(asyncio.wait(value, return_when="wrong")))
    `,
      function* (print) {
        for (const value of [new Future<void>(), work(0), [], [work(0)]]) {
          print(withoutHint(yield* awaiting(waitForAny(value, { returnWhen: "wrong" }))));
        }
      },
    ));

  it("WT-01: an iterator of nothing and a member that is not a future are named here too, where CPython also fails", () => {
    const attempt = (futures: unknown) => (): unknown => runVirtual(waitForAny(futures));
    expect(attempt(new Set().values())).toThrow(new ValueError("Set of Tasks/Futures is empty."));
    expect(attempt([1])).toThrow(new TypeError("wait() expects futures and tasks, got 1"));
    expect(attempt(1)).toThrow(new TypeError("expect a list of futures, not number"));
  });

  it("WT-01: the error for a wrong returnWhen has a hint with our name of the option", () => {
    function* main(): Coroutine<unknown> {
      return yield* waitForAny([new Future<void>()], { returnWhen: "wrong" });
    }
    const text = "Invalid return_when value: wrong (hint: the option is returnWhen)";
    expect(() => runVirtual(main())).toThrow(new ValueError(text));
  });

  it("WT-02: wait() returns the done and the pending futures, each once, in the order they were passed", () =>
    same(
      `
      ${helpers}
      async def main():
          a, b, c, d = [asyncio.create_task(work(delay), name=name) for name, delay in zip("abcd", (3, 1, 9, 2))]
          done, pending = await asyncio.wait([a, b, a, c, d, b, c], timeout=4)
          print(names([done, pending]), t())
          print(a in done, len(done), c in pending, len(pending))
    `,
      function* (print) {
        const [a, b, c, d] = (
          [
            ["a", 3],
            ["b", 1],
            ["c", 9],
            ["d", 2],
          ] as const
        ).map(([name, delay]) => createTask(work(delay), { name })) as [Task<void>, Task<void>, Task<void>, Task<void>];
        const [done, pending] = yield* wait([a, b, a, c, d, b, c], { timeout: 4 });
        print(names([done, pending]), t());
        print(done.has(a), done.size, pending.has(c), pending.size);
      },
    ));

  it("WT-02: a future that is passed twice counts once", () =>
    same(
      `
      ${helpers}
      async def main():
          task = asyncio.create_task(work(2), name="a")
          for return_when in (asyncio.ALL_COMPLETED, asyncio.FIRST_COMPLETED, asyncio.FIRST_EXCEPTION):
              print(names(await asyncio.wait([task, task, task], return_when=return_when)), t())
    `,
      function* (print) {
        const task = createTask(work(2), { name: "a" });
        for (const returnWhen of [ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION] as const) {
          print(names(yield* wait([task, task, task], { returnWhen })), t());
        }
      },
    ));

  it("WT-02: a timeout neither raises nor cancels: pending tasks run on", () =>
    same(
      `
      ${helpers}
      async def main():
          tasks = [asyncio.create_task(work(delay), name=f"{delay}") for delay in (1, 3)]
          for return_when in (asyncio.ALL_COMPLETED, asyncio.FIRST_EXCEPTION):
              print(names(await asyncio.wait(tasks, timeout=1.5, return_when=return_when)), t())
          print([task.cancelling() for task in tasks])
          print(names(await asyncio.wait(tasks[1:], timeout=0.25, return_when=asyncio.FIRST_COMPLETED)), t())
          print(names(await asyncio.wait(tasks, timeout=None)), t())
    `,
      function* (print) {
        const tasks = [1, 3].map((delay) => createTask(work(delay), { name: delay }));
        for (const returnWhen of [ALL_COMPLETED, FIRST_EXCEPTION] as const) {
          print(names(yield* wait(tasks, { timeout: 1.5, returnWhen })), t());
        }
        print(tasks.map((task) => task.cancelling()));
        print(names(yield* wait(tasks.slice(1), { timeout: 0.25, returnWhen: FIRST_COMPLETED })), t());
        print(names(yield* wait(tasks, { timeout: null })), t());
      },
    ));

  it("WT-02: wait() raises neither the exceptions nor the cancellations of its futures", () =>
    same(
      `
      ${helpers}
      async def main():
          failed, cancelled = asyncio.create_task(work(1, ValueError("x"))), asyncio.create_task(work(9))
          asyncio.get_running_loop().call_later(2, cancelled.cancel)
          done, pending = await asyncio.wait([failed, cancelled])
          print(t(), [task.cancelled() for task in done], pending, repr(failed.exception()))
    `,
      function* (print) {
        const [failed, cancelled] = [createTask(work(1, new ValueError("x"))), createTask(work(9))];
        getRunningLoop().callLater(2, () => cancelled.cancel());
        const [done, pending] = yield* wait([failed, cancelled]);
        print(
          t(),
          Array.from(done, (task) => task.cancelled()),
          pending,
          repr(failed.exception()),
        );
      },
    ));

  it("WT-02: wait() takes gatherings and shields like any future", () =>
    same(
      `
      ${helpers}
      async def main():
          failing, slow = asyncio.create_task(work(1, ValueError("x"))), asyncio.create_task(work(9))
          gathering, shielded = asyncio.gather(failing, slow), asyncio.shield(slow)
          for return_when in (asyncio.FIRST_EXCEPTION, asyncio.ALL_COMPLETED):
              done, pending = await asyncio.wait([gathering, shielded], timeout=4, return_when=return_when)
              print(gathering in done, shielded in pending, t())
          print(repr(gathering.exception()), slow.cancelling(), shielded.done())
    `,
      function* (print) {
        const [failing, slow] = [createTask(work(1, new ValueError("x"))), createTask(work(9))];
        const [gathering, shielded]: [Future<unknown>, Future<unknown>] = [gather([failing, slow]), shield(slow)];
        for (const returnWhen of [FIRST_EXCEPTION, ALL_COMPLETED] as const) {
          const [done, pending] = yield* wait([gathering, shielded], { timeout: 4, returnWhen });
          print(done.has(gathering), pending.has(shielded), t());
        }
        print(repr(gathering.exception()), slow.cancelling(), shielded.done());
      },
    ));

  it("WT-03: FIRST_EXCEPTION returns with the first that raised, and a cancelled one does not count", () =>
    same(
      `
      ${helpers}
      async def main():
          delays = {"returns": 1, "cancelled": 9, "raises": 3, "late": 5}
          tasks = [
              asyncio.create_task(work(delay, ValueError("x") if name == "raises" else None), name=name)
              for name, delay in delays.items()
          ]
          asyncio.get_running_loop().call_later(2, tasks[1].cancel)
          print(names(await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)), t())
          tasks[2].exception()
    `,
      function* (print) {
        const delays = { returns: 1, cancelled: 9, raises: 3, late: 5 };
        const tasks = Object.entries(delays).map(([name, delay]) =>
          createTask(work(delay, name === "raises" ? new ValueError("x") : undefined), { name }),
        );
        getRunningLoop().callLater(2, () => tasks[1]?.cancel());
        print(names(yield* wait(tasks, { returnWhen: FIRST_EXCEPTION })), t());
        tasks[2]?.exception();
      },
    ));

  it("WT-03: FIRST_EXCEPTION waits for all if none raises", () =>
    same(
      `
      ${helpers}
      async def main():
          tasks = [asyncio.create_task(work(delay), name=f"{delay}") for delay in (1, 3, 9)]
          asyncio.get_running_loop().call_later(2, tasks[2].cancel)
          print(names(await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)), t())
    `,
      function* (print) {
        const tasks = [1, 3, 9].map((delay) => createTask(work(delay), { name: delay }));
        getRunningLoop().callLater(2, () => tasks[2]?.cancel());
        print(names(yield* wait(tasks, { returnWhen: FIRST_EXCEPTION })), t());
      },
    ));

  it("WT-03: a future that failed with a CancelledError has raised, and an earlier failure counts too", () =>
    same(
      `
      ${helpers}
      async def main():
          pending, raised = asyncio.Future(), asyncio.Future()
          raised.set_exception(asyncio.CancelledError())
          done, _ = await asyncio.wait([pending, raised], return_when=asyncio.FIRST_EXCEPTION)
          print(list(done) == [raised], raised.cancelled(), t())
    `,
      function* (print) {
        const [pending, raised] = [new Future<void>(), new Future<void>()];
        raised.setException(new CancelledError());
        const [done] = yield* wait([pending, raised], { returnWhen: FIRST_EXCEPTION });
        print([...done].length === 1 && done.has(raised), raised.cancelled(), t());
      },
    ));

  it("WT-04: FIRST_COMPLETED returns all that are done when the waiter resumes", () =>
    same(
      `
      ${helpers}
      async def main():
          async def bare(count):
              for _ in range(count):
                  await asyncio.sleep(0)

          tasks = [asyncio.create_task(bare(count), name=f"{count}") for count in (5, 4, 3, 2, 1)]
          print(names(await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)))
          tasks = [asyncio.create_task(work(1), name=name) for name in "abc"]
          asyncio.get_running_loop().call_later(1, tasks[1].cancel)
          print(names(await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)), t())
    `,
      function* (print) {
        function* bare(count: number): Coroutine {
          for (let index = 0; index < count; index++) yield* sleep(0);
        }
        let tasks = [5, 4, 3, 2, 1].map((count) => createTask(bare(count), { name: count }));
        print(names(yield* wait(tasks, { returnWhen: FIRST_COMPLETED })));
        tasks = Array.from("abc", (name) => createTask(work(1), { name }));
        getRunningLoop().callLater(1, () => tasks[1]?.cancel());
        print(names(yield* wait(tasks, { returnWhen: FIRST_COMPLETED })), t());
      },
    ));

  it("WT-04: FIRST_COMPLETED returns with a cancelled or failed future as with any other", () =>
    same(
      `
      ${helpers}
      async def main():
          for name in ("cancelled", "raises"):
              task = asyncio.create_task(work(1, ValueError("x")), name=name)
              if name == "cancelled":
                  asyncio.get_running_loop().call_soon(task.cancel)
              other = asyncio.create_task(work(9), name="other")
              print(names(await asyncio.wait([other, task], return_when=asyncio.FIRST_COMPLETED)), t())
              task.cancelled() or task.exception()
    `,
      function* (print) {
        for (const name of ["cancelled", "raises"]) {
          const task = createTask(work(1, new ValueError("x")), { name });
          if (name === "cancelled") getRunningLoop().callSoon(() => task.cancel());
          const other = createTask(work(9), { name: "other" });
          print(names(yield* wait([other, task], { returnWhen: FIRST_COMPLETED })), t());
          if (!task.cancelled()) task.exception();
        }
      },
    ));

  it("WT-05: wait() always suspends: when all are done it takes two iterations", () =>
    same(
      `
      ${helpers}
      async def main():
          future = asyncio.Future()
          future.set_result(None)
          for return_when in (asyncio.ALL_COMPLETED, asyncio.FIRST_COMPLETED, asyncio.FIRST_EXCEPTION):
              asyncio.get_running_loop().call_soon(ticks, 4)
              done, pending = await asyncio.wait([future], timeout=5, return_when=return_when)
              print("resumed", len(done), len(pending))
              await asyncio.sleep(1)
    `,
      function* (print) {
        const future = new Future<void>();
        future.setResult();
        for (const returnWhen of [ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION] as const) {
          getRunningLoop().callSoon(() => ticks(print, 4));
          const [done, pending] = yield* wait([future], { timeout: 5, returnWhen });
          print("resumed", done.size, pending.size);
          yield* sleep(1);
        }
      },
    ));

  it("WT-05: wait() resumes two iterations after the last step of a task", () =>
    same(
      `
      ${helpers}
      async def main():
          async def last_step():
              await asyncio.sleep(1)
              asyncio.get_running_loop().call_soon(ticks, 4)

          await asyncio.wait([asyncio.create_task(last_step())])
          print("resumed")
          await asyncio.sleep(1)
    `,
      function* (print) {
        function* lastStep(): Coroutine {
          yield* sleep(1);
          getRunningLoop().callSoon(() => ticks(print, 4));
        }
        yield* wait([createTask(lastStep())]);
        print("resumed");
        yield* sleep(1);
      },
    ));

  it("WT-06: a failure is still reported as never retrieved", async () => {
    for (const returnWhen of [ALL_COMPLETED, FIRST_COMPLETED] as const) {
      await same(
        `
      ${helpers}
      async def main():
          asyncio.get_running_loop().set_exception_handler(report)
          task = asyncio.create_task(work(1, ValueError("x")))
          done, pending = await asyncio.wait([task, asyncio.create_task(work(2))], return_when=asyncio.${returnWhen})
          print(task in done, len(done), len(pending), t())
          await asyncio.sleep(5)
          print("the end")
    `,
        function* (print) {
          getRunningLoop().setExceptionHandler(reportTo(print));
          const task = createTask(work(1, new ValueError("x")));
          const [done, pending] = yield* wait([task, createTask(work(2))], { returnWhen });
          print(done.has(task), done.size, pending.size, t());
          yield* sleep(5);
          print("the end");
        },
      );
    }
  });

  it("WT-06: FIRST_EXCEPTION retrieves the exceptions that it looks at, all but that of the last one", () =>
    same(
      `
      ${helpers}
      async def main():
          asyncio.get_running_loop().set_exception_handler(report)
          seen = [asyncio.create_task(work(1, ValueError("seen"))), asyncio.create_task(work(2))]
          await asyncio.wait(seen, return_when=asyncio.FIRST_EXCEPTION)
          last = [asyncio.create_task(work(2)), asyncio.create_task(work(3, ValueError("last")))]
          await asyncio.wait(last, return_when=asyncio.FIRST_EXCEPTION)
          only = [asyncio.create_task(work(1, ValueError("only")))]
          await asyncio.wait(only, return_when=asyncio.FIRST_EXCEPTION)
          print([task.done() for task in [*seen, *last, *only]])
          print("the end")
          del seen, last, only
    `,
      function* (print) {
        getRunningLoop().setExceptionHandler(reportTo(print));
        const seen = [createTask(work(1, new ValueError("seen"))), createTask(work(2))];
        yield* wait(seen, { returnWhen: FIRST_EXCEPTION });
        const last = [createTask(work(2)), createTask(work(3, new ValueError("last")))];
        yield* wait(last, { returnWhen: FIRST_EXCEPTION });
        const only = [createTask(work(1, new ValueError("only")))];
        yield* wait(only, { returnWhen: FIRST_EXCEPTION });
        print([...seen, ...last, ...only].map((task) => task.done()));
        print("the end");
      },
    ));

  it("WT-07: wait() removes its callbacks when it returns, and when it is cancelled", () =>
    same(
      `
      ${helpers}
      async def main():
          done, pending = asyncio.Future(), asyncio.Future()
          asyncio.get_running_loop().call_later(1, done.set_result, None)
          await asyncio.wait([done, pending], return_when=asyncio.FIRST_COMPLETED)
          print(pending)
          await asyncio.wait([pending], timeout=1)
          print(pending, t())
          waiting = asyncio.create_task(asyncio.wait([pending], timeout=10))
          await asyncio.sleep(1)
          print("cb=" in repr(pending), waiting.cancel("stop"), pending.cancelled())
          print(await awaiting(waiting))
          print(pending, waiting.cancelled())
    `,
      function* (print) {
        const [done, pending] = [new Future<void>(), new Future<void>()];
        getRunningLoop().callLater(1, () => done.setResult());
        yield* wait([done, pending], { returnWhen: FIRST_COMPLETED });
        print(pending);
        yield* wait([pending], { timeout: 1 });
        print(pending, t());
        const waiting = createTask(wait([pending], { timeout: 10 }));
        yield* sleep(1);
        print(pending.toString().includes("cb="), waiting.cancel("stop"), pending.cancelled());
        print(yield* awaiting(waiting));
        print(pending, waiting.cancelled());
      },
    ));

  it("WT-07: wait() removes only its own callbacks: other waiters go on", () =>
    same(
      `
      ${helpers}
      async def main():
          task = asyncio.create_task(work(3), name="a")
          waits = [asyncio.create_task(asyncio.wait([task], timeout=timeout)) for timeout in (1, None, 2, None)]
          await asyncio.sleep(1.5)
          print([waiting.done() for waiting in waits], waits[3].cancel())
          print([names(await waiting) for waiting in waits[:3]], t(), waits[3].cancelled(), task.cancelling())
    `,
      function* (print) {
        const task = createTask(work(3), { name: "a" });
        const waits = [1, null, 2, null].map((timeout) => createTask(wait([task], { timeout })));
        yield* sleep(1.5);
        print(
          waits.map((waiting) => waiting.done()),
          waits[3]?.cancel(),
        );
        const results: string[][][] = [];
        for (const waiting of waits.slice(0, 3)) results.push(names(yield* waiting));
        print(results, t(), waits[3]?.cancelled(), task.cancelling());
      },
    ));

  it("WT-07: wait() leaves no timer behind, and so the clock does not move afterwards", () =>
    sameScript(
      `
      ${helpers}
      def idle(loop):
          try:
              loop.run_forever()
          except RuntimeError:
              print("nothing left at", loop.time())

      async def ends():
          await asyncio.wait([asyncio.create_task(work(1))], timeout=100)

      async def is_cancelled():
          waiting = asyncio.create_task(asyncio.wait([asyncio.Future()], timeout=100))
          await asyncio.sleep(1)
          waiting.cancel()
          print(await awaiting(waiting))

      loop = asyncio.new_event_loop()
      for main in (ends, is_cancelled):
          loop.run_until_complete(main())
          print(loop.time())
          idle(loop)
      loop.close()
    `,
      (print, newLoop) => {
        function* ends(): Coroutine {
          yield* wait([createTask(work(1))], { timeout: 100 });
        }
        function* isCancelled(): Coroutine {
          const waiting = createTask(wait([new Future<void>()], { timeout: 100 }));
          yield* sleep(1);
          waiting.cancel();
          print(yield* awaiting(waiting));
        }
        const loop = newLoop();
        for (const main of [ends, isCancelled]) {
          loop.runUntilComplete(main());
          print(loop.time());
          try {
            loop.runForever();
          } catch {
            print("nothing left at", loop.time());
          }
        }
        loop.close();
      },
    ));

  it("WT-07: a cancel in the iteration of the completion, or of the timeout, is delivered", () =>
    same(
      `
      ${helpers}
      async def main():
          loop = asyncio.get_running_loop()
          for timeout in (None, 1):
              future = asyncio.Future()
              waiting = asyncio.create_task(asyncio.wait([future], timeout=timeout))
              await asyncio.sleep(0)
              if timeout is None:
                  loop.call_later(1, future.set_result, None)
              loop.call_later(1, waiting.cancel, "stop")
              print(await awaiting(waiting), t(), future, waiting.cancelled())
    `,
      function* (print) {
        const loop = getRunningLoop();
        for (const timeout of [null, 1]) {
          const future = new Future<void>();
          const waiting = createTask(wait([future], { timeout }));
          yield* sleep(0);
          if (timeout === null) loop.callLater(1, () => future.setResult());
          loop.callLater(1, () => waiting.cancel("stop"));
          print(yield* awaiting(waiting), t(), future, waiting.cancelled());
        }
      },
    ));

  it("WT-08: wait() takes any iterable: a set, a generator, an iterator", () =>
    same(
      `
      ${helpers}
      async def main():
          def tasks():
              for name in "ab":
                  yield asyncio.create_task(work(1), name=name)

          for iterable in (tuple(tasks()), {task: 1 for task in tasks()}.keys(), tasks(), iter(list(tasks()))):
              print(names(await asyncio.wait(iterable)), t())
    `,
      function* (print) {
        function* tasks(): Generator<Task<void>> {
          for (const name of "ab") yield createTask(work(1), { name });
        }
        for (const iterable of [[...tasks()], new Set(tasks()), tasks(), [...tasks()].values()]) {
          print(names(yield* wait(iterable)), t());
        }
      },
    ));

  it("WT-08: a timeout of zero, or less, still runs the loop", () =>
    same(
      `
      ${helpers}
      async def main():
          async def bare(count):
              for _ in range(count):
                  await asyncio.sleep(0)

          for timeout in (0, -1):
              asyncio.get_running_loop().call_soon(ticks, 3)
              tasks = [asyncio.create_task(bare(count), name=f"{count}") for count in range(4)]
              print(names(await asyncio.wait(tasks, timeout=timeout)), t())
              await asyncio.sleep(1)
              print(names(await asyncio.wait(tasks, timeout=timeout)), t())
    `,
      function* (print) {
        function* bare(count: number): Coroutine {
          for (let index = 0; index < count; index++) yield* sleep(0);
        }
        for (const timeout of [0, -1]) {
          getRunningLoop().callSoon(() => ticks(print, 3));
          const tasks = [0, 1, 2, 3].map((count) => createTask(bare(count), { name: count }));
          print(names(yield* wait(tasks, { timeout })), t());
          yield* sleep(1);
          print(names(yield* wait(tasks, { timeout })), t());
        }
      },
    ));

  it("WT-08: a future that completes in the timeout's iteration, or before the waiter resumes in the next, is done", () =>
    same(
      `
      async def main():
          loop = asyncio.get_running_loop()
          before, after, next_before, next_after, never = futures = [asyncio.Future() for _ in range(5)]
          loop.call_later(1, before.set_result, 1)
          loop.call_later(1, loop.call_soon, next_before.set_result, 1)

          def schedule():
              loop.call_later(1, after.set_result, 1)
              loop.call_later(1, loop.call_soon, next_after.set_result, 1)

          loop.call_soon(schedule)
          done, pending = await asyncio.wait(futures, timeout=1)
          print([future in done for future in futures], [future in pending for future in futures], t())
    `,
      function* (print) {
        const loop = getRunningLoop();
        const futures = Array.from({ length: 5 }, () => new Future<number>());
        const setSoon = (index: number) => (): void => futures[index]?.setResult(1);
        loop.callLater(1, setSoon(0));
        loop.callLater(1, () => loop.callSoon(setSoon(2)));
        loop.callSoon(() => {
          loop.callLater(1, setSoon(1));
          loop.callLater(1, () => loop.callSoon(setSoon(3)));
        });
        const [done, pending] = yield* wait(futures, { timeout: 1 });
        print(
          futures.map((future) => done.has(future)),
          futures.map((future) => pending.has(future)),
          t(),
        );
      },
    ));

  it("WT-08: a timeout of infinity, or of a billion seconds, is one like any other", () =>
    same(
      `
      ${helpers}
      async def main():
          task = asyncio.create_task(work(1), name="a")
          for timeout in (float("inf"), 1e9):
              print(names(await asyncio.wait([task], timeout=timeout)), t())
    `,
      function* (print) {
        const task = createTask(work(1), { name: "a" });
        for (const timeout of [Infinity, 1e9]) print(names(yield* wait([task], { timeout })), t());
      },
    ));
});

import { aiter, anext, asyncFor, BREAK } from "@yieldstar/asyncgen";
import {
  allTasks,
  asCompleted,
  type Awaitable,
  type Coroutine,
  createTask,
  currentTask,
  type ExceptionHandler,
  Future,
  getRunningLoop,
  iscoroutine,
  setEventLoop,
  sleep,
  Task,
  TimeoutError,
  ValueError,
} from "@yieldstar/loop";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { type Print, same, sameScript } from "../../../src/same.ts";
import { awaiting, outcome, t, ticks } from "../outcomes.ts";

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

      async def work(name, delay=0):
          await asyncio.sleep(delay)
          return name

      async def fail(name, delay=0):
          await asyncio.sleep(delay)
          raise ValueError(name)

      def ticks(last, tick=1):
          print("tick", tick)
          if tick < last:
              asyncio.get_running_loop().call_soon(ticks, last, tick + 1)

      def report(loop, context):
          print(context["message"], repr(context.get("exception")))
`;

function* work(name: string, delay = 0): Coroutine<string> {
  yield* sleep(delay);
  return name;
}

function* fail(name: string, delay = 0): Coroutine<never> {
  yield* sleep(delay);
  throw new ValueError(name);
}

function reportTo(print: Print): ExceptionHandler {
  return (_, context) => print(context.message, repr(context.exception));
}

/** The next coroutine, which must exist: Python's `next(iterator)`. */
function next<T>(iterator: Iterator<Coroutine<T>, undefined>): Coroutine<T> {
  const { value } = iterator.next();
  if (value === undefined) throw new Error("StopIteration");
  return value;
}

describe("AC: as_completed", () => {
  it("AC-01: as_completed() schedules everything at the call, in the order of the arguments, and duplicates once", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker(name):
              print(name, asyncio.current_task().get_name())
              return name

          task, coroutine = asyncio.create_task(worker("a")), worker("b")
          iterator = asyncio.as_completed([coroutine, task, worker("c"), coroutine, task])
          print([task.get_name() for task in asyncio.all_tasks()])
          await asyncio.sleep(0)
          print([await each for each in iterator])
    `,
      function* (print) {
        function* worker(name: string): Coroutine<string> {
          print(name, currentTask()?.getName());
          return name;
        }
        const [task, coroutine] = [createTask(worker("a")), worker("b")];
        const iterator = asCompleted([coroutine, task, worker("c"), coroutine, task]);
        print(Array.from(allTasks(), (each) => each.getName()));
        yield* sleep(0);
        const results: string[] = [];
        for (const each of iterator) results.push(yield* each);
        print(results);
      },
    ));

  it("AC-01: as_completed() takes any iterable, and refuses a single awaitable", () =>
    same(
      `
      ${helpers}
      import warnings
      warnings.simplefilter("ignore")

      async def main():
          print([await each for each in asyncio.as_completed(work(name) for name in "ab")])
          print([await each for each in asyncio.as_completed({asyncio.create_task(work("c")): 1}.keys())])
          for value in (asyncio.Future(), asyncio.create_task(work("e")), work("d")):
              print(outcome(lambda: asyncio.as_completed(value)))
    `,
      function* (print) {
        function* workers(): Generator<Coroutine<string>> {
          for (const name of "ab") yield work(name);
        }
        const iterables: readonly Iterable<Awaitable<string>>[] = [workers(), new Set([createTask(work("c"))])];
        for (const awaitables of iterables) {
          const results: string[] = [];
          for (const each of asCompleted(awaitables)) results.push(yield* each);
          print(results);
        }
        for (const value of [new Future<void>(), createTask(work("e")), work("d")]) {
          const refusal = outcome(() => asCompleted(value as unknown as Iterable<Future<void>>));
          print(refusal.replace(/ \(hint: [^']*\)/, ""));
        }
      },
    ));

  it("AC-01: as_completed() refuses values that cannot be awaited, and futures of another loop", () =>
    sameScript(
      `
      ${helpers}
      async def main():
          print(outcome(lambda: asyncio.as_completed([asyncio.Future(), other.create_future()])))
          print(outcome(lambda: asyncio.as_completed([1, asyncio.Future()])))
          print(outcome(lambda: asyncio.as_completed([None], timeout=1)))

      loop, other = asyncio.new_event_loop(), asyncio.new_event_loop()
      loop.run_until_complete(main())
      loop.close()
      other.close()
    `,
      (print, newLoop) => {
        function* main(): Coroutine {
          print(outcome(() => asCompleted([new Future(), other.createFuture()])));
          print(outcome(() => asCompleted([1 as unknown as Future<unknown>, new Future()])));
          print(outcome(() => asCompleted([undefined as unknown as Future<unknown>], { timeout: 1 })));
        }
        const [loop, other] = [newLoop(), newLoop()];
        loop.runUntilComplete(main());
        loop.close();
        other.close();
      },
    ));

  it("AC-01: outside a running loop as_completed() uses the current loop, and needs one even for an empty list", () =>
    sameScript(
      `
      ${helpers}
      print(outcome(lambda: asyncio.as_completed([])))
      loop = asyncio.new_event_loop()
      asyncio.set_event_loop(loop)
      for coroutine in asyncio.as_completed([work("a", 2), work("b", 1)], timeout=1.5):
          print(outcome(lambda: loop.run_until_complete(coroutine)), loop.time())
      loop.run_until_complete(asyncio.sleep(1))
      asyncio.set_event_loop(None)
      loop.close()
    `,
      (print, newLoop) => {
        print(outcome(() => asCompleted([])));
        const loop = newLoop();
        setEventLoop(loop);
        for (const coroutine of asCompleted([work("a", 2), work("b", 1)], { timeout: 1.5 })) {
          print(
            outcome(() => loop.runUntilComplete(coroutine)),
            loop.time(),
          );
        }
        loop.runUntilComplete(sleep(1));
        setEventLoop(undefined);
        loop.close();
      },
    ));

  it("AC-02: plain iteration gives a coroutine for each awaitable, which returns the next available result", () =>
    same(
      `
      ${helpers}
      async def main():
          coroutines = list(asyncio.as_completed([work("a", 3), asyncio.create_task(work("b", 1)), work("c", 2)]))
          print(len(coroutines), [asyncio.iscoroutine(each) for each in coroutines])
          for coroutine in coroutines:
              print(await coroutine, t())
    `,
      function* (print) {
        const coroutines = [...asCompleted([work("a", 3), createTask(work("b", 1)), work("c", 2)])];
        print(
          coroutines.length,
          coroutines.map((each) => iscoroutine(each)),
        );
        for (const coroutine of coroutines) print(yield* coroutine, t());
      },
    ));

  it("AC-02: futures that are done at the call also come in the order of their callbacks", () =>
    same(
      `
      ${helpers}
      async def main():
          futures = [asyncio.Future() for _ in range(4)]
          futures[3].set_result("second, done at the call")
          futures[1].set_result("first, done at the call")
          iterator = asyncio.as_completed(futures)
          futures[2].set_result("third")
          futures[0].set_result("fourth")
          asyncio.get_running_loop().call_soon(ticks, 3)
          print([await each for each in iterator])
    `,
      function* (print) {
        const futures = Array.from({ length: 4 }, () => new Future<string>());
        futures[3]?.setResult("second, done at the call");
        futures[1]?.setResult("first, done at the call");
        const iterator = asCompleted(futures);
        futures[2]?.setResult("third");
        futures[0]?.setResult("fourth");
        getRunningLoop().callSoon(() => ticks(print, 3));
        const results: string[] = [];
        for (const each of iterator) results.push(yield* each);
        print(results);
      },
    ));

  it("AC-02: an awaiting task resumes two iterations after the finished task's last step", () =>
    same(
      `
      ${helpers}
      async def main():
          async def last_step():
              await asyncio.sleep(1)
              asyncio.get_running_loop().call_soon(ticks, 4)

          for each in asyncio.as_completed([last_step()]):
              await each
              print("resumed")
          async for _ in asyncio.as_completed([last_step()]):
              print("resumed")
          await asyncio.sleep(0)
          await asyncio.sleep(0)
    `,
      function* (print) {
        function* lastStep(): Coroutine {
          yield* sleep(1);
          getRunningLoop().callSoon(() => ticks(print, 4));
        }
        for (const each of asCompleted([lastStep()])) {
          yield* each;
          print("resumed");
        }
        yield* asyncFor(asCompleted([lastStep()]), function* () {
          print("resumed");
        });
        yield* sleep(0);
        yield* sleep(0);
      },
    ));

  it("AC-03: async iteration gives done futures: the very ones passed in, or the tasks made of coroutines", () =>
    same(
      `
      ${helpers}
      async def main():
          future, task = asyncio.Future(), asyncio.create_task(work("task", 1))
          asyncio.get_running_loop().call_later(2, future.set_result, "future")
          async for each in asyncio.as_completed([work("made", 3), future, task]):
              print(each is future, each is task, isinstance(each, asyncio.Task), each.done(), each.result(), t())
              print(await each, t())
          else:
              print("the end")
    `,
      function* (print) {
        const [future, task] = [new Future<string>(), createTask(work("task", 1))];
        getRunningLoop().callLater(2, () => future.setResult("future"));
        const isOver = yield* asyncFor(asCompleted([work("made", 3), future, task]), function* (each) {
          print(each === future, each === task, each instanceof Task, each.done(), each.result(), t());
          print(yield* each, t());
        });
        if (isOver) print("the end");
      },
    ));

  it("AC-03: an exception or a cancellation is raised only when the future is asked for its result", () =>
    same(
      `
      ${helpers}
      async def main():
          asyncio.get_running_loop().set_exception_handler(report)
          cancelled = asyncio.create_task(work("c", 9))
          asyncio.get_running_loop().call_later(2, cancelled.cancel)
          failed = []
          async for each in asyncio.as_completed([fail("asked", 1), cancelled, fail("not asked", 3)]):
              if t() < 3:
                  print(each.cancelled(), await awaiting(each), t())
              failed.append(each)
          print("the end")
          del each, failed
    `,
      function* (print) {
        getRunningLoop().setExceptionHandler(reportTo(print));
        const cancelled = createTask(work("c", 9));
        getRunningLoop().callLater(2, () => cancelled.cancel());
        yield* asyncFor(asCompleted([fail("asked", 1), cancelled, fail("not asked", 3)]), function* (each) {
          if (t() < 3) print(each.cancelled(), yield* awaiting(each), t());
        });
        print("the end");
      },
    ));

  it("AC-04: after the timeout each unfinished coroutine raises TimeoutError, and its task is not cancelled", () =>
    same(
      `
      ${helpers}
      async def main():
          tasks = [asyncio.create_task(work(f"{delay}", delay)) for delay in (1, 2, 4, 5)]
          for each in asyncio.as_completed(tasks, timeout=3):
              print(await awaiting(each), t())
          print([task.cancelling() for task in tasks], [task.done() for task in tasks])
          print(await tasks[3], t())
    `,
      function* (print) {
        const tasks = [1, 2, 4, 5].map((delay) => createTask(work(`${delay}`, delay)));
        for (const each of asCompleted(tasks, { timeout: 3 })) print(yield* awaiting(each), t());
        print(
          tasks.map((task) => task.cancelling()),
          tasks.map((task) => task.done()),
        );
        print(yield* tasks[3] as Task<string>, t());
      },
    ));

  it("AC-04: after the timeout async iteration raises TimeoutError and ends; resumed, it raises for the next one", () =>
    same(
      `
      ${helpers}
      async def main():
          tasks = [asyncio.create_task(work(f"{delay}", delay)) for delay in (1, 4, 5)]
          iterator = asyncio.as_completed(tasks, timeout=3)
          for _ in range(4):
              try:
                  async for each in iterator:
                      print(each.result(), t())
                  print("the end", t())
              except TimeoutError as error:
                  print(repr(error), t())
          print([task.cancelling() for task in tasks])
    `,
      function* (print) {
        const tasks = [1, 4, 5].map((delay) => createTask(work(`${delay}`, delay)));
        const iterator = asCompleted(tasks, { timeout: 3 });
        for (let round = 0; round < 4; round++) {
          try {
            yield* asyncFor(iterator, function* (each) {
              print(each.result(), t());
            });
            print("the end", t());
          } catch (error) {
            if (error instanceof TimeoutError) print(repr(error), t());
          }
        }
        print(tasks.map((task) => task.cancelling()));
      },
    ));

  it("AC-04: a timeout of zero or less still gives the results whose callbacks come before it", () =>
    same(
      `
      ${helpers}
      async def main():
          for timeout in (0, -1):
              done, pending = asyncio.Future(), asyncio.Future()
              done.set_result("done at the call")
              iterator = asyncio.as_completed([pending, done, work("immediate")], timeout=timeout)
              print([await awaiting(each) for each in iterator], t())
    `,
      function* (print) {
        for (const timeout of [0, -1]) {
          const [done, pending] = [new Future<string>(), new Future<string>()];
          done.setResult("done at the call");
          const results: string[] = [];
          for (const each of asCompleted([pending, done, work("immediate")], { timeout })) {
            results.push(yield* awaiting(each));
          }
          print(results, t());
        }
      },
    ));

  it("AC-04: the timeout runs from the call, not from the first await", () =>
    same(
      `
      ${helpers}
      async def main():
          iterator = asyncio.as_completed([work("a", 1), work("b", 3)], timeout=2)
          await asyncio.sleep(10)
          print([await awaiting(each) for each in iterator], t())
    `,
      function* (print) {
        const iterator = asCompleted([work("a", 1), work("b", 3)], { timeout: 2 });
        yield* sleep(10);
        const results: string[] = [];
        for (const each of iterator) results.push(yield* awaiting(each));
        print(results, t());
      },
    ));

  it("AC-04: no timer remains once all are done, and an empty list sets none", () =>
    sameScript(
      `
      ${helpers}
      async def main(*aws):
          print([await each for each in asyncio.as_completed(aws, timeout=100)])

      loop = asyncio.new_event_loop()
      for aws in ([work("a", 1)], []):
          loop.run_until_complete(main(*aws))
          try:
              loop.run_forever()
          except RuntimeError:
              print("nothing left at", loop.time())
      loop.close()
    `,
      (print, newLoop) => {
        function* main(...awaitables: Coroutine<string>[]): Coroutine {
          const results: string[] = [];
          for (const each of asCompleted(awaitables, { timeout: 100 })) results.push(yield* each);
          print(results);
        }
        const loop = newLoop();
        for (const awaitables of [[work("a", 1)], []]) {
          loop.runUntilComplete(main(...awaitables));
          try {
            loop.runForever();
          } catch {
            print("nothing left at", loop.time());
          }
        }
        loop.close();
      },
    ));

  it("AC-05: the iterator is its own iterator in both styles, which share one count", () =>
    same(
      `
      ${helpers}
      async def main():
          iterator = asyncio.as_completed(work(f"{delay}", delay) for delay in range(5))
          print(iter(iterator) is iterator, aiter(iterator) is iterator)
          first = next(iterator)
          print((await anext(iterator)).result(), await first, t())
          async for each in iterator:
              print(await each, t())
              break
          print([await each for each in iterator], t())
          print(next(iterator, "none left"), await anext(iterator, "none left"))
          async for each in iterator:
              print("never")
          print(await awaiting(anext(iterator)))
    `,
      function* (print) {
        const iterator = asCompleted([0, 1, 2, 3, 4].map((delay) => work(`${delay}`, delay)));
        print(iterator[Symbol.iterator]() === iterator, aiter(iterator) === iterator);
        const first = next(iterator);
        print((yield* anext(iterator)).result(), yield* first, t());
        yield* asyncFor(iterator, function* (each) {
          print(yield* each, t());
          return BREAK;
        });
        const results: string[] = [];
        for (const each of iterator) results.push(yield* each);
        print(results, t());
        print(iterator.next().value ?? "none left", yield* anext(iterator, "none left"));
        yield* asyncFor(iterator, function* () {
          print("never");
        });
        print(yield* awaiting(anext(iterator)));
      },
    ));

  it("AC-05: plain iteration counts when it gives a coroutine, anext() when it is awaited", () =>
    same(
      `
      ${helpers}
      async def main():
          iterator = asyncio.as_completed([work("a"), work("b")])
          unawaited = [anext(iterator) for _ in range(3)]
          coroutines = list(iterator)
          print(len(coroutines), [await awaiting(each) for each in unawaited], [await each for each in coroutines])
    `,
      function* (print) {
        const iterator = asCompleted([work("a"), work("b")]);
        const unawaited = [anext(iterator), anext(iterator), anext(iterator)];
        const coroutines = [...iterator];
        const errors: string[] = [];
        for (const each of unawaited) errors.push(yield* awaiting(each));
        const results: string[] = [];
        for (const each of coroutines) results.push(yield* each);
        print(coroutines.length, errors, results);
      },
    ));

  it("AC-05: the iterator is not a generator, and iterates zero times over an empty list", () =>
    same(
      `
      ${helpers}
      async def main():
          for timeout in (None, 0):
              iterator = asyncio.as_completed([], timeout=timeout)
              print([hasattr(iterator, name) for name in ("send", "throw", "close", "asend", "athrow", "aclose")])
              print(list(iterator), [each async for each in iterator], next(iterator, None), t())
    `,
      function* (print) {
        for (const timeout of [null, 0]) {
          const iterator = asCompleted([], { timeout });
          print(["return", "throw", "close", "asend", "athrow", "aclose"].map((name) => name in iterator));
          const futures: unknown[] = [];
          yield* asyncFor(iterator, function* (each) {
            futures.push(each);
          });
          print([...iterator], futures, iterator.next().value, t());
        }
      },
    ));

  it("AC-06: a coroutine that is never awaited consumes nothing, and the first to await gets the first result", () =>
    same(
      `
      ${helpers}
      import warnings
      warnings.simplefilter("ignore")

      async def main():
          one, two, three = asyncio.as_completed(work(f"{delay}", delay) for delay in (1, 2, 3))
          print(await three, await one, t())
          one, two, three = asyncio.as_completed(work(f"{delay}", delay) for delay in (1, 2, 3))
          tasks = [asyncio.create_task(each) for each in (two, three)]
          await asyncio.sleep(0)
          print(await one, [await task for task in tasks], t())
    `,
      function* (print) {
        const coroutines = (): Coroutine<string>[] => [
          ...asCompleted([1, 2, 3].map((delay) => work(`${delay}`, delay))),
        ];
        const [first, , third] = coroutines() as [Coroutine<string>, Coroutine<string>, Coroutine<string>];
        print(yield* third, yield* first, t());
        const [one, two, three] = coroutines() as [Coroutine<string>, Coroutine<string>, Coroutine<string>];
        const tasks = [two, three].map((each) => createTask(each));
        yield* sleep(0);
        const last = yield* one;
        const results: string[] = [];
        for (const task of tasks) results.push(yield* task);
        print(last, results, t());
      },
    ));

  it("AC-06: cancelling a task that awaits one coroutine cancels nothing else, and the result goes to the next", () =>
    same(
      `
      ${helpers}
      async def main():
          tasks = [asyncio.create_task(work(f"{delay}", delay)) for delay in (2, 3, 4)]
          waiting = [asyncio.create_task(each) for each in asyncio.as_completed(tasks)]
          await asyncio.sleep(1)
          waiting[0].cancel("stop")
          print([await awaiting(each) for each in waiting], t())
          print([task.cancelling() for task in tasks], await tasks[2])
    `,
      function* (print) {
        const tasks = [2, 3, 4].map((delay) => createTask(work(`${delay}`, delay)));
        const waiting = Array.from(asCompleted(tasks), (each) => createTask(each));
        yield* sleep(1);
        waiting[0]?.cancel("stop");
        const results: string[] = [];
        for (const each of waiting) results.push(yield* awaiting(each));
        print(results, t());
        print(
          tasks.map((task) => task.cancelling()),
          yield* tasks[2] as Task<string>,
        );
      },
    ));

  it("AC-06: a waiter that is cancelled after a result has woken it passes the result on to the next", () =>
    same(
      `
      ${helpers}
      async def main():
          loop = asyncio.get_running_loop()
          futures = [asyncio.Future() for _ in range(3)]
          iterator = asyncio.as_completed(futures)
          waiting = [asyncio.create_task(each) for each in iterator]
          await asyncio.sleep(0)
          loop.call_soon(futures[1].set_result, "one")
          loop.call_soon(loop.call_soon, waiting[0].cancel, "stop")
          loop.call_soon(ticks, 5)
          print(await awaiting(waiting[1]))
          print(await awaiting(waiting[0]), waiting[2].done())
          await asyncio.sleep(1)
    `,
      function* (print) {
        const loop = getRunningLoop();
        const futures = Array.from({ length: 3 }, () => new Future<string>());
        const waiting = Array.from(asCompleted(futures), (each) => createTask(each));
        yield* sleep(0);
        loop.callSoon(() => futures[1]?.setResult("one"));
        loop.callSoon(() => loop.callSoon(() => waiting[0]?.cancel("stop")));
        loop.callSoon(() => ticks(print, 5));
        print(yield* awaiting(waiting[1] as Task<string>));
        print(yield* awaiting(waiting[0] as Task<string>), waiting[2]?.done());
        yield* sleep(1);
      },
    ));

  it("AC-06: a task that awaits before a woken waiter runs is served first, and the waiter queues again at the end", () =>
    same(
      `
      ${helpers}
      async def main():
          async def take(name, coroutine):
              print(name, await coroutine, t())

          loop = asyncio.get_running_loop()
          futures = [asyncio.Future() for _ in range(3)]
          one, two, three = asyncio.as_completed(futures)
          tasks = [asyncio.create_task(take("one", one)), asyncio.create_task(take("two", two))]
          await asyncio.sleep(0)
          for delay, future in enumerate(futures):
              loop.call_later(delay, future.set_result, delay)
          await asyncio.sleep(0)
          await asyncio.sleep(0)
          tasks.append(asyncio.create_task(take("three", three)))
          for task in tasks:
              await task
    `,
      function* (print) {
        function* take(name: string, coroutine: Coroutine<number>): Coroutine {
          print(name, yield* coroutine, t());
        }
        const loop = getRunningLoop();
        const futures = Array.from({ length: 3 }, () => new Future<number>());
        const [one, two, three] = [...asCompleted(futures)] as [
          Coroutine<number>,
          Coroutine<number>,
          Coroutine<number>,
        ];
        const tasks = [createTask(take("one", one)), createTask(take("two", two))];
        yield* sleep(0);
        for (const [delay, future] of futures.entries()) loop.callLater(delay, () => future.setResult(delay));
        yield* sleep(0);
        yield* sleep(0);
        tasks.push(createTask(take("three", three)));
        for (const task of tasks) yield* task;
      },
    ));

  it("AC-06: cancelling the iterating task uses up one turn of the iterator, which stays usable", () =>
    same(
      `
      ${helpers}
      async def main():
          iterator = asyncio.as_completed([work("a", 2), work("b", 3), work("c", 4)])

          async def consumer():
              async for each in iterator:
                  print("never", each)

          task = asyncio.create_task(consumer())
          await asyncio.sleep(1)
          task.cancel("stop")
          print(await awaiting(task), [await each for each in iterator], t())
    `,
      function* (print) {
        const iterator = asCompleted([work("a", 2), work("b", 3), work("c", 4)]);
        function* consumer(): Coroutine {
          yield* asyncFor(iterator, function* (each) {
            print("never", each);
          });
        }
        const task = createTask(consumer());
        yield* sleep(1);
        task.cancel("stop");
        const first = yield* awaiting(task);
        const results: string[] = [];
        for (const each of iterator) results.push(yield* each);
        print(first, results, t());
      },
    ));

  it("AC-07: a future that finishes after the timeout is ignored, and its callback is removed", () =>
    same(
      `
      ${helpers}
      async def main():
          future, early = asyncio.Future(), asyncio.Future()
          early.set_result("early")
          iterator = asyncio.as_completed([future, early], timeout=1)
          await asyncio.sleep(2)
          print(future)
          future.set_result("late")
          await asyncio.sleep(1)
          print([await awaiting(each) for each in iterator], t())
    `,
      function* (print) {
        const [future, early] = [new Future<string>(), new Future<string>()];
        early.setResult("early");
        const iterator = asCompleted([future, early], { timeout: 1 });
        yield* sleep(2);
        print(future);
        future.setResult("late");
        yield* sleep(1);
        const results: string[] = [];
        for (const each of iterator) results.push(yield* awaiting(each));
        print(results, t());
      },
    ));

  it("AC-07: a future that finishes in the iteration of the timeout is too late, whichever comes first", () =>
    same(
      `
      ${helpers}
      async def main():
          loop = asyncio.get_running_loop()
          before, after = asyncio.Future(), asyncio.Future()
          loop.call_later(1, before.set_result, "before")
          iterator = asyncio.as_completed([before, after], timeout=1)
          loop.call_later(1, after.set_result, "after")
          print([await awaiting(each) for each in iterator], before, after, t())
          await asyncio.sleep(1)
    `,
      function* (print) {
        const loop = getRunningLoop();
        const [before, after] = [new Future<string>(), new Future<string>()];
        loop.callLater(1, () => before.setResult("before"));
        const iterator = asCompleted([before, after], { timeout: 1 });
        loop.callLater(1, () => after.setResult("after"));
        const results: string[] = [];
        for (const each of iterator) results.push(yield* awaiting(each));
        print(results, before, after, t());
        yield* sleep(1);
      },
    ));

  it("AC-07: one timeout wakes all waiters, and a later failure of an unfinished task is reported", () =>
    same(
      `
      ${helpers}
      async def main():
          asyncio.get_running_loop().set_exception_handler(report)
          failing = asyncio.create_task(fail("late", 2))
          waiting = [asyncio.create_task(each) for each in asyncio.as_completed([failing, work("a", 3)], timeout=1)]
          print([await awaiting(each) for each in waiting], t())
          await asyncio.sleep(5)
          print("the end")
          del failing
    `,
      function* (print) {
        getRunningLoop().setExceptionHandler(reportTo(print));
        const failing = createTask(fail("late", 2));
        const iterator = asCompleted([failing, work("a", 3)], { timeout: 1 });
        const waiting = Array.from(iterator, (each) => createTask(each));
        const results: string[] = [];
        for (const each of waiting) results.push(yield* awaiting(each));
        print(results, t());
        yield* sleep(5);
        print("the end");
      },
    ));

  it("AC-08: plain iteration raises the next future's exception, the very object, or its cancellation", () =>
    same(
      `
      ${helpers}
      async def main():
          error = ValueError("x")
          failed, cancelled = asyncio.Future(), asyncio.Future()
          failed.set_exception(error)
          cancelled.cancel("stop")
          iterator = asyncio.as_completed([work("a", 1), cancelled, failed])
          print(await awaiting(next(iterator)), asyncio.current_task().cancelling())
          try:
              await next(iterator)
          except ValueError as caught:
              print(caught is error)
          print(await next(iterator))
          async for each in asyncio.as_completed([failed]):
              print(each is failed, outcome(each.result), each.exception() is error)
    `,
      function* (print) {
        const error = new ValueError("x");
        const [failed, cancelled] = [new Future<string>(), new Future<string>()];
        failed.setException(error);
        cancelled.cancel("stop");
        const iterator = asCompleted([work("a", 1), cancelled, failed]);
        print(yield* awaiting(next(iterator)), currentTask()?.cancelling());
        try {
          yield* next(iterator);
        } catch (thrown) {
          print(thrown === error);
        }
        print(yield* next(iterator));
        yield* asyncFor(asCompleted([failed]), function* (each) {
          print(
            each === failed,
            outcome(() => each.result()),
            each.exception() === error,
          );
        });
      },
    ));
});

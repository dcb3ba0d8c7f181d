import { asyncGenerator } from "@yieldstar/asyncgen";
import {
  allTasks,
  type Awaitable,
  CancelledError,
  type Coroutine,
  createTask,
  currentTask,
  eagerTaskFactory,
  ensureFuture,
  Future,
  gather,
  getRunningLoop,
  iscoroutine,
  RuntimeError,
  setEventLoop,
  sleep,
  type Suspension,
  Task,
  ValueError,
  wait,
} from "@yieldstar/loop";
import { Lock } from "@yieldstar/sync";
import { describe, expect, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { type Print, same, sameScript } from "../../../src/same.ts";
import { awaiting, t } from "../outcomes.ts";

/** For the Python snippets, and indented like them. The functions below and those of outcomes.ts are its ports. */
const helpers = `
      import warnings
      warnings.simplefilter("ignore")

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

      class Awaitable:
          def __init__(self, coroutine):
              self.coroutine = coroutine

          def __await__(self):
              print("awaited", asyncio.current_task().get_name())
              return self.coroutine.__await__()
`;

const withoutHint = (text: string): string => text.replace(/ \(hint: .*\)'\)$/, "')");

function outcome(call: () => unknown): string {
  try {
    return `returned ${repr(call())}`;
  } catch (error) {
    return `raised ${withoutHint(repr(error))}`;
  }
}

function* work(name: string, delay = 0): Coroutine<string> {
  yield* sleep(delay);
  return name;
}

/** An awaitable that is neither a future nor a coroutine, like the one in `helpers`. */
function awaitableOf<T>(print: Print, inner: Awaitable<T>): Awaitable<T> {
  return {
    [Symbol.iterator](): Iterator<Suspension, T, unknown> {
      print("awaited", currentTask()?.getName());
      return inner[Symbol.iterator]();
    },
  };
}

describe("EF: ensure_future", () => {
  it("EF-01: ensure_future() returns a future or task unchanged, done or not", () =>
    same(
      `
      async def main():
          class Own(asyncio.Future):
              pass

          loop = asyncio.get_running_loop()
          done, failed, cancelled = asyncio.Future(), asyncio.Future(), asyncio.Future()
          done.set_result(1)
          failed.set_exception(ValueError("x"))
          cancelled.cancel()
          for future in (asyncio.Future(), Own(), asyncio.create_task(asyncio.sleep(1)), done, failed, cancelled):
              print(asyncio.ensure_future(future) is future, asyncio.ensure_future(future, loop=loop) is future)
          print(failed.exception(), len(asyncio.all_tasks()))
    `,
      function* (print) {
        class Own<T> extends Future<T> {}
        const loop = getRunningLoop();
        const [done, failed, cancelled] = [new Future<number>(), new Future<number>(), new Future<number>()];
        done.setResult(1);
        failed.setException(new ValueError("x"));
        cancelled.cancel();
        for (const future of [new Future(), new Own(), createTask(sleep(1)), done, failed, cancelled]) {
          print(ensureFuture(future) === future, ensureFuture(future, { loop }) === future);
        }
        print(failed.exception(), allTasks().size);
      },
    ));

  it("EF-01: ensure_future() refuses a future of another loop than the given one, and takes it if no loop is given", () =>
    sameScript(
      `
      ${helpers}
      loop, other = asyncio.new_event_loop(), asyncio.new_event_loop()
      future = other.create_future()

      async def main():
          for awaitable in (future, other.create_task(work("task"))):
              print(outcome(lambda: asyncio.ensure_future(awaitable, loop=loop)))
              print(asyncio.ensure_future(awaitable) is awaitable)

      loop.run_until_complete(main())
      print(outcome(lambda: asyncio.ensure_future(future, loop=loop)), asyncio.ensure_future(future) is future)
      other.advance(1)
      loop.close()
      other.close()
    `,
      (print, newLoop) => {
        const [loop, other] = [newLoop(), newLoop()];
        const future = other.createFuture<string>();
        function* main(): Coroutine {
          for (const awaitable of [future, other.createTask(work("task"))]) {
            print(outcome(() => ensureFuture(awaitable, { loop })));
            print(ensureFuture(awaitable) === awaitable);
          }
        }
        loop.runUntilComplete(main());
        print(
          outcome(() => ensureFuture(future, { loop })),
          ensureFuture(future) === future,
        );
        other.advance(1);
        loop.close();
        other.close();
      },
    ));

  it("EF-01: ensure_future() makes a task of a coroutine, which starts an iteration later", () =>
    same(
      `
      async def main():
          async def worker():
              print("started", asyncio.current_task() is task)
              return "result"

          task = asyncio.ensure_future(worker())
          print(isinstance(task, asyncio.Task), task.get_name(), task.done())
          asyncio.get_running_loop().call_soon(print, "an iteration later")
          print(await task)
    `,
      function* (print) {
        function* worker(): Coroutine<string> {
          print("started", currentTask() === task);
          return "result";
        }
        const task: Task<string> = ensureFuture(worker());
        print(task instanceof Task, task.getName(), task.done());
        getRunningLoop().callSoon(() => print("an iteration later"));
        print(yield* task);
      },
    ));

  it("EF-01: ensure_future() makes a task of any other awaitable, which awaits it when it starts", () =>
    same(
      `
      ${helpers}
      async def main():
          async def fail():
              raise ValueError("x")

          async def cancelled():
              raise asyncio.CancelledError("stop")

          for coroutine in (work("a", 1), fail(), cancelled()):
              task = asyncio.ensure_future(Awaitable(coroutine))
              print(isinstance(task, asyncio.Task), task.get_name(), task.done())
              print(await awaiting(task), t(), task.cancelled())
          future = asyncio.Future()
          task = asyncio.ensure_future(Awaitable(future))
          await asyncio.sleep(0)
          print(task is future, task.cancel("stop"), future.cancelled())
          print(await awaiting(task))
    `,
      function* (print) {
        function* fail(): Coroutine<string> {
          throw new ValueError("x");
        }
        function* cancelled(): Coroutine<string> {
          throw new CancelledError("stop");
        }
        for (const coroutine of [work("a", 1), fail(), cancelled()]) {
          const task = ensureFuture(awaitableOf(print, coroutine)) as Task<string>;
          print(task instanceof Task, task.getName(), task.done());
          print(yield* awaiting(task), t(), task.cancelled());
        }
        const future = new Future<void>();
        const task = ensureFuture(awaitableOf(print, future));
        yield* sleep(0);
        print(task === future, task.cancel("stop"), future.cancelled());
        print(yield* awaiting(task));
      },
    ));

  it("EF-01: ensure_future() refuses everything else", () =>
    same(
      `
      ${helpers}
      async def main():
          for value in (1, None, "text", True, work, print, [work("a")], asyncio.Future, asyncio.ensure_future):
              print(outcome(lambda: asyncio.ensure_future(value)))
          print(outcome(lambda: asyncio.ensure_future(object(), loop=asyncio.get_running_loop())))
          print(len(asyncio.all_tasks()))
    `,
      function* (print) {
        const values: unknown[] = [1, undefined, "text", true, work, print, [work("a")], Future, ensureFuture];
        for (const value of values) print(outcome(() => ensureFuture(value as Awaitable<void>)));
        print(outcome(() => ensureFuture({} as unknown as Awaitable<void>, { loop: getRunningLoop() })));
        print(allTasks().size);
      },
    ));

  it("EF-01: outside a running loop ensure_future() uses the given loop, or the current one", () =>
    sameScript(
      `
      ${helpers}
      print(outcome(lambda: asyncio.ensure_future(work("a"))))
      one, two = asyncio.new_event_loop(), asyncio.new_event_loop()
      task = asyncio.ensure_future(work("one", 1), loop=one)
      asyncio.set_event_loop(two)
      tasks = [task, asyncio.ensure_future(work("two", 2)), asyncio.ensure_future(work("given", 3), loop=one)]
      print([task.get_loop() is one for task in tasks])

      async def main():
          task = asyncio.ensure_future(work("running"))
          other = asyncio.ensure_future(work("given while another runs"), loop=two)
          print(task.get_loop() is one, other.get_loop() is two)
          print(await task)

      one.run_until_complete(main())
      asyncio.set_event_loop(None)
      one.advance(5)
      two.advance(5)
      print([task.result() for task in tasks])
      one.close()
      two.close()
    `,
      (print, newLoop) => {
        print(outcome(() => ensureFuture(work("a"))));
        const [one, two] = [newLoop(), newLoop()];
        const first = ensureFuture(work("one", 1), { loop: one });
        setEventLoop(two);
        const tasks = [first, ensureFuture(work("two", 2)), ensureFuture(work("given", 3), { loop: one })];
        print(tasks.map((task) => task.getLoop() === one));
        function* main(): Coroutine {
          const task = ensureFuture(work("running"));
          const other = ensureFuture(work("given while another runs"), { loop: two });
          print(task.getLoop() === one, other.getLoop() === two);
          print(yield* task);
        }
        one.runUntilComplete(main());
        setEventLoop(undefined);
        one.advance(5);
        two.advance(5);
        print(tasks.map((task) => task.result()));
        one.close();
        two.close();
      },
    ));

  it("EF-01: the loop's task factory makes the task", () =>
    same(
      `
      ${helpers}
      async def main():
          loop = asyncio.get_running_loop()
          loop.set_task_factory(asyncio.eager_task_factory)
          eager = asyncio.ensure_future(work("eager", 1))

          async def returns():
              return "done"

          print(eager.done(), asyncio.ensure_future(returns()).result())
          made = []

          def factory(loop, coroutine, **options):
              made.append(asyncio.Task(coroutine, loop=loop, **options))
              return made[-1]

          loop.set_task_factory(factory)
          print(asyncio.ensure_future(returns()) is made[0], asyncio.ensure_future(Awaitable(returns())) is made[1])
          print(await eager, [await task for task in made])
    `,
      function* (print) {
        const loop = getRunningLoop();
        loop.setTaskFactory(eagerTaskFactory);
        const eager = ensureFuture(work("eager", 1));
        function* returns(): Coroutine<string> {
          return "done";
        }
        print(eager.done(), ensureFuture(returns()).result());
        const made: Task<unknown>[] = [];
        loop.setTaskFactory((taskLoop, coroutine, options) => {
          const task = new Task(coroutine, { ...options, loop: taskLoop });
          made.push(task);
          return task;
        });
        print(ensureFuture(returns()) === made[0], ensureFuture(awaitableOf(print, returns())) === made[1]);
        const first = yield* eager;
        const results: unknown[] = [];
        for (const task of made) results.push(yield* task);
        print(first, results);
      },
    ));

  it("EF-01: a RuntimeError while the task is made closes the coroutine, another error does not", () =>
    sameScript(
      `
      ${helpers}
      async def worker():
          try:
              print("running")
              await asyncio.sleep(0)
          finally:
              print("closed")

      closed = asyncio.new_event_loop()
      closed.close()
      coroutine = worker()
      coroutine.send(None)
      print(outcome(lambda: asyncio.ensure_future(coroutine, loop=closed)))

      loop = asyncio.new_event_loop()
      for error in (RuntimeError("refused"), ValueError("refused")):
          def factory(loop, coroutine, **options):
              raise error

          loop.set_task_factory(factory)
          coroutine = worker()
          coroutine.send(None)
          print(outcome(lambda: asyncio.ensure_future(coroutine, loop=loop)))
      coroutine.close()
      loop.close()
    `,
      (print, newLoop) => {
        function* worker(): Coroutine {
          try {
            print("running");
            yield* sleep(0);
          } finally {
            print("closed");
          }
        }
        const closed = newLoop();
        closed.close();
        let coroutine = worker();
        coroutine.next();
        print(outcome(() => ensureFuture(coroutine, { loop: closed })));

        const loop = newLoop();
        for (const error of [new RuntimeError("refused"), new ValueError("refused")]) {
          loop.setTaskFactory(() => {
            throw error;
          });
          coroutine = worker();
          coroutine.next();
          print(outcome(() => ensureFuture(coroutine, { loop })));
        }
        coroutine.return();
        loop.close();
      },
    ));

  it("EF-02: iscoroutine is true of coroutines, and not of functions, futures, awaitables or async generators", () =>
    same(
      `
      ${helpers}
      async def main():
          async def numbers():
              yield 1

          task = asyncio.create_task(work("a"))
          coroutines = [work("b"), asyncio.sleep(0), asyncio.wait([task]), asyncio.current_task().get_coro()]
          print([asyncio.iscoroutine(value) for value in coroutines])
          gathering = asyncio.gather(task)
          others = [work, task, asyncio.Future(), gathering, Awaitable(work("c")), numbers, numbers(), 1, None]
          print([asyncio.iscoroutine(value) for value in [*others, "text", [work("d")], asyncio.Lock()]])
          await gathering
    `,
      function* (print) {
        const numbers = asyncGenerator(function* (emit) {
          yield* emit(1);
        });
        const task = createTask(work("a"));
        const coroutines = [work("b"), sleep(0), wait([task]), currentTask()?.getCoro()];
        print(coroutines.map((value) => iscoroutine(value)));
        const awaitable = awaitableOf(print, work("c"));
        const gathering = gather([task]);
        const others = [work, task, new Future(), gathering, awaitable, numbers, numbers(), 1, undefined];
        print([...others, "text", [work("d")], new Lock()].map((value) => iscoroutine(value)));
        yield* gathering;
      },
    ));

  it("EF-02: an object with a coroutine's methods is a coroutine, and runs as a task's", () =>
    same(
      `
      ${helpers}
      import collections.abc

      class Delegate(collections.abc.Coroutine):
          def __init__(self, coroutine):
              self.coroutine = coroutine

          def send(self, value):
              return self.coroutine.send(value)

          def throw(self, *args):
              print("thrown", repr(args[0]))
              return self.coroutine.throw(*args)

          def close(self):
              self.coroutine.close()

          def __await__(self):
              return self

      async def main():
          coroutine = Delegate(work("a", 1))
          task = asyncio.create_task(coroutine)
          print(asyncio.iscoroutine(coroutine), task.get_coro() is coroutine)
          print(await task, t())
          task = asyncio.ensure_future(Delegate(work("b", 1)))
          await asyncio.sleep(0)
          task.cancel("stop")
          print(await awaiting(task))
    `,
      function* (print) {
        function delegate<T>(coroutine: Coroutine<T>): Coroutine<T> {
          const methods = {
            next: (value?: unknown) => coroutine.next(value),
            throw: (error: unknown) => {
              print("thrown", repr(error));
              return coroutine.throw(error);
            },
            return: (value: T) => coroutine.return(value),
            [Symbol.iterator]: () => methods,
          };
          return methods as unknown as Coroutine<T>;
        }
        const coroutine = delegate(work("a", 1));
        const first = createTask(coroutine);
        print(iscoroutine(coroutine), first.getCoro() === coroutine);
        print(yield* first, t());
        const task = ensureFuture(delegate(work("b", 1)));
        yield* sleep(0);
        task.cancel("stop");
        print(yield* awaiting(task));
      },
    ));

  it("EF-02: here a generator object is a coroutine, since coroutines are generators", () => {
    function* numbers(): Generator<number> {
      yield 1;
    }
    expect(iscoroutine(numbers())).toBe(true);
    expect(iscoroutine([1].values())).toBe(false);
  });
});

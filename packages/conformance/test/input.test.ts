import {
  anext,
  AsyncExitStack,
  asyncFor,
  type AsyncGenerator,
  asyncGenerator,
  type AsyncIterator,
  BREAK,
} from "@yieldstar/asyncgen";
import {
  allTasks,
  asCompleted,
  asyncWith,
  CancelledError,
  type Context,
  ContextVar,
  copyContext,
  type Coroutine,
  createEagerTaskFactory,
  createTask,
  eagerTaskFactory,
  ensureFuture,
  gather,
  getRunningLoop,
  run,
  Runner,
  sleep,
  Task,
  type TaskOptions,
  ValueError,
  wait,
} from "@yieldstar/loop";
import { Barrier, Condition } from "@yieldstar/sync";
import { ExceptionGroup, TaskGroup } from "@yieldstar/taskgroup";
import { runVirtual, VirtualTimeLoop } from "@yieldstar/testing";
import { describe, expect, it, vi } from "vitest";
import { loadOracle } from "../src/oracle.ts";
import { repr } from "../src/python-text.ts";
import { type Print, same, sameScript } from "../src/same.ts";

const attemptPython = `
def attempt(name, action):
    try: print(name, "->", action())
    except Exception as error: print(name, "raised", type(error).__name__ + ":", error)
`;

function attempt(print: Print, name: string, action: () => unknown): void {
  try {
    print(name, "->", action());
  } catch (error) {
    const { name: type, message } = error as Error;
    // Only ours has a hint.
    print(name, "raised", `${type}:`, message.replace(/ \(hint: .*\)$/, ""));
  }
}

function* work(): Coroutine<string> {
  return "worked";
}

describe("an unknown option", () => {
  /** Calls of CPython and ours. CPython may name the intended option. */
  const misspelled: readonly [python: string, call: () => unknown][] = [
    ["asyncio.Task(co, nane=1)", () => new Task(work(), { nane: 1 } as never)],
    ["asyncio.Task(co, namee=1)", () => new Task(work(), { namee: 1 } as never)],
    ["asyncio.Task(co, Name=1)", () => new Task(work(), { Name: 1 } as never)],
    ["asyncio.Task(co, contxt=1)", () => new Task(work(), { contxt: 1 } as never)],
    ["asyncio.Task(co, eager=1)", () => new Task(work(), { eager: 1 } as never)],
    ["asyncio.Task(co, zzzzz=1)", () => new Task(work(), { zzzzz: 1 } as never)],
    ["asyncio.Task(co, x=1)", () => new Task(work(), { x: 1 } as never)],
    ["asyncio.create_task(co, nane=1)", () => createTask(work(), { nane: 1 } as never)],
    ["asyncio.ensure_future(co, lop=1)", () => ensureFuture(work(), { lop: 1 } as never)],
    ["asyncio.gather(return_exception=1)", () => gather([], { returnException: 1 } as never)],
    ["asyncio.gather(returnexceptions=1)", () => gather([], { returnexceptions: 1 } as never)],
    ["asyncio.wait([], timout=1)", () => wait([], { timout: 1 } as never)],
    ["asyncio.wait([], when=1)", () => wait([], { when: 1 } as never)],
    ["asyncio.as_completed([], timeot=1)", () => asCompleted([], { timeot: 1 } as never)],
    ["loop.call_soon(print, contex=1)", () => getRunningLoop().callSoon(() => {}, { contex: 1 } as never)],
    ["loop.call_later(0, print, delay=1)", () => getRunningLoop().callLater(0, () => {}, { deadline: 1 } as never)],
    ["loop.create_future().add_done_callback(print, contextt=1)", () => addCallback({ contextt: 1 })],
    ["asyncio.current_task().get_stack(limt=1)", () => Task.prototype.getStack.call(current(), { limt: 1 } as never)],
    ["asyncio.run(co, debg=1)", () => run(work(), { debg: 1 } as never)],
    ["asyncio.Runner(loop_factry=1)", () => new Runner({ loopFactry: 1 } as never)],
    ["asyncio.Runner().run(co, contxt=1)", () => new Runner().run(work(), { contxt: 1 } as never)],
    ['contextvars.ContextVar("v", defalt=1)', () => new ContextVar("v", { defalt: 1 } as never)],
  ];

  function addCallback(options: object): void {
    getRunningLoop()
      .createFuture()
      .addDoneCallback(() => {}, options);
  }

  function current(): Task<unknown> {
    return createTask(work());
  }

  it("is refused at the call, with the intended name where CPython names one", async () => {
    const oracle = await loadOracle();
    const lines = misspelled.map(
      ([python]) => `
    try: ${python}
    except TypeError as error: print("Did you mean" in str(error) and str(error).split("'")[-2])`,
    );
    const source = `import asyncio, contextvars, warnings
warnings.simplefilter("ignore")
async def work(): pass
async def main():
    loop = asyncio.get_running_loop()
    co = work()${lines.join("")}
asyncio.run(main())`;
    const expected = oracle.run(source).stdout.trimEnd().split("\n");
    function* main(): Coroutine<string[]> {
      return misspelled.map(([, call]) => {
        try {
          call();
        } catch (error) {
          const { message } = error as TypeError;
          if (!(error instanceof TypeError && message.includes("() got an unexpected keyword argument '"))) throw error;
          return /Did you mean '(\w+)'\?$/.exec(message)?.[1] ?? "False";
        }
        return "not refused";
      });
    }
    const toCamelCase = (name: string): string =>
      name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    expect(runVirtual(main())).toEqual(expected.map(toCamelCase));
  });

  it("leaves the coroutine usable, in a group too", () =>
    same(
      `
      async def work(): return "worked"
      async def main():
          co = work()
          for create in [asyncio.create_task, asyncio.get_running_loop().create_task]:
              try: create(co, nane=1)
              except TypeError: print("refused")
          async with asyncio.TaskGroup() as group:
              try: group.create_task(co, nane=1)
              except TypeError: print("refused", group)
          print(len(asyncio.all_tasks()), await co)
      `,
      function* (print) {
        const co = work();
        const loop = getRunningLoop();
        for (const create of [createTask, loop.createTask.bind(loop)]) {
          expect(() => create(co, { nane: 1 } as never)).toThrow(TypeError);
          print("refused");
        }
        yield* asyncWith(new TaskGroup(), function* (group) {
          expect(() => group.createTask(co, { nane: 1 } as never)).toThrow(TypeError);
          print("refused", String(group));
        });
        print(allTasks().size, yield* co);
      },
    ));

  it("is passed on to a task factory", () =>
    same(
      `
      def factory(loop, co, **options):
          print(options)
          options.pop("nane", None)
          return asyncio.Task(co, loop=loop, **options)
      async def work(): return "worked"
      async def main():
          asyncio.get_running_loop().set_task_factory(factory)
          print(await asyncio.create_task(work(), nane=1))
          async with asyncio.TaskGroup() as group:
              print(await group.create_task(work(), name="x", nane=1))
          asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
          try: asyncio.create_task(work(), nane=1)
          except TypeError: print("refused")
      `,
      function* (print) {
        const loop = getRunningLoop();
        loop.setTaskFactory((itsLoop, co, options) => {
          print(options);
          const { nane: _, ...known } = options as TaskOptions & { readonly nane?: unknown };
          return new Task(co, { ...known, loop: itsLoop });
        });
        print(yield* createTask(work(), { nane: 1 } as never));
        yield* asyncWith(new TaskGroup(), function* (group) {
          print(yield* group.createTask(work(), { name: "x", nane: 1 } as never));
        });
        loop.setTaskFactory(eagerTaskFactory);
        expect(() => createTask(work(), { nane: 1 } as never)).toThrow(TypeError);
        print("refused");
      },
    ));
});

describe("an eager task factory", () => {
  class MyTask<T> extends Task<T> {}

  it("makes tasks of a class", () =>
    same(
      `
      class MyTask(asyncio.Task): pass
      async def work(): return "worked"
      async def main():
          asyncio.get_running_loop().set_task_factory(asyncio.create_eager_task_factory(MyTask))
          task = asyncio.create_task(work(), name="mine")
          print(type(task).__name__, task.get_name(), task.done(), await task)
          task = asyncio.create_task(work(), name="late", eager_start=False)
          print(type(task).__name__, task.get_name(), task.done(), await task)
      `,
      function* (print) {
        getRunningLoop().setTaskFactory(createEagerTaskFactory(MyTask));
        for (const options of [{ name: "mine" }, { name: "late", eagerStart: false }]) {
          const task = createTask(work(), options);
          print(task.constructor.name, task.getName(), task.done(), yield* task);
        }
      },
    ));

  it("refuses a class that makes no tasks", () => {
    for (const value of [undefined, null, 5, {}, work]) {
      expect(() => createEagerTaskFactory(value as never)).toThrow(TypeError);
    }
  });
});

describe("a callback", () => {
  it("gets no argument from the loop, and the future from a future", () =>
    same(
      `
      async def main():
          loop = asyncio.get_running_loop()
          count = lambda *args: print(len(args))
          loop.call_soon(count)
          loop.call_soon_threadsafe(count)
          loop.call_later(0, count)
          loop.call_at(1, count)
          future = loop.create_future()
          future.add_done_callback(count)
          future.set_result(None)
          await asyncio.sleep(2)
      `,
      function* (print) {
        const loop = getRunningLoop();
        const count = (...args: unknown[]): void => print(args.length);
        loop.callSoon(count);
        loop.callSoonThreadsafe(count);
        loop.callLater(0, count);
        loop.callAt(1, count);
        const future = loop.createFuture<void>();
        future.addDoneCallback(count);
        future.setResult();
        yield* sleep(2);
      },
    ));
});

describe("context variables", () => {
  it("are the only keys of a context, and have a string as their name", () =>
    same(
      `
      ${attemptPython.replaceAll("\n", "\n      ")}
      async def main():
          context = contextvars.copy_context()
          attempt("get", lambda: context.get(1))
          attempt("get", lambda: context.get("x", 2))
          attempt("get", lambda: context.get(None))
          attempt("has", lambda: 1 in context)
          attempt("make", lambda: contextvars.ContextVar(1))
          attempt("make", lambda: contextvars.ContextVar(None))
          variable = contextvars.ContextVar("v")
          attempt("reset", lambda: variable.reset(5))
          attempt("reset", lambda: variable.reset(None))
          attempt("get", lambda: context.get(variable, "fallback"))
      `,
      function* (print) {
        const context: Context = copyContext();
        attempt(print, "get", () => context.get(1 as never));
        attempt(print, "get", () => context.get("x" as never, 2));
        attempt(print, "get", () => context.get(undefined as never));
        attempt(print, "has", () => context.has(1 as never));
        attempt(print, "make", () => new ContextVar(1 as never));
        attempt(print, "make", () => new ContextVar(undefined as never));
        const variable = new ContextVar("v");
        attempt(print, "reset", () => variable.reset(5 as never));
        attempt(print, "reset", () => variable.reset(undefined as never));
        attempt(print, "get", () => context.get(variable, "fallback"));
      },
    ));

  it.each([
    ["the name of a variable", "name", () => new ContextVar("v")],
    ["the variable of a token", "var", () => new ContextVar("v").set(1)],
    ["the old value of a token", "oldValue", () => new ContextVar("v").set(1)],
  ])("cannot be changed in %s", (_, key, make) => {
    const thing = make() as unknown as Record<string, unknown>;
    const before = thing[key];
    // Python raises an AttributeError here, JavaScript a TypeError.
    expect(() => {
      thing[key] = "other";
    }).toThrow(TypeError);
    expect(thing[key]).toBe(before);
  });
});

describe("an exception group", () => {
  it("needs a string and a sequence", () =>
    same(
      `
      ${attemptPython.replaceAll("\n", "\n      ")}
      async def main():
          attempt("no text", lambda: ExceptionGroup(None, [ValueError(12)]))
          attempt("an error", lambda: ExceptionGroup(ValueError(12), SyntaxError("bad syntax")))
          attempt("nothing", lambda: ExceptionGroup("m", None))
          attempt("a set", lambda: ExceptionGroup("m", {ValueError(42)}))
          attempt("a generator", lambda: ExceptionGroup("m", (e for e in [ValueError(1)])))
          attempt("a mapping", lambda: ExceptionGroup("m", {0: ValueError(1)}))
          attempt("a text", lambda: ExceptionGroup("m", "abc"))
          attempt("bytes", lambda: ExceptionGroup("m", b"ab"))
          attempt("none", lambda: ExceptionGroup("m", []))
          attempt("one", lambda: len(ExceptionGroup("m", [ValueError(1)]).exceptions))
      `,
      function* (print) {
        const make = (message: unknown, exceptions: unknown): ExceptionGroup =>
          new ExceptionGroup(message as never, exceptions as never);
        attempt(print, "no text", () => make(undefined, [new ValueError("12")]));
        attempt(print, "an error", () => make(new ValueError("12"), new SyntaxError("bad syntax")));
        attempt(print, "nothing", () => make("m", undefined));
        attempt(print, "a set", () => make("m", new Set([new ValueError("42")])));
        attempt(print, "a generator", () => make("m", [new ValueError("1")].values()));
        attempt(print, "a mapping", () => make("m", new Map([[0, new ValueError("1")]])));
        attempt(print, "a text", () => make("m", "abc"));
        attempt(print, "bytes", () => make("m", new Uint8Array(2)));
        attempt(print, "none", () => make("m", []));
        attempt(print, "one", () => make("m", [new ValueError("1")]).exceptions.length);
      },
    ));
});

describe("anext", () => {
  it("calls the iterator's method at the call", () =>
    same(
      `
      class Failing:
          def __anext__(self):
              print("__anext__ called")
              raise ValueError("at the call")
      async def main():
          for args in [(Failing(),), (Failing(), "default")]:
              try: anext(*args)
              except ValueError as error: print("raised", error)
          for args in [(5,), (5, "default")]:
              try: anext(*args)
              except TypeError as error: print("raised", str(error).replace("int", "number"))
      `,
      function* (print) {
        class Failing {
          aiter(): this {
            return this;
          }
          anext(): never {
            print("__anext__ called");
            throw new ValueError("at the call");
          }
        }
        const call = (...args: readonly [unknown, unknown?]): void => {
          try {
            anext(...(args as readonly [AsyncIterator<unknown>]));
          } catch (error) {
            print("raised", (error as Error).message);
          }
        };
        call(new Failing());
        call(new Failing(), "default");
        call(5);
        call(5, "default");
      },
    ));
});

describe("an async generator", () => {
  const numbers = asyncGenerator(function* (emit) {
    yield* emit(1);
    yield* emit(2);
  });

  it("can be driven by hand where no loop is running", () =>
    sameScript(
      `
      async def numbers():
          yield 1
          yield 2
      try: numbers().__anext__().send(None)
      except StopIteration as stop: print("value", stop.value)
      async def collect(): return [x async for x in numbers()]
      try: collect().send(None)
      except StopIteration as stop: print(stop.value)
      generator = numbers()
      for step in [generator.__anext__, generator.aclose, generator.aclose]:
          try: step().send(None)
          except StopIteration as stop: print(stop.value)
      try: generator.__anext__().send(None)
      except StopAsyncIteration: print("ended")
      `,
      (print) => {
        print("value", numbers().anext().next().value);
        const all: number[] = [];
        asyncFor(numbers(), function* (number) {
          all.push(number);
        }).next();
        print(all);
        const generator: AsyncGenerator<number> = numbers();
        for (const step of [() => generator.anext(), () => generator.aclose(), () => generator.aclose()]) {
          print(step().next().value);
        }
        expect(() => generator.anext().next()).toThrow(expect.objectContaining({ name: "StopAsyncIteration" }));
        print("ended");
      },
    ));

  it("is the object that the report of an error in its closing names", () =>
    same(
      `
      async def bad():
          try: yield 1
          finally: raise ValueError("in cleanup")
      it = bad()
      async def main():
          asyncio.get_running_loop().set_exception_handler(
              lambda loop, c: print(c["asyncgen"] is it, hasattr(c["asyncgen"], "__anext__"), repr(c["exception"])))
          async for _ in it: break
      `,
      function* (print) {
        const bad = asyncGenerator(function* bad(emit) {
          try {
            yield* emit(1);
          } finally {
            // oxlint-disable-next-line no-unsafe-finally
            throw new ValueError("in cleanup");
          }
        })();
        getRunningLoop().setExceptionHandler((_, { asyncgen, exception }) =>
          print(asyncgen === bad, "anext" in Object(asyncgen), repr(exception)),
        );
        yield* asyncFor(bad, function* () {
          return BREAK;
        });
      },
    ));
});

describe("an async generator that begins outside of a loop", () => {
  function makeOpen(notes: string[]): AsyncGenerator<number> {
    return asyncGenerator(function* (emit) {
      try {
        yield* emit(1);
        yield* emit(2);
      } finally {
        notes.push("closed");
      }
    })();
  }

  it("is closed with the loop that continues it", () => {
    const notes: string[] = [];
    const generator = makeOpen(notes);
    expect(generator.anext().next().value).toBe(1);
    runVirtual(generator.anext());
    expect(notes).toEqual(["closed"]);
  });

  it("is not known to a loop once it has ended", () => {
    const generator = makeOpen([]);
    generator.anext().next();
    generator.aclose().next();
    const loop = new VirtualTimeLoop();
    const hook = vi.spyOn(loop, "asyncgenFirstiterHook");
    loop.runUntilComplete(generator.aclose());
    loop.close();
    expect(hook).not.toHaveBeenCalled();
  });
});

describe("an exit stack", () => {
  it("of a user's class moves everything to another of that class", () =>
    same(
      `
      from contextlib import AsyncExitStack
      class MyStack(AsyncExitStack):
          async def shut(self): await self.aclose()
      async def main():
          async with MyStack() as stack:
              stack.callback(print, "left")
              kept = stack.pop_all()
          print(type(kept).__name__)
          await kept.shut()
      `,
      function* (print) {
        class MyStack extends AsyncExitStack {
          *shut(): Coroutine {
            yield* this.aclose();
          }
        }
        const stack = new MyStack();
        let kept: MyStack | undefined;
        yield* asyncWith(stack, function* () {
          stack.callback(() => print("left"));
          kept = stack.popAll();
        });
        print(kept?.constructor.name);
        if (kept !== undefined) yield* kept.shut();
      },
    ));
});

describe("a barrier", () => {
  it("gives two tasks the same number when a waiting task was cancelled", () =>
    same(
      `
      async def main():
          barrier = asyncio.Barrier(3)
          async def come(name):
              try: print(name, await barrier.wait())
              except asyncio.CancelledError: print(name, "cancelled")
          a, b = asyncio.create_task(come("a")), asyncio.create_task(come("b"))
          await asyncio.sleep(1)
          a.cancel()
          await asyncio.sleep(1)
          await asyncio.wait([b, asyncio.create_task(come("c")), asyncio.create_task(come("d"))])
      `,
      function* (print) {
        const barrier = new Barrier(3);
        function* come(name: string): Coroutine {
          try {
            print(name, yield* barrier.wait());
          } catch (error) {
            if (!(error instanceof CancelledError)) throw error;
            print(name, "cancelled");
          }
        }
        const [a, b] = [createTask(come("a")), createTask(come("b"))];
        yield* sleep(1);
        a.cancel();
        yield* sleep(1);
        yield* wait([b, createTask(come("c")), createTask(come("d"))]);
      },
    ));
});

describe("a condition", () => {
  it("notifies n waiters, and none if n is less than one", () =>
    same(
      `
      async def main():
          condition = asyncio.Condition()
          async def come(name):
              async with condition:
                  await condition.wait()
                  print(name)
          tasks = [asyncio.create_task(come(name)) for name in "abcd"]
          await asyncio.sleep(1)
          for n in [-1, 0, "a", None, 1, 2, float("inf")]:
              async with condition:
                  try: condition.notify(n)
                  except TypeError: print("refused")
              await asyncio.sleep(1)
              print([task.done() for task in tasks])
      `,
      function* (print) {
        const condition = new Condition();
        function* come(name: string): Coroutine {
          yield* asyncWith(condition, function* () {
            yield* condition.wait();
            print(name);
          });
        }
        const tasks = ["a", "b", "c", "d"].map((name) => createTask(come(name)));
        yield* sleep(1);
        for (const n of [-1, 0, "a", null, 1, 2, Infinity]) {
          yield* asyncWith(condition, function* () {
            try {
              condition.notify(n as number);
            } catch (error) {
              if (!(error instanceof TypeError)) throw error;
              print("refused");
            }
          });
          yield* sleep(1);
          print(tasks.map((task) => task.done()));
        }
      },
    ));
});

describe("asCompleted", () => {
  it("refuses a single awaitable, even where no loop is running", () =>
    sameScript(
      `
      ${attemptPython.replaceAll("\n", "\n      ")}
      async def work(): await asyncio.sleep(1)
      loop = asyncio.new_event_loop()
      attempt("future", lambda: asyncio.as_completed(asyncio.Future(loop=loop)))
      attempt("coroutine", lambda: asyncio.as_completed(work()))
      loop.close()
      `,
      (print, newLoop) => {
        function* waiting(): Coroutine {
          yield* sleep(1);
        }
        const loop = newLoop();
        attempt(print, "future", () => asCompleted(loop.createFuture() as never));
        attempt(print, "coroutine", () => asCompleted(waiting() as never));
        // A coroutine that was written by hand counts too.
        expect(() => asCompleted(sleep(1) as never)).toThrow("expects an iterable of awaitables, not coroutine");
        loop.close();
      },
    ));
});

import { asyncFor, asyncGenerator } from "@yieldstar/asyncgen";
import {
  asyncWith,
  CancelledError,
  Context,
  ContextVar,
  copyContext,
  type Coroutine,
  createTask,
  currentTask,
  ensureFuture,
  type Future,
  gather,
  getRunningLoop,
  RuntimeError,
  sleep,
  Task,
  TimeoutError,
  Token,
  ValueError,
} from "@yieldstar/loop";
import { TaskGroup } from "@yieldstar/taskgroup";
import { timeout, waitFor } from "@yieldstar/timeout";
import { describe, it } from "vitest";
import { printed } from "../../../../../.ci/vitest/quiet.ts";
import { repr } from "../../../src/python-text.ts";
import { type Print, same, sameScript } from "../../../src/same.ts";

/** Prints what an action returns or raises, in Python and here; Python's objects without address and module. */
const attemptPython = `
      import re
      plain = lambda value: re.sub(" object at 0x[0-9a-f]+| at 0x[0-9a-f]+|_contextvars[.]", "", str(value))
      def attempt(action):
          try:
              print(plain(action()))
          except Exception as error:
              print(type(error).__name__, plain(error))
`;

function attempt(print: Print, action: () => unknown): void {
  try {
    print(action());
  } catch (error) {
    const { name, message } = error as Error;
    print(name, message);
  }
}

/** Python's `with token:`. `using` does the same, but the compiler would need its helpers here. */
function* withToken<T>(token: Token<T>, body: (token: Token<T>) => Coroutine): Coroutine {
  try {
    yield* body(token);
  } finally {
    token[Symbol.dispose]();
  }
}

describe("CV: context variables", () => {
  it("CV-01: a task has a copy of the context it was created in", async () => {
    const python = `
      var = contextvars.ContextVar("var", default="default")

      async def child(name):
          print(name, "starts with", var.get())
          var.set(name)
          await asyncio.sleep(0)
          print(name, "goes on with", var.get())

      async def main():
          loop = asyncio.get_running_loop()
          first = asyncio.create_task(child("first"))
          var.set("main")
          rest = [asyncio.create_task(child("second")), loop.create_task(child("third")), asyncio.Task(child("fourth"))]
          rest.append(asyncio.ensure_future(child("fifth")))
          var.set("main, later")
          for task in [first, *rest]:
              await task
          print("main", var.get())
    `;
    await same(python, function* (print) {
      const variable = new ContextVar<string>("var", { default: "default" });
      function* child(name: string): Coroutine {
        print(name, "starts with", variable.get());
        variable.set(name);
        yield* sleep(0);
        print(name, "goes on with", variable.get());
      }
      const loop = getRunningLoop();
      const first = createTask(child("first"));
      variable.set("main");
      const rest = [createTask(child("second")), loop.createTask(child("third")), new Task(child("fourth"))];
      rest.push(ensureFuture(child("fifth")));
      variable.set("main, later");
      for (const task of [first, ...rest]) yield* task;
      print("main", variable.get());
    });
  });

  it("CV-02: a coroutine that is awaited shares its caller's context", async () => {
    const python = `
      var = contextvars.ContextVar("var")

      async def inner():
          print(var.get())
          var.set("inner")
          await asyncio.sleep(1)
          token = var.set("inner, later")
          return token

      async def outer():
          return await inner()

      async def main():
          before = var.set("main")
          token = await outer()
          print(var.get(), token.old_value)
          var.reset(token)
          print(var.get())
          var.reset(before)
          print(var.get(None))
    `;
    await same(python, function* (print) {
      const variable = new ContextVar<string>("var");
      function* inner(): Coroutine<Token<string>> {
        print(variable.get());
        variable.set("inner");
        yield* sleep(1);
        return variable.set("inner, later");
      }
      function* outer(): Coroutine<Token<string>> {
        return yield* inner();
      }
      const before = variable.set("main");
      const token = yield* outer();
      print(variable.get(), token.oldValue);
      variable.reset(token);
      print(variable.get());
      variable.reset(before);
      print(variable.get(undefined));
    });
  });

  it("CV-03: a task runs every step in the very context it is given", async () => {
    const python = `
      var = contextvars.ContextVar("var", default="default")

      async def child(name):
          for delay in [0, 1]:
              print(name, "finds", var.get())
              var.set(f"{name} after {delay}")
              await asyncio.sleep(delay)
          return asyncio.current_task().get_context() is ctx

      async def main():
          global ctx
          ctx = contextvars.copy_context()
          var.set("main")
          a = asyncio.create_task(child("a"), context=ctx)
          b = asyncio.get_running_loop().create_task(child("b"), context=ctx)
          ctx.run(var.set, "run")
          print(await a, await b, a.get_context() is ctx)
          print(ctx[var], ctx.run(var.get), var.get())
    `;
    await same(python, function* (print) {
      const variable = new ContextVar<string>("var", { default: "default" });
      function* child(name: string): Coroutine<boolean> {
        for (const delay of [0, 1]) {
          print(name, "finds", variable.get());
          variable.set(`${name} after ${delay}`);
          yield* sleep(delay);
        }
        return currentTask()?.getContext() === context;
      }
      const context = copyContext();
      variable.set("main");
      const a = createTask(child("a"), { context });
      const b = getRunningLoop().createTask(child("b"), { context });
      context.run(() => variable.set("run"));
      print(yield* a, yield* b, a.getContext() === context);
      print(
        context.get(variable),
        context.run(() => variable.get()),
        variable.get(),
      );
    });
  });

  it("CV-04: a callback runs in its own copy of the context it was scheduled in", async () => {
    const python = `
      var = contextvars.ContextVar("var")

      async def main():
          loop = asyncio.get_running_loop()
          done, pending = loop.create_future(), loop.create_future()
          done.set_result(None)
          def callback(name):
              print(name, "finds", var.get())
              var.set(name)
              loop.call_soon(lambda: print("after", name, var.get()))
          for value in ["one", "two"]:
              var.set(value)
              loop.call_soon(callback, "soon")
              loop.call_soon_threadsafe(callback, "threadsafe")
              loop.call_later(1, callback, "later")
              loop.call_at(1, callback, "at")
              done.add_done_callback(lambda _: callback("done"))
              pending.add_done_callback(lambda _: callback("pending"))
          var.set("main")
          await asyncio.sleep(2)
          pending.set_result(None)
          await asyncio.sleep(2)
          print(var.get())
    `;
    await same(python, function* (print) {
      const variable = new ContextVar<string>("var");
      const loop = getRunningLoop();
      const [done, pending] = [loop.createFuture<void>(), loop.createFuture<void>()];
      done.setResult();
      function callback(name: string): void {
        print(name, "finds", variable.get());
        variable.set(name);
        loop.callSoon(() => print("after", name, variable.get()));
      }
      for (const value of ["one", "two"]) {
        variable.set(value);
        loop.callSoon(() => callback("soon"));
        loop.callSoonThreadsafe(() => callback("threadsafe"));
        loop.callLater(1, () => callback("later"));
        loop.callAt(1, () => callback("at"));
        done.addDoneCallback(() => callback("done"));
        pending.addDoneCallback(() => callback("pending"));
      }
      variable.set("main");
      yield* sleep(2);
      pending.setResult();
      yield* sleep(2);
      print(variable.get());
    });
  });

  it("CV-04: a callback runs in the very context it is given", async () => {
    const python = `
      var = contextvars.ContextVar("var", default=0)

      async def main():
          loop = asyncio.get_running_loop()
          ctx = contextvars.Context()
          future = loop.create_future()
          future.set_result(None)
          def callback(name):
              print(name, "finds", var.get())
              var.set(var.get() + 1)
          var.set(100)
          handles = [
              loop.call_soon(callback, "soon", context=ctx),
              loop.call_soon_threadsafe(callback, "threadsafe", context=ctx),
              loop.call_later(1, callback, "later", context=ctx),
              loop.call_at(2, callback, "at", context=ctx),
          ]
          print([handle.get_context() is ctx for handle in handles])
          future.add_done_callback(lambda _: callback("done"), context=ctx)
          await asyncio.sleep(3)
          print(ctx[var], var.get(), loop.call_soon(callback, "copy").get_context()[var])
    `;
    await same(python, function* (print) {
      const variable = new ContextVar<number>("var", { default: 0 });
      const loop = getRunningLoop();
      const context = new Context();
      const future = loop.createFuture<void>();
      future.setResult();
      function callback(name: string): void {
        print(name, "finds", variable.get());
        variable.set(variable.get() + 1);
      }
      variable.set(100);
      const handles = [
        loop.callSoon(() => callback("soon"), { context }),
        loop.callSoonThreadsafe(() => callback("threadsafe"), { context }),
        loop.callLater(1, () => callback("later"), { context }),
        loop.callAt(2, () => callback("at"), { context }),
      ];
      print(handles.map((handle) => handle.getContext() === context));
      future.addDoneCallback(() => callback("done"), { context });
      yield* sleep(3);
      const copy = loop.callSoon(() => callback("copy")).getContext();
      print(context.get(variable), variable.get(), copy.get(variable));
    });
  });

  it("CV-05: a done-callback runs in the context of the code that registered it", async () => {
    const python = `
      var = contextvars.ContextVar("var")

      async def child():
          var.set("child")
          asyncio.current_task().add_done_callback(lambda _: print("registered by child:", var.get()))
          await asyncio.sleep(1)
          var.set("child, later")

      async def observer(task):
          var.set("observer")
          task.add_done_callback(lambda _: print("registered by observer:", var.get()))

      async def main():
          var.set("main")
          task = asyncio.create_task(child())
          task.add_done_callback(lambda _: print("registered by main:", var.get()))
          var.set("main, later")
          await asyncio.create_task(observer(task))
          await task
          task.add_done_callback(lambda _: print("registered late:", var.get()))
          await asyncio.sleep(0)
    `;
    await same(python, function* (print) {
      const variable = new ContextVar<string>("var");
      function* child(): Coroutine {
        variable.set("child");
        currentTask()?.addDoneCallback(() => print("registered by child:", variable.get()));
        yield* sleep(1);
        variable.set("child, later");
      }
      function* observer(task: Task<void>): Coroutine {
        variable.set("observer");
        task.addDoneCallback(() => print("registered by observer:", variable.get()));
      }
      variable.set("main");
      const task = createTask(child());
      task.addDoneCallback(() => print("registered by main:", variable.get()));
      variable.set("main, later");
      yield* createTask(observer(task));
      yield* task;
      task.addDoneCallback(() => print("registered late:", variable.get()));
      yield* sleep(0);
    });
  });

  it("CV-06: a context cannot be entered while it is entered", async () => {
    const python = `${attemptPython}
      async def main():
          ctx = contextvars.Context()
          attempt(lambda: ctx.run(lambda: "entered"))
          attempt(lambda: ctx.run(lambda: ctx.run(print)))
          attempt(lambda: ctx.run(lambda: contextvars.Context().run(lambda: ctx.run(print))))
          attempt(lambda: ctx.run(lambda: ctx.copy().run(lambda: "a copy can be entered")))
          attempt(lambda: asyncio.current_task().get_context().run(print))
          attempt(lambda: ctx.run(lambda: "entered again"))
    `;
    await same(python, function* (print) {
      const context = new Context();
      const never = (): void => print("never");
      attempt(print, () => context.run(() => "entered"));
      attempt(print, () => context.run(() => context.run(never)));
      attempt(print, () => context.run(() => new Context().run(() => context.run(never))));
      attempt(print, () => context.run(() => context.copy().run(() => "a copy can be entered")));
      attempt(print, () => currentTask()?.getContext().run(never));
      attempt(print, () => context.run(() => "entered again"));
    });
  });

  it("CV-06: a task can be given the context of the running task", async () => {
    const python = `
      var = contextvars.ContextVar("var")

      async def child():
          print("child finds", var.get())
          var.set("child")
          await asyncio.sleep(1)
          print("child finds", var.get())

      async def main():
          var.set("main")
          ctx = asyncio.current_task().get_context()
          task = asyncio.create_task(child(), context=ctx)
          asyncio.get_running_loop().call_soon(lambda: print("callback finds", var.get()), context=ctx)
          await asyncio.sleep(0.5)
          print("main finds", var.get())
          var.set("main, later")
          await task
    `;
    await same(python, function* (print) {
      const variable = new ContextVar<string>("var");
      function* child(): Coroutine {
        print("child finds", variable.get());
        variable.set("child");
        yield* sleep(1);
        print("child finds", variable.get());
      }
      variable.set("main");
      const context = currentTask()?.getContext();
      const task = createTask(child(), { context });
      getRunningLoop().callSoon(() => print("callback finds", variable.get()), { context });
      yield* sleep(0.5);
      print("main finds", variable.get());
      variable.set("main, later");
      yield* task;
    });
  });

  it("CV-06: an eager task cannot be given the context of the running task", async () => {
    const python = `${attemptPython}
      async def child():
          print("never")

      async def main():
          loop, task = asyncio.get_running_loop(), asyncio.current_task()
          attempt(lambda: asyncio.create_task(child(), context=task.get_context(), eager_start=True))
          # CPython is left in the new task.
          asyncio.tasks._leave_task(loop, asyncio.current_task())
          asyncio.tasks._enter_task(loop, task)
          print(asyncio.current_task() is task)
          await asyncio.sleep(0)
          print("main goes on")
    `;
    await same(python, function* (print) {
      function* child(): Coroutine {
        print("never");
      }
      const task = currentTask();
      attempt(print, () => createTask(child(), { context: task?.getContext(), eagerStart: true }));
      print(currentTask() === task);
      yield* sleep(0);
      print("main goes on");
    });
  });

  it("CV-06: a step or callback whose context is entered already is reported, and does not run", async () => {
    const python = `${attemptPython}
      import logging
      handler = logging.Handler()
      handler.emit = lambda record: print(record.getMessage()[:21], plain(record.exc_info[1]))
      asyncio.log.logger.addHandler(handler)
      loop = asyncio.new_event_loop()
      ctx = contextvars.Context()
      async def main():
          print("never")
      task = loop.create_task(main(), context=ctx)
      loop.call_soon(print, "never", context=ctx)
      ctx.run(loop.advance, 1)
      loop.advance(1)
      asyncio.log.logger.removeHandler(handler)
      print(task.done())
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      const context = new Context();
      function* main(): Coroutine {
        print("never");
      }
      const task = loop.createTask(main(), { context });
      loop.callSoon(() => print("never"), { context });
      context.run(() => loop.advance(1));
      loop.advance(1);
      for (const [, text, error] of printed()) print(String(text).slice(0, 21), error);
      print(task.done());
    });
  });

  it("CV-07: a token restores the value before its set()", async () => {
    const python = `${attemptPython}
      async def main():
          var = contextvars.ContextVar("var")
          first, second = var.set(1), var.set(None)
          print(first.var is var, first.old_value is contextvars.Token.MISSING, second.old_value, var.get())
          var.reset(second)
          print(var.get(), var in contextvars.copy_context())
          var.reset(first)
          attempt(var.get)
          print(var in contextvars.copy_context())
          first, second, third = var.set(1), var.set(2), var.set(3)
          var.reset(second)
          print(var.get())
          var.reset(third)
          print(var.get())
          var.reset(first)
          attempt(var.get)
    `;
    await same(python, function* (print) {
      const variable = new ContextVar<number | undefined>("var");
      const [one, none] = [variable.set(1), variable.set(undefined)];
      print(one.var === variable, one.oldValue === Token.MISSING, none.oldValue, variable.get());
      variable.reset(none);
      print(variable.get(), copyContext().has(variable));
      variable.reset(one);
      attempt(print, () => variable.get());
      print(copyContext().has(variable));
      const [first, second, third] = [variable.set(1), variable.set(2), variable.set(3)];
      variable.reset(second);
      print(variable.get());
      variable.reset(third);
      print(variable.get());
      variable.reset(first);
      attempt(print, () => variable.get());
    });
  });

  it("CV-07: a token works once", async () => {
    const python = `${attemptPython}
      async def main():
          var = contextvars.ContextVar("var")
          token = var.set(1)
          print(plain(token))
          attempt(lambda: var.reset(token))
          attempt(lambda: var.reset(token))
          print(plain(token), plain(var))
          attempt(lambda: contextvars.Context().run(var.reset, token))
          attempt(lambda: contextvars.ContextVar("other").reset(token))
    `;
    await same(python, function* (print) {
      const variable = new ContextVar<number>("var");
      const token = variable.set(1);
      print(token);
      attempt(print, () => variable.reset(token));
      attempt(print, () => variable.reset(token));
      print(token, variable);
      attempt(print, () => new Context().run(() => variable.reset(token)));
      attempt(print, () => new ContextVar<number>("other").reset(token));
    });
  });

  it("CV-07: a token works only in the context that made it, and for its variable", async () => {
    const python = `${attemptPython}
      var, other = contextvars.ContextVar("var"), contextvars.ContextVar("other")

      async def child(token):
          attempt(lambda: var.reset(token))
          print("child finds", var.get())

      async def main():
          token = var.set(1)
          attempt(lambda: contextvars.copy_context().run(var.reset, token))
          attempt(lambda: contextvars.Context().run(other.reset, token))
          asyncio.get_running_loop().call_soon(attempt, lambda: var.reset(token))
          await asyncio.create_task(child(token))
          attempt(lambda: other.reset(token))
          attempt(lambda: var.reset(token))
          attempt(var.get)
          ctx = contextvars.Context()
          token = ctx.run(var.set, 2)
          attempt(lambda: var.reset(token))
          attempt(lambda: ctx.run(var.reset, token))
          print(var in ctx)
    `;
    await same(python, function* (print) {
      const [variable, other] = [new ContextVar<number>("var"), new ContextVar<number>("other")];
      function* child(inherited: Token<number>): Coroutine {
        attempt(print, () => variable.reset(inherited));
        print("child finds", variable.get());
      }
      const token = variable.set(1);
      attempt(print, () => copyContext().run(() => variable.reset(token)));
      attempt(print, () => new Context().run(() => other.reset(token)));
      getRunningLoop().callSoon(() => attempt(print, () => variable.reset(token)));
      yield* createTask(child(token));
      attempt(print, () => other.reset(token));
      attempt(print, () => variable.reset(token));
      attempt(print, () => variable.get());
      const context = new Context();
      const foreign = context.run(() => variable.set(2));
      attempt(print, () => variable.reset(foreign));
      attempt(print, () => context.run(() => variable.reset(foreign)));
      print(context.has(variable));
    });
  });

  it("CV-07: the reprs of a variable and its token show the variable's default", async () => {
    const python = `${attemptPython}
      async def main():
          for default in [1, "text", None]:
              var = contextvars.ContextVar("var", default=default)
              token = var.set(2)
              print(plain(var), plain(token))
              attempt(lambda: contextvars.copy_context().run(var.reset, token))
    `;
    await same(python, function* (print) {
      for (const value of [1, "text", undefined]) {
        const variable = new ContextVar<unknown>("var", { default: value });
        const token = variable.set(2);
        print(variable, token);
        attempt(print, () => copyContext().run(() => variable.reset(token)));
      }
    });
  });

  it("CV-08: a token resets its variable at the end of a block, however it ends", async () => {
    const python = `
      var = contextvars.ContextVar("var", default="default")

      async def main():
          with var.set("outer") as token:
              print(token.var is var, var.get())
              with var.set("inner"):
                  await asyncio.sleep(1)
                  var.set("changed")
                  print(var.get())
              print(var.get())
          print(var.get())
          try:
              with var.set("failing"):
                  raise ValueError(var.get())
          except ValueError as error:
              print(error, var.get())
    `;
    await same(python, function* (print) {
      const variable = new ContextVar<string>("var", { default: "default" });
      yield* withToken(variable.set("outer"), function* (token) {
        print(token.var === variable, variable.get());
        yield* withToken(variable.set("inner"), function* () {
          yield* sleep(1);
          variable.set("changed");
          print(variable.get());
        });
        print(variable.get());
      });
      print(variable.get());
      try {
        yield* withToken(variable.set("failing"), function* () {
          throw new ValueError(variable.get());
        });
      } catch (error) {
        print(error, variable.get());
      }
    });
  });

  it("CV-08: a used token cannot end a block, and a token that has ended a block is used", async () => {
    const python = `${attemptPython}
      var = contextvars.ContextVar("var")

      async def main():
          try:
              with var.set(1) as token:
                  var.reset(token)
          except RuntimeError as error:
              print(plain(error))
          token = var.set(2)
          with token:
              print(var.get())
          attempt(var.get)
          attempt(lambda: var.reset(token))
    `;
    await same(python, function* (print) {
      const variable = new ContextVar<number>("var");
      try {
        yield* withToken(variable.set(1), function* (token) {
          variable.reset(token);
        });
      } catch (error) {
        if (!(error instanceof RuntimeError)) throw error;
        print(error);
      }
      const token = variable.set(2);
      yield* withToken(token, function* () {
        print(variable.get());
      });
      attempt(print, () => variable.get());
      attempt(print, () => variable.reset(token));
    });
  });

  it("CV-09: get() looks in the context, then at the argument, then at the variable's default", async () => {
    const python = `${attemptPython}
      async def main():
          for var in [contextvars.ContextVar("bare"), contextvars.ContextVar("var", default="default")]:
              attempt(lambda: var.get("argument"))
              attempt(lambda: var.get(None))
              attempt(lambda: var.get() if var.name == "var" else "no default")
              for value in ["value", None]:
                  token = var.set(value)
                  attempt(var.get)
                  attempt(lambda: var.get("argument"))
                  var.reset(token)
          attempt(contextvars.ContextVar("default None", default=None).get)
          attempt(contextvars.ContextVar("bare").get)
    `;
    await same(python, function* (print) {
      for (const variable of [
        new ContextVar<string | undefined>("bare"),
        new ContextVar<string | undefined>("var", { default: "default" }),
      ]) {
        attempt(print, () => variable.get("argument"));
        attempt(print, () => variable.get(undefined));
        attempt(print, () => (variable.name === "var" ? variable.get() : "no default"));
        for (const value of ["value", undefined]) {
          const token = variable.set(value);
          attempt(print, () => variable.get());
          attempt(print, () => variable.get("argument"));
          variable.reset(token);
        }
      }
      attempt(print, () => new ContextVar<undefined>("default None", { default: undefined }).get());
      attempt(print, () => new ContextVar<string>("bare").get());
    });
  });

  it("CV-10: an async generator runs each step in the context of its consumer", async () => {
    const python = `${attemptPython}
      var = contextvars.ContextVar("var")

      async def generator():
          var.set("first step")
          yield
          print("generator finds", var.get())
          token = var.set("second step")
          await asyncio.sleep(1)
          print("generator finds", var.get())
          yield
          print("generator finds", var.get())
          attempt(lambda: var.reset(token))

      async def step(steps):
          var.set("other task")
          await anext(steps)
          print("other task finds", var.get())

      async def main():
          var.set("main")
          steps = generator()
          await anext(steps)
          print("main finds", var.get())
          await asyncio.create_task(step(steps))
          print("main finds", var.get())
          async for _ in steps:
              print("never")
          print("main finds", var.get())
    `;
    await same(python, function* (print) {
      const variable = new ContextVar<string>("var");
      const generator = asyncGenerator(function* (emit) {
        variable.set("first step");
        yield* emit(undefined);
        print("generator finds", variable.get());
        const token = variable.set("second step");
        yield* sleep(1);
        print("generator finds", variable.get());
        yield* emit(undefined);
        print("generator finds", variable.get());
        attempt(print, () => variable.reset(token));
      });
      const steps = generator();
      function* step(): Coroutine {
        variable.set("other task");
        yield* steps.anext();
        print("other task finds", variable.get());
      }
      variable.set("main");
      yield* steps.anext();
      print("main finds", variable.get());
      yield* createTask(step());
      print("main finds", variable.get());
      yield* asyncFor(steps, function* () {
        print("never");
      });
      print("main finds", variable.get());
    });
  });

  it("CV-11: the tasks of a group and of gather() start from the caller's context at that moment", async () => {
    const python = `
      var = contextvars.ContextVar("var")

      async def child(name):
          print(name, "finds", var.get())
          var.set(name)

      async def main():
          var.set("before the group")
          async with asyncio.TaskGroup() as group:
              first, second = child("first"), child("second")
              var.set("one")
              group.create_task(first)
              var.set("two")
              group.create_task(second)
              ctx = contextvars.Context()
              ctx.run(var.set, "given")
              group.create_task(child("third"), context=ctx)
              var.set("three")
          print(var.get(), ctx[var])
          coroutines = [child("fourth"), child("fifth")]
          var.set("gather")
          future = asyncio.gather(*coroutines)
          var.set("after gather")
          await future
          print(var.get())
    `;
    await same(python, function* (print) {
      const variable = new ContextVar<string>("var");
      function* child(name: string): Coroutine {
        print(name, "finds", variable.get());
        variable.set(name);
      }
      variable.set("before the group");
      const context = new Context();
      yield* asyncWith(new TaskGroup(), function* (group) {
        const [first, second] = [child("first"), child("second")];
        variable.set("one");
        group.createTask(first);
        variable.set("two");
        group.createTask(second);
        context.run(() => variable.set("given"));
        group.createTask(child("third"), { context });
        variable.set("three");
      });
      print(variable.get(), context.get(variable));
      const coroutines = [child("fourth"), child("fifth")];
      variable.set("gather");
      const future = gather(coroutines);
      variable.set("after gather");
      yield* future;
      print(variable.get());
    });
  });

  it("CV-11: timeout() and wait_for() run in the caller's context", async () => {
    const python = `
      var = contextvars.ContextVar("var")

      async def work(name, delay):
          print(name, "finds", var.get())
          var.set(name)
          await asyncio.sleep(delay)
          var.set(f"{name}, later")

      async def main():
          var.set("main")
          for delay in [1, 3]:
              try:
                  async with asyncio.timeout(2):
                      await work("timeout", delay)
              except TimeoutError:
                  print("timeout")
              print(var.get())
              try:
                  await asyncio.wait_for(work("wait_for", delay), 2)
              except TimeoutError:
                  print("timeout")
              print(var.get())
    `;
    await same(python, function* (print) {
      const variable = new ContextVar<string>("var");
      function* work(name: string, delay: number): Coroutine {
        print(name, "finds", variable.get());
        variable.set(name);
        yield* sleep(delay);
        variable.set(`${name}, later`);
      }
      function* unlessTimeout(coroutine: Coroutine): Coroutine {
        try {
          yield* coroutine;
        } catch (error) {
          if (!(error instanceof TimeoutError)) throw error;
          print("timeout");
        }
        print(variable.get());
      }
      variable.set("main");
      for (const delay of [1, 3]) {
        yield* unlessTimeout(asyncWith(timeout(2), () => work("timeout", delay)));
        yield* unlessTimeout(waitFor(work("wait_for", delay), 2));
      }
    });
  });

  it("CV-12: a task's steps run in its context, whichever code wakes it", async () => {
    const python = `
      var = contextvars.ContextVar("var")

      async def waiter(name, future):
          var.set(name)
          try:
              await future
          except (ValueError, asyncio.CancelledError) as error:
              print(name, "caught", repr(error))
          print(name, "finds", var.get())
          await asyncio.sleep(0)
          await asyncio.sleep(1)
          print(name, "finds", var.get())
          return asyncio.current_task().get_context()

      async def resolver(future):
          var.set("resolver")
          future.set_result(None)

      async def main():
          loop = asyncio.get_running_loop()
          var.set("main")
          futures = [loop.create_future() for _ in range(5)]
          tasks = [asyncio.create_task(waiter(f"waiter {i}", future)) for i, future in enumerate(futures)]
          await asyncio.sleep(0)
          futures[0].set_result(None)
          await asyncio.create_task(resolver(futures[1]))
          ctx = contextvars.Context()
          ctx.run(var.set, "callback")
          loop.call_soon(lambda: futures[2].set_exception(ValueError("x")), context=ctx)
          ctx.run(futures[3].cancel)
          ctx.run(tasks[4].cancel)
          print([(await task)[var] for task in tasks], ctx[var])
    `;
    await same(python, function* (print) {
      const variable = new ContextVar<string>("var");
      function* waiter(name: string, future: Future<void>): Coroutine<Context | undefined> {
        variable.set(name);
        try {
          yield* future;
        } catch (error) {
          if (!(error instanceof ValueError || error instanceof CancelledError)) throw error;
          print(name, "caught", repr(error));
        }
        print(name, "finds", variable.get());
        yield* sleep(0);
        yield* sleep(1);
        print(name, "finds", variable.get());
        return currentTask()?.getContext();
      }
      function* resolver(future?: Future<void>): Coroutine {
        variable.set("resolver");
        future?.setResult();
      }
      const loop = getRunningLoop();
      variable.set("main");
      const futures = Array.from({ length: 5 }, () => loop.createFuture<void>());
      const tasks = futures.map((future, i) => createTask(waiter(`waiter ${i}`, future)));
      yield* sleep(0);
      futures[0]?.setResult();
      yield* createTask(resolver(futures[1]));
      const context = new Context();
      context.run(() => variable.set("callback"));
      loop.callSoon(() => futures[2]?.setException(new ValueError("x")), { context });
      context.run(() => futures[3]?.cancel());
      context.run(() => tasks[4]?.cancel());
      const values: unknown[] = [];
      for (const task of tasks) values.push((yield* task)?.get(variable));
      print(values, context.get(variable));
    });
  });
});

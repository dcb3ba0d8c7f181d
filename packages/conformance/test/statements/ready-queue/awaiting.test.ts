import {
  CancelledError,
  type Coroutine,
  createTask,
  currentTask,
  type Future,
  getRunningLoop,
  sleep,
  Task,
  ValueError,
} from "@yieldstar/loop";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same, sameScript } from "../../../src/same.ts";
import { iterate, iteratePython } from "./helpers.ts";

describe("RQ: the ready queue, iterations, timers, the life of a loop", () => {
  it("RQ-22: a future that becomes done queues its callbacks, each behind everything queued already", async () => {
    const python = `
      async def main():
          loop = asyncio.get_running_loop()
          for complete in [lambda f: f.set_result(1), lambda f: f.set_exception(ValueError("x")), lambda f: f.cancel()]:
              future = loop.create_future()
              future.add_done_callback(lambda _: print("first callback"))
              future.add_done_callback(lambda _: print("second callback"))
              loop.call_soon(print, "before")
              complete(future)
              loop.call_soon(print, "between")
              future.add_done_callback(lambda f: print("late callback", f is future, f.done()))
              loop.call_soon(print, "after")
              print("done", future.cancelled() or future.exception())
              await asyncio.sleep(0)
    `;
    await same(python, function* (print) {
      const loop = getRunningLoop();
      for (const complete of [
        (f: Future<number>) => f.setResult(1),
        (f: Future<number>) => f.setException(new ValueError("x")),
        (f: Future<number>) => f.cancel(),
      ]) {
        const future = loop.createFuture<number>();
        future.addDoneCallback(() => print("first callback"));
        future.addDoneCallback(() => print("second callback"));
        loop.callSoon(() => print("before"));
        complete(future);
        loop.callSoon(() => print("between"));
        future.addDoneCallback((f) => print("late callback", f === future, f.done()));
        loop.callSoon(() => print("after"));
        print("done", future.cancelled() || future.exception());
        yield* sleep(0);
      }
    });
  });

  it("RQ-23: tasks and callbacks that wait for a future go on in the order of their waits, in one iteration", async () => {
    const python = `${iteratePython}
      loop = asyncio.new_event_loop()
      future = loop.create_future()
      async def wait(name, turns):
          for _ in range(turns):
              await asyncio.sleep(0)
          await future
          print(name)
          loop.call_soon(print, "next iteration")
      future.add_done_callback(lambda _: print("callback 1"))
      tasks = [loop.create_task(wait("late", 1)), loop.create_task(wait("early", 0)), loop.create_task(wait("as early", 0))]
      iterate()
      future.add_done_callback(lambda _: print("callback 2"))
      iterate()
      future.add_done_callback(lambda _: print("callback 3"))
      future.set_result(None)
      print("iteration")
      iterate()
      print("iteration")
      iterate()
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      const future = loop.createFuture<void>();
      function* wait(name: string, turns: number): Coroutine {
        for (let turn = 0; turn < turns; turn += 1) yield* sleep(0);
        yield* future;
        print(name);
        loop.callSoon(() => print("next iteration"));
      }
      future.addDoneCallback(() => print("callback 1"));
      loop.createTask(wait("late", 1));
      loop.createTask(wait("early", 0));
      loop.createTask(wait("as early", 0));
      iterate(loop);
      future.addDoneCallback(() => print("callback 2"));
      iterate(loop);
      future.addDoneCallback(() => print("callback 3"));
      future.setResult();
      print("iteration");
      iterate(loop);
      print("iteration");
      iterate(loop);
    });
  });

  it("RQ-24: a waiting task goes on one iteration after the end, however deep it awaits", async () => {
    const python = `${iteratePython}
      loop = asyncio.new_event_loop()
      future = loop.create_future()
      async def inner():
          return await future
      async def middle():
          return await inner()
      async def outer():
          print("nested", await middle())
          return "result"
      async def waiter(task):
          async def wait():
              return await task
          print("waiter", await wait())
      task = loop.create_task(outer())
      other = loop.create_task(waiter(task))
      for i in range(5):
          print("iteration", i)
          if i == 2:
              loop.call_soon(lambda: (print("set"), future.set_result(1)))
          iterate()
      print(other.done())
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      const future = loop.createFuture<number>();
      function* inner(): Coroutine<number> {
        return yield* future;
      }
      function* middle(): Coroutine<number> {
        return yield* inner();
      }
      function* outer(): Coroutine<string> {
        print("nested", yield* middle());
        return "result";
      }
      function* waiter(task: Task<string>): Coroutine {
        function* wait(): Coroutine<string> {
          return yield* task;
        }
        print("waiter", yield* wait());
      }
      const other = loop.createTask(waiter(loop.createTask(outer())));
      for (let i = 0; i < 5; i += 1) {
        print("iteration", i);
        if (i === 2) {
          loop.callSoon(() => {
            print("set");
            future.setResult(1);
          });
        }
        iterate(loop);
      }
      print(other.done());
    });
  });

  it("RQ-25: tasks start in the order of their creation, once their creator yields to the loop", async () => {
    const python = `
      async def worker(name):
          print("start", name)

      async def main():
          loop = asyncio.get_running_loop()
          a = asyncio.create_task(worker("a"))
          loop.call_soon(print, "callback")
          b = loop.create_task(worker("b"))
          c = asyncio.Task(worker("c"))
          print("created", a.done(), b.done(), c.done())
          await b
          print("awaited", a.done(), b.done(), c.done())
    `;
    await same(python, function* (print) {
      function* worker(name: string): Coroutine {
        print("start", name);
      }
      const loop = getRunningLoop();
      const a = createTask(worker("a"));
      loop.callSoon(() => print("callback"));
      const b = loop.createTask(worker("b"));
      const c = new Task(worker("c"));
      print("created", a.done(), b.done(), c.done());
      yield* b;
      print("awaited", a.done(), b.done(), c.done());
    });
  });

  it("RQ-26: an awaited coroutine runs in its caller's task, without another iteration", async () => {
    const python = `
      async def inner(n):
          return asyncio.current_task() if n == 0 else await inner(n - 1)

      async def fail():
          raise ValueError("x")

      async def main():
          asyncio.get_running_loop().call_soon(print, "callback")
          task = asyncio.create_task(inner(0))
          print(await inner(10) is asyncio.current_task())
          try:
              await fail()
          except ValueError as error:
              print(error)
          print(task.done())
          await asyncio.sleep(0)
          print(task.done(), task.result() is task)
    `;
    await same(python, function* (print) {
      function* inner(n: number): Coroutine<unknown> {
        return n === 0 ? currentTask() : yield* inner(n - 1);
      }
      function* fail(): Coroutine {
        throw new ValueError("x");
      }
      getRunningLoop().callSoon(() => print("callback"));
      const task = createTask(inner(0));
      print((yield* inner(10)) === currentTask());
      try {
        yield* fail();
      } catch (error) {
        if (!(error instanceof ValueError)) throw error;
        print(error);
      }
      print(task.done());
      yield* sleep(0);
      print(task.done(), task.result() === task);
    });
  });

  it("RQ-27: awaiting a done future or task does not suspend", async () => {
    const python = `
      async def work():
          return "result"

      async def main():
          loop = asyncio.get_running_loop()
          task = asyncio.create_task(work())
          await asyncio.sleep(0)
          future, failed, cancelled = [loop.create_future() for _ in range(3)]
          future.set_result("set")
          failed.set_exception(ValueError("x"))
          cancelled.cancel("message")
          loop.call_soon(print, "callback")
          print(await task, await task, await future, await future)
          for each in [failed, failed, cancelled, cancelled]:
              try:
                  await each
              except (ValueError, asyncio.CancelledError) as error:
                  print(repr(error))
          await asyncio.sleep(0)
    `;
    await same(python, function* (print) {
      function* work(): Coroutine<string> {
        return "result";
      }
      const loop = getRunningLoop();
      const task = createTask(work());
      yield* sleep(0);
      const [future, failed, cancelled] = [
        loop.createFuture<string>(),
        loop.createFuture<string>(),
        loop.createFuture<string>(),
      ];
      future.setResult("set");
      failed.setException(new ValueError("x"));
      cancelled.cancel("message");
      loop.callSoon(() => print("callback"));
      print(yield* task, yield* task, yield* future, yield* future);
      for (const each of [failed, failed, cancelled, cancelled]) {
        try {
          yield* each;
        } catch (error) {
          if (!(error instanceof ValueError || error instanceof CancelledError)) throw error;
          print(repr(error));
        }
      }
      yield* sleep(0);
    });
  });

  it("RQ-28: a sleep of zero or less takes one iteration, and makes no future and no timer", async () => {
    const python = `${iteratePython}
      loop = asyncio.new_event_loop()
      async def main():
          for delay in [0, -1, float("-inf")]:
              loop.call_soon(print, "callback before")
              loop.call_later(0, print, "timer")
              loop.call_soon(lambda: (print("wait_for" in repr(task)), loop.call_soon(print, "one more iteration")))
              print("slept", await asyncio.sleep(delay, "result"))
      task = loop.create_task(main())
      for i in range(6):
          print("iteration", i)
          iterate()
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      function* main(): Coroutine {
        for (const delay of [0, -1, -Infinity]) {
          loop.callSoon(() => print("callback before"));
          loop.callLater(0, () => print("timer"));
          loop.callSoon(() => {
            print(String(task).includes("wait_for"));
            loop.callSoon(() => print("one more iteration"));
          });
          print("slept", yield* sleep(delay, "result"));
        }
      }
      const task = loop.createTask(main());
      for (let i = 0; i < 6; i += 1) {
        print("iteration", i);
        iterate(loop);
      }
    });
  });

  it("RQ-29: two tasks that loop on sleep(0) alternate", async () => {
    const python = `
      async def worker(name):
          for i in range(4):
              print(name, i)
              await asyncio.sleep(0)

      async def main():
          a, b = asyncio.create_task(worker("a")), asyncio.create_task(worker("b"))
          await a
          print("a is done", b.done())
          await b
    `;
    await same(python, function* (print) {
      function* worker(name: string): Coroutine {
        for (let i = 0; i < 4; i += 1) {
          print(name, i);
          yield* sleep(0);
        }
      }
      const [a, b] = [createTask(worker("a")), createTask(worker("b"))];
      yield* a;
      print("a is done", b.done());
      yield* b;
    });
  });

  it("RQ-30: a task that sleeps goes on in the iteration after its timer", async () => {
    const python = `
      async def main():
          loop = asyncio.get_running_loop()
          def ring(name):
              print(name, t())
              loop.call_soon(lambda: (print("after", name), loop.call_soon(print, "long after", name)))
          loop.call_at(1, ring, "timer 1")
          loop.call_soon(loop.call_at, 1, ring, "timer 2")
          print("slept", await asyncio.sleep(1, "result"), t())
          await asyncio.sleep(0)
          print("end")
    `;
    await same(python, function* (print) {
      const loop = getRunningLoop();
      function ring(name: string): void {
        print(name, loop.time());
        loop.callSoon(() => {
          print("after", name);
          loop.callSoon(() => print("long after", name));
        });
      }
      loop.callAt(1, () => ring("timer 1"));
      loop.callSoon(() => loop.callAt(1, () => ring("timer 2")));
      print("slept", yield* sleep(1, "result"), loop.time());
      yield* sleep(0);
      print("end");
    });
  });

  it("RQ-31: sleep() refuses nan when it is awaited, and sleeps for ever for inf", async () => {
    const python = `
      async def main():
          coroutine = asyncio.sleep(float("nan"))
          print("called")
          try:
              await coroutine
          except ValueError as error:
              print(repr(error))
          task = asyncio.create_task(asyncio.sleep(float("inf")))
          await asyncio.sleep(1e6)
          print(task.done(), t())
    `;
    await same(python, function* (print) {
      const coroutine = sleep(NaN);
      print("called");
      try {
        yield* coroutine;
      } catch (error) {
        if (!(error instanceof ValueError)) throw error;
        print(repr(error));
      }
      const task = createTask(sleep(Infinity));
      yield* sleep(1e6);
      print(task.done(), getRunningLoop().time());
    });
  });

  it("RQ-32: a cancelled sleep cancels its timer", async () => {
    const python = `
      loop = asyncio.new_event_loop()
      async def sleeper():
          try:
              await asyncio.sleep(1000)
          except asyncio.CancelledError:
              print("cancelled", loop.time())
              await asyncio.sleep(2)
              print("slept again", loop.time())
      task = loop.create_task(sleeper())
      loop.call_later(1, task.cancel)
      loop.run_until_complete(task)
      try:
          loop.run_forever()
      except RuntimeError as error:
          print(type(error).__name__, loop.time())
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      function* sleeper(): Coroutine {
        try {
          yield* sleep(1000);
        } catch (error) {
          if (!(error instanceof CancelledError)) throw error;
          print("cancelled", loop.time());
          yield* sleep(2);
          print("slept again", loop.time());
        }
      }
      const task = loop.createTask(sleeper());
      loop.callLater(1, () => task.cancel());
      loop.runUntilComplete(task);
      try {
        loop.runForever();
      } catch (error) {
        print((error as Error).name, loop.time());
      }
    });
  });
});

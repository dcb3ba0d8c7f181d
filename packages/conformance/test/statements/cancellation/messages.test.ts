import {
  type Awaitable,
  type CancelledError,
  type Coroutine,
  createTask,
  getRunningLoop,
  sleep,
  type Task,
} from "@yieldstar/loop";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same } from "../../../src/same.ts";

describe("CX: cancellation", () => {
  it("CX-17: the first of several messages wins when a future was cancelled, else the last", () =>
    same(
      `
      async def main():
          loop = asyncio.get_running_loop()

          async def worker(awaitable):
              await awaitable

          async def cancel_thrice(what, task):
              for message in ("first", "second", "third"):
                  task.cancel(message)
              try:
                  await task
              except asyncio.CancelledError as error:
                  print(what, repr(error))

          waiting = asyncio.create_task(worker(asyncio.sleep(10)))
          await asyncio.sleep(0)
          await cancel_thrice("waiting", waiting)

          await cancel_thrice("unstarted", asyncio.create_task(worker(asyncio.sleep(10))))

          queued = asyncio.create_task(worker(asyncio.sleep(0)))
          await asyncio.sleep(0)
          await cancel_thrice("queued", queued)

          future = loop.create_future()
          woken = asyncio.create_task(worker(future))
          await asyncio.sleep(0)
          future.set_result(None)
          await cancel_thrice("woken", woken)
    `,
      function* (print) {
        const loop = getRunningLoop();
        function* worker(awaitable: Awaitable<void>): Coroutine {
          yield* awaitable;
        }
        function* cancelThrice(what: string, task: Task<void>): Coroutine {
          for (const message of ["first", "second", "third"]) task.cancel(message);
          try {
            yield* task;
          } catch (error) {
            print(what, repr(error));
          }
        }
        const waiting = createTask(worker(sleep(10)));
        yield* sleep(0);
        yield* cancelThrice("waiting", waiting);

        yield* cancelThrice("unstarted", createTask(worker(sleep(10))));

        const queued = createTask(worker(sleep(0)));
        yield* sleep(0);
        yield* cancelThrice("queued", queued);

        const future = loop.createFuture<void>();
        const woken = createTask(worker(future));
        yield* sleep(0);
        future.setResult();
        yield* cancelThrice("woken", woken);
      },
    ));

  it("CX-18: the message goes down the chain of awaits, and one CancelledError comes up through it", () =>
    same(
      `
      async def main():
          seen = []

          async def layer(name, awaitable):
              try:
                  await awaitable
              except asyncio.CancelledError as error:
                  print(name, repr(error))
                  seen.append(error)
                  raise

          message = ["any", "object"]
          future = asyncio.get_running_loop().create_future()
          inner = asyncio.create_task(layer("inner", future))
          middle = asyncio.create_task(layer("middle", inner))
          outer = asyncio.create_task(layer("outer", middle))
          await asyncio.sleep(0)
          print(outer.cancel(message), [task.cancelling() for task in (outer, middle, inner)], future.cancelled())
          try:
              await layer("main", outer)
          except asyncio.CancelledError as error:
              print(error.args[0] is message)
          print(len(seen), all(error is seen[0] for error in seen))
    `,
      function* (print) {
        const seen: unknown[] = [];
        function* layer(name: string, awaitable: Awaitable<void>): Coroutine {
          try {
            yield* awaitable;
          } catch (error) {
            print(name, repr(error));
            seen.push(error);
            throw error;
          }
        }
        const message = ["any", "object"];
        const future = getRunningLoop().createFuture<void>();
        const inner = createTask(layer("inner", future));
        const middle = createTask(layer("middle", inner));
        const outer = createTask(layer("outer", middle));
        yield* sleep(0);
        print(
          outer.cancel(message),
          [outer, middle, inner].map((task) => task.cancelling()),
          future.cancelled(),
        );
        try {
          yield* layer("main", outer);
        } catch (error) {
          print((error as CancelledError).args[0] === message);
        }
        print(
          seen.length,
          seen.every((error) => error === seen[0]),
        );
      },
    ));

  it("CX-18: the second request for a cancelled task's result gets a new error without the message", () =>
    same(
      `
      async def main():
          async def worker():
              await asyncio.sleep(10)

          task = asyncio.create_task(worker())
          await asyncio.sleep(0)
          task.cancel("stop")
          await asyncio.sleep(0)
          for _ in range(2):
              try:
                  task.result()
              except asyncio.CancelledError as error:
                  print(repr(error))
    `,
      function* (print) {
        function* worker(): Coroutine {
          yield* sleep(10);
        }
        const task = createTask(worker());
        yield* sleep(0);
        task.cancel("stop");
        yield* sleep(0);
        for (let i = 0; i < 2; i += 1) {
          try {
            task.result();
          } catch (error) {
            print(repr(error));
          }
        }
      },
    ));

  it("CX-34: the message of the future's own cancel is kept, and a later cancel of the task loses its message", () =>
    same(
      `
      async def main():
          future = asyncio.get_running_loop().create_future()

          async def worker():
              try:
                  await future
              except asyncio.CancelledError as error:
                  print(repr(error))
              await asyncio.sleep(0)
              return "went on"

          task = asyncio.create_task(worker())
          await asyncio.sleep(0)
          print(future.cancel("a"), task.cancel("b"))
          print(await task)
    `,
      function* (print) {
        const future = getRunningLoop().createFuture<void>();
        function* worker(): Coroutine<string> {
          try {
            yield* future;
          } catch (error) {
            print(repr(error));
          }
          yield* sleep(0);
          return "went on";
        }
        const task = createTask(worker());
        yield* sleep(0);
        print(future.cancel("a"), task.cancel("b"));
        print(yield* task);
      },
    ));
});

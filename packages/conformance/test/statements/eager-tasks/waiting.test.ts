import {
  asyncWith,
  type Awaitable,
  type Coroutine,
  createTask,
  currentTask,
  gather,
  getRunningLoop,
  sleep,
  type Task,
  ValueError,
} from "@yieldstar/loop";
import { TaskGroup } from "@yieldstar/taskgroup";
import { timeout } from "@yieldstar/timeout";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same } from "../../../src/same.ts";
import { awaiting, outcome } from "../outcomes.ts";
import { beEager, beginToTick, helpers, workerThatPrints } from "./helpers.ts";

describe("EA-07: gather of eager tasks", () => {
  it("EA-07: gather() is done at once when all its eager tasks are, and awaiting it does not suspend", () =>
    same(
      `
      ${helpers}
      async def main():
          begin_to_tick()
          be_eager()
          future = asyncio.gather(worker("a"), worker("b"))
          print(future.done(), future.result())
          print(await future)
          print(await asyncio.gather(worker("c")))
          await asyncio.sleep(0)
    `,
      function* (print) {
        const worker = workerThatPrints(print);
        beginToTick(print);
        beEager();
        const future = gather([worker("a"), worker("b")]);
        print(future.done(), future.result());
        print(yield* future);
        print(yield* gather([worker("c")]));
        yield* sleep(0);
      },
    ));

  it("EA-07: gather() waits if one of its eager tasks waits, and keeps the order", () =>
    same(
      `
      ${helpers}
      async def main():
          be_eager()
          future = asyncio.gather(worker("a"), worker("b", 1), worker("c"))
          print(future.done())
          print(await future, t())
    `,
      function* (print) {
        const worker = workerThatPrints(print);
        beEager();
        const future = gather([worker("a"), worker("b", 1), worker("c")]);
        print(future.done());
        print(yield* future, getRunningLoop().time());
      },
    ));

  it("EA-07: gather() fails at once when a task fails eagerly, and the others run on", () =>
    same(
      `
      ${helpers}
      async def fail(text):
          raise ValueError(text)

      async def main():
          begin_to_tick()
          be_eager()
          future = asyncio.gather(worker("a", 1), fail("first"), fail("second"), worker("b"))
          print(future.done(), outcome(future.result))
          print(await awaiting(future))
          print(await asyncio.gather(fail("x"), worker("c"), return_exceptions=True))
          await asyncio.sleep(2)
    `,
      function* (print) {
        const worker = workerThatPrints(print);
        function* fail(text: string): Coroutine {
          throw new ValueError(text);
        }
        beginToTick(print);
        beEager();
        const future = gather([worker("a", 1), fail("first"), fail("second"), worker("b")]);
        print(
          future.done(),
          outcome(() => future.result()),
        );
        print(yield* awaiting(future));
        print(yield* gather([fail("x"), worker("c")], { returnExceptions: true }));
        yield* sleep(2);
      },
    ));
});

describe("EA-08: an eager task that waits", () => {
  it("EA-08: an eager task that waits goes on like any other, and a cancel reaches what it awaits", () =>
    same(
      `
      async def main():
          future = asyncio.get_running_loop().create_future()

          async def eager():
              try:
                  await future
              except asyncio.CancelledError as error:
                  print("cancelled", repr(error), future.cancelled())
                  await asyncio.sleep(1)
                  raise

          task = asyncio.create_task(eager(), eager_start=True)
          print(task.done(), task.cancelling())
          print(task.cancel("enough"), future.cancelled(), task.cancelled(), task.cancelling())
          try:
              await task
          except asyncio.CancelledError as error:
              print(repr(error), task.cancelled(), t())
    `,
      function* (print) {
        const loop = getRunningLoop();
        const future = loop.createFuture<void>();
        function* eager(): Coroutine {
          try {
            yield* future;
          } catch (error) {
            print("cancelled", repr(error), future.cancelled());
            yield* sleep(1);
            throw error;
          }
        }
        const task = createTask(eager(), { eagerStart: true });
        print(task.done(), task.cancelling());
        print(task.cancel("enough"), future.cancelled(), task.cancelled(), task.cancelling());
        try {
          yield* task;
        } catch (error) {
          print(repr(error), task.cancelled(), loop.time());
        }
      },
    ));

  it("EA-08: a cancel before its second step reaches an eager task, even after a bare yield", () =>
    same(
      `
      ${helpers}
      async def eager():
          try:
              await asyncio.sleep(0)
              print("not reached")
          finally:
              print("cleanup")

      async def main():
          begin_to_tick()
          task = asyncio.create_task(eager(), eager_start=True)
          print(task.cancel("early"), task.cancelling())
          print(await awaiting(task), task.cancelled())
    `,
      function* (print) {
        function* eager(): Coroutine {
          try {
            yield* sleep(0);
            print("not reached");
          } finally {
            print("cleanup");
          }
        }
        beginToTick(print);
        const task = createTask(eager(), { eagerStart: true });
        print(task.cancel("early"), task.cancelling());
        print(yield* awaiting(task), task.cancelled());
      },
    ));

  it("EA-08: an eager task gets the error of a bad await in its next step", () =>
    same(
      `
      ${helpers}
      class Bad:
          def __await__(self):
              yield 5

      async def eager(awaitable):
          print((await awaiting(awaitable())).split(":")[0].split(" <")[0])

      async def main():
          begin_to_tick()
          task = asyncio.create_task(eager(Bad), eager_start=True)
          print("made")
          await task
          asyncio.create_task(eager(lambda: asyncio.current_task()), eager_start=True)
          print("made")
          await asyncio.sleep(1)
    `,
      function* (print) {
        function* bad(): Coroutine {
          yield 5 as never;
        }
        function* eager(awaitable: () => Awaitable<unknown>): Coroutine {
          print((yield* awaiting(awaitable())).split(":")[0]?.split(" <")[0]);
        }
        beginToTick(print);
        const task = createTask(eager(bad), { eagerStart: true });
        print("made");
        yield* task;
        createTask(
          eager(() => currentTask() as Task<unknown>),
          { eagerStart: true },
        );
        print("made");
        yield* sleep(1);
      },
    ));

  it("EA-08: timeout and TaskGroup work inside an eager task", () =>
    same(
      `
      ${helpers}
      async def eager():
          try:
              async with asyncio.timeout(1):
                  async with asyncio.TaskGroup() as group:
                      group.create_task(worker("quick"))
                      group.create_task(worker("slow", 5))
          except TimeoutError as error:
              print(repr(error), t(), asyncio.current_task().cancelling())
          return "done"

      async def main():
          be_eager()
          task = asyncio.create_task(eager())
          print("made")
          print(await task)
    `,
      function* (print) {
        const worker = workerThatPrints(print);
        function* eager(): Coroutine<string> {
          try {
            yield* asyncWith(timeout(1), function* () {
              const group = new TaskGroup();
              yield* asyncWith(group, function* () {
                group.createTask(worker("quick"));
                group.createTask(worker("slow", 5));
              });
            });
          } catch (error) {
            print(repr(error), getRunningLoop().time(), currentTask()?.cancelling());
          }
          return "done";
        }
        beEager();
        const task = createTask(eager());
        print("made");
        print(yield* task);
      },
    ));
});

describe("EA-11: an eager step that awaits a pending future", () => {
  it("EA-11: an eager step that awaits a pending future gives control back to the creator", () =>
    same(
      `
      ${helpers}
      async def main():
          begin_to_tick()
          future = asyncio.get_running_loop().create_future()

          async def eager():
              print("eager waits")
              print("eager got", await future)

          task = asyncio.create_task(eager(), eager_start=True)
          print("main goes on", task.done())
          future.set_result("value")
          print("main has set it", task.done())
          await task
    `,
      function* (print) {
        beginToTick(print);
        const future = getRunningLoop().createFuture<string>();
        function* eager(): Coroutine {
          print("eager waits");
          print("eager got", yield* future);
        }
        const task = createTask(eager(), { eagerStart: true });
        print("main goes on", task.done());
        future.setResult("value");
        print("main has set it", task.done());
        yield* task;
      },
    ));

  it("EA-11: an eager step does not see what its creator sets up afterwards", () =>
    same(
      `
      async def main():
          for eager in (False, True):
              registered = {}

              async def look(name):
                  print(name, "is registered:", name in registered)
                  await asyncio.sleep(0)
                  print(name, "is registered:", name in registered)

              registered["task"] = asyncio.create_task(look("task"), eager_start=eager)
              await registered["task"]
    `,
      function* (print) {
        for (const eagerStart of [false, true]) {
          const registered = new Map<string, Task<void>>();
          const look = function* (name: string): Coroutine {
            print(name, "is registered:", registered.has(name));
            yield* sleep(0);
            print(name, "is registered:", registered.has(name));
          };
          const task = createTask(look("task"), { eagerStart });
          registered.set("task", task);
          yield* task;
        }
      },
    ));

  it("EA-11: awaiting a done future, a done task or a coroutine that does not wait suspends nothing", () =>
    same(
      `
      ${helpers}
      async def main():
          begin_to_tick()
          future = asyncio.get_running_loop().create_future()
          future.set_result("future")
          done = asyncio.create_task(worker("done"), eager_start=True)

          async def eager():
              return [await future, await done, await worker("plain")]

          print(asyncio.create_task(eager(), eager_start=True).result())
    `,
      function* (print) {
        const worker = workerThatPrints(print);
        beginToTick(print);
        const future = getRunningLoop().createFuture<string>();
        future.setResult("future");
        const done = createTask(worker("done"), { eagerStart: true });
        function* eager(): Coroutine<string[]> {
          return [yield* future, yield* done, yield* worker("plain")];
        }
        print(createTask(eager(), { eagerStart: true }).result());
      },
    ));
});

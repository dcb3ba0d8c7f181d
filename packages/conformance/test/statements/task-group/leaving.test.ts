import { asyncWith, type Coroutine, createTask, currentTask, getRunningLoop, sleep, ValueError } from "@yieldstar/loop";
import { TaskGroup } from "@yieldstar/taskgroup";
import { it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { type Print, same, sameScript } from "../../../src/same.ts";
import { t } from "../outcomes.ts";

function* fail(delay: number, error: Error): Coroutine<never> {
  yield* sleep(delay);
  throw error;
}

/** The same in Python. */
const failInPython = "async def fail(delay, error): await asyncio.sleep(delay); raise error";

/** Prints the number of each iteration of the loop, beginning with the next one. */
function countTicks(print: Print, tick = 1): void {
  getRunningLoop().callSoon(() => {
    print("tick", tick);
    if (tick < 3) countTicks(print, tick + 1);
  });
}

/** The same in Python. */
const countTicksInPython = `
      def count_ticks(tick=1):
          def show():
              print("tick", tick)
              if tick < 3:
                  count_ticks(tick + 1)
          asyncio.get_running_loop().call_soon(show)
`;

it("TG-04: leaving an empty group does not suspend", () =>
  same(
    `
      ${countTicksInPython}
      async def main():
          count_ticks()
          async with asyncio.TaskGroup():
              print("inside")
          print("outside")
          await asyncio.sleep(0)
          print("after one iteration")
          async with asyncio.TaskGroup():
              asyncio.current_task().cancel()
          print("not cancelled yet")
          try:
              await asyncio.sleep(0)
          except asyncio.CancelledError:
              print("cancelled")
    `,
    function* (print) {
      countTicks(print);
      yield* asyncWith(new TaskGroup(), function* () {
        print("inside");
      });
      print("outside");
      yield* sleep(0);
      print("after one iteration");
      yield* asyncWith(new TaskGroup(), function* () {
        currentTask()?.cancel();
      });
      print("not cancelled yet");
      try {
        yield* sleep(0);
      } catch {
        print("cancelled");
      }
    },
  ));

it("TG-05: leaving does not suspend when all done-callbacks have run, and waits for one that is queued", () =>
  same(
    `
      ${countTicksInPython}
      async def quick():
          pass

      async def main():
          async with asyncio.TaskGroup() as group:
              task = group.create_task(quick())
              await asyncio.sleep(0)
              print(task.done(), group)
              await asyncio.sleep(0)
              print(task.done(), group)
              count_ticks()
          print("outside")
          await asyncio.sleep(1)
          async with asyncio.TaskGroup() as group:
              task = group.create_task(quick())
              await asyncio.sleep(0)
              print(task.done(), group)
              count_ticks()
          print("outside")
          await asyncio.sleep(1)
    `,
    function* (print) {
      function* quick(): Coroutine {}
      yield* asyncWith(new TaskGroup(), function* (group) {
        const task = group.createTask(quick());
        yield* sleep(0);
        print(task.done(), group);
        yield* sleep(0);
        print(task.done(), group);
        countTicks(print);
      });
      print("outside");
      yield* sleep(1);
      yield* asyncWith(new TaskGroup(), function* (group) {
        const task = group.createTask(quick());
        yield* sleep(0);
        print(task.done(), group);
        countTicks(print);
      });
      print("outside");
      yield* sleep(1);
    },
  ));

it("TG-06: leaving waits for tasks that are created meanwhile, by a child or by other code", () =>
  same(
    `
      async def child(group, generation):
          await asyncio.sleep(1)
          print("child", generation, t(), group)
          if generation < 3:
              group.create_task(child(group, generation + 1))

      async def stranger(group):
          await asyncio.sleep(2.5)
          group.create_task(child(group, 9))

      async def main():
          async with asyncio.TaskGroup() as group:
              asyncio.create_task(stranger(group))
              group.create_task(child(group, 1))
              print("body", t())
          print("end", t(), group)
    `,
    function* (print) {
      function* child(group: TaskGroup, generation: number): Coroutine {
        yield* sleep(1);
        print("child", generation, t(), group);
        if (generation < 3) group.createTask(child(group, generation + 1));
      }
      function* stranger(group: TaskGroup): Coroutine {
        yield* sleep(2.5);
        group.createTask(child(group, 9));
      }
      const group = new TaskGroup();
      yield* asyncWith(group, function* () {
        createTask(stranger(group));
        group.createTask(child(group, 1));
        print("body", t());
      });
      print("end", t(), group);
    },
  ));

it("TG-28: the group returns nothing; the tasks hold the results", () =>
  same(
    `
      async def main():
          group = asyncio.TaskGroup()
          await group.__aenter__()
          first = group.create_task(asyncio.sleep(2, "first"))
          second = group.create_task(asyncio.sleep(1, "second"))
          print(await group.__aexit__(None, None, None))
          print(first.result(), second.result(), t())
    `,
    function* (print) {
      const group = new TaskGroup();
      yield* group.aenter();
      const first = group.createTask(sleep(2, "first"));
      const second = group.createTask(sleep(1, "second"));
      print(yield* group.aexit(undefined));
      print(first.result(), second.result(), t());
    },
  ));

it("TG-28: the group marks the exceptions of its tasks as retrieved", () =>
  sameScript(
    `
      import gc

      ${failInPython}

      async def main():
          try:
              async with asyncio.TaskGroup() as group:
                  group.create_task(fail(1, ValueError("in the group")))
                  group.create_task(fail(1, ValueError("with it")))
          except ExceptionGroup as error:
              print(repr(error))
          asyncio.create_task(fail(1, ValueError("in no group")))
          await asyncio.sleep(2)

      loop = asyncio.new_event_loop()
      loop.set_exception_handler(lambda loop, context: print(context["message"], repr(context["exception"])))
      loop.run_until_complete(main())
      gc.collect()
      loop.close()
    `,
    (print, newLoop) => {
      function* main(): Coroutine {
        try {
          yield* asyncWith(new TaskGroup(), function* (group) {
            group.createTask(fail(1, new ValueError("in the group")));
            group.createTask(fail(1, new ValueError("with it")));
          });
        } catch (error) {
          print(repr(error));
        }
        createTask(fail(1, new ValueError("in no group")));
        yield* sleep(2);
      }
      const loop = newLoop();
      loop.setExceptionHandler((_, context) => print(context.message, repr(context.exception)));
      loop.runUntilComplete(main());
      loop.close();
    },
  ));

it("TG-31: a finished group has forgotten its errors", () =>
  same(
    `
      ${failInPython}

      async def main():
          try:
              async with asyncio.TaskGroup() as group:
                  group.create_task(fail(1, ValueError("x")))
                  try:
                      await asyncio.sleep(5)
                  finally:
                      print(group)
          except ExceptionGroup:
              print(group)
    `,
    function* (print) {
      const group = new TaskGroup();
      try {
        yield* asyncWith(group, function* () {
          group.createTask(fail(1, new ValueError("x")));
          try {
            yield* sleep(5);
          } finally {
            print(group);
          }
        });
      } catch {
        print(group);
      }
    },
  ));

it("TG-47: a body that ends with return, break or continue waits for the tasks", () =>
  same(
    `
      async def child(delay):
          await asyncio.sleep(delay)
          print("child", t())

      async def early():
          async with asyncio.TaskGroup() as group:
              group.create_task(child(2))
              return "returned"

      async def main():
          print(await early(), t())
          for i in range(3):
              async with asyncio.TaskGroup() as group:
                  group.create_task(child(1))
                  if i == 0:
                      continue
                  break
          print(i, t())
    `,
    function* (print) {
      function* child(delay: number): Coroutine {
        yield* sleep(delay);
        print("child", t());
      }
      function early(): Coroutine<string> {
        return asyncWith(new TaskGroup(), function* (group) {
          group.createTask(child(2));
          return "returned";
        });
      }
      print(yield* early(), t());
      let i = 0;
      for (; i < 3; i += 1) {
        const goesOn = yield* asyncWith(new TaskGroup(), function* (group) {
          group.createTask(child(1));
          return i === 0;
        });
        if (!goesOn) break;
      }
      print(i, t());
    },
  ));

it("TG-47: a body that returns still ends with a task's error", () =>
  same(
    `
      ${failInPython}

      async def early():
          async with asyncio.TaskGroup() as group:
              group.create_task(fail(1, ValueError("x")))
              return "returned"

      async def main():
          try:
              print(await early())
          except ExceptionGroup as error:
              print(repr(error), t())
    `,
    function* (print) {
      function early(): Coroutine<string> {
        return asyncWith(new TaskGroup(), function* (group) {
          group.createTask(fail(1, new ValueError("x")));
          return "returned";
        });
      }
      try {
        print(yield* early());
      } catch (error) {
        print(repr(error), t());
      }
    },
  ));

import { asyncWith, type Coroutine, createTask, currentTask, sleep, type Task, ValueError } from "@yieldstar/loop";
import { TaskGroup } from "@yieldstar/taskgroup";
import { it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same, sameScript } from "../../../src/same.ts";
import { t } from "../outcomes.ts";
import { withoutHint } from "../../../src/without-hint.ts";

function* fail(delay: number, error: Error): Coroutine<never> {
  yield* sleep(delay);
  throw error;
}

/** The same in Python. */
const failInPython = "async def fail(delay, error): await asyncio.sleep(delay); raise error";

it("TG-01: entering returns the group, and works only once, even after its end", () =>
  same(
    `
      async def main():
          group = asyncio.TaskGroup()
          async with group as entered:
              print(entered is group)
              try:
                  await group.__aenter__()
              except RuntimeError as error:
                  print(error)
          try:
              async with group:
                  print("entered again")
          except RuntimeError as error:
              print(error)
          try:
              async with asyncio.TaskGroup() as group:
                  raise ValueError("x")
          except ExceptionGroup:
              pass
          try:
              await group.__aenter__()
          except RuntimeError as error:
              print(error)
    `,
    function* (print) {
      let group = new TaskGroup();
      yield* asyncWith(group, function* (entered) {
        print(entered === group);
        try {
          yield* group.aenter();
        } catch (error) {
          print(error);
        }
      });
      try {
        yield* asyncWith(group, function* () {
          print("entered again");
        });
      } catch (error) {
        print(error);
      }
      try {
        group = new TaskGroup();
        yield* asyncWith(group, function* () {
          throw new ValueError("x");
        });
      } catch {}
      try {
        yield* group.aenter();
      } catch (error) {
        print(error);
      }
    },
  ));

it("TG-01: entering needs a running loop and a task on it", () =>
  sameScript(
    `
      loop = asyncio.new_event_loop()
      group = asyncio.TaskGroup()

      def enter():
          try:
              group.__aenter__().send(None)
          except RuntimeError as error:
              print(error)

      enter()
      loop.call_soon(enter)
      loop.advance(0)

      async def main():
          async with group:
              print(group)

      loop.run_until_complete(main())
      loop.close()
    `,
    (print, newLoop) => {
      const loop = newLoop();
      const group = new TaskGroup();

      function enter(): void {
        try {
          group.aenter().next();
        } catch (error) {
          print(withoutHint((error as Error).message));
        }
      }
      enter();
      loop.callSoon(enter);
      loop.advance(0);

      function* main(): Coroutine {
        yield* asyncWith(group, function* () {
          print(group);
        });
      }
      loop.runUntilComplete(main());
      loop.close();
    },
  ));

it("TG-01: entering records the loop, at the first attempt already", () =>
  sameScript(
    `
      loop, other = asyncio.new_event_loop(), asyncio.new_event_loop()
      group = asyncio.TaskGroup()

      def enter():
          try:
              group.__aenter__().send(None)
          except RuntimeError as error:
              print(error)

      async def main():
          async with group:
              await asyncio.sleep(1)

      async def child():
          print("child", t())

      loop.call_soon(enter)
      loop.advance(0)
      try:
          other.run_until_complete(main())
      except RuntimeError as error:
          print(error)

      main_task = loop.create_task(main())
      loop.advance(0)
      task = group.create_task(child())
      print(task.get_loop() is loop)
      loop.run_until_complete(main_task)
      loop.close()
      other.close()
    `,
    (print, newLoop) => {
      const loop = newLoop();
      const other = newLoop();
      const group = new TaskGroup();

      function enter(): void {
        try {
          group.aenter().next();
        } catch (error) {
          print(withoutHint((error as Error).message));
        }
      }
      function* main(): Coroutine {
        yield* asyncWith(group, () => sleep(1));
      }
      function* child(): Coroutine {
        print("child", t());
      }
      loop.callSoon(enter);
      loop.advance(0);
      try {
        other.runUntilComplete(main());
      } catch (error) {
        print(error);
      }
      const mainTask = loop.createTask(main());
      loop.advance(0);
      const task = group.createTask(child());
      print(task.getLoop() === loop);
      loop.runUntilComplete(mainTask);
      loop.close();
      other.close();
    },
  ));

it("TG-01: entering records the task, which a failure then cancels", () =>
  same(
    `
      ${failInPython}

      async def helper(group):
          group.create_task(fail(1, ValueError("x")))
          await asyncio.sleep(2)
          print("helper", t(), asyncio.current_task().cancelling())

      async def main():
          try:
              async with asyncio.TaskGroup() as group:
                  helping = asyncio.create_task(helper(group))
                  try:
                      await asyncio.sleep(5)
                  except asyncio.CancelledError:
                      print("body", t(), asyncio.current_task().cancelling())
                      raise
          except ExceptionGroup as error:
              print(repr(error))
          await helping
    `,
    function* (print) {
      function* helper(group: TaskGroup): Coroutine {
        group.createTask(fail(1, new ValueError("x")));
        yield* sleep(2);
        print("helper", t(), currentTask()?.cancelling());
      }
      let helping: Task<void> | undefined;
      try {
        yield* asyncWith(new TaskGroup(), function* (group) {
          helping = createTask(helper(group));
          try {
            yield* sleep(5);
          } catch (error) {
            print("body", t(), currentTask()?.cancelling());
            throw error;
          }
        });
      } catch (error) {
        print(repr(error));
      }
      if (helping) yield* helping;
    },
  ));

it("TG-02: the repr counts tasks and errors and says 'entered' or 'cancelling'", () =>
  same(
    `
      async def child(group):
          try:
              await asyncio.sleep(9)
          except asyncio.CancelledError:
              print("child", group)
              raise

      ${failInPython}

      async def main():
          group = asyncio.TaskGroup()
          print(group)
          try:
              async with group:
                  print(group)
                  group.create_task(child(group))
                  group.create_task(fail(1, ValueError("x")))
                  group.create_task(fail(1, ValueError("y")))
                  print(repr(group))
                  try:
                      await asyncio.sleep(5)
                  except asyncio.CancelledError:
                      print("body", group)
                      raise
          except ExceptionGroup:
              print("failed", group)
          async with asyncio.TaskGroup() as group:
              group.create_task(asyncio.sleep(1))
          print("succeeded", group)
    `,
    function* (print) {
      function* child(group: TaskGroup): Coroutine {
        try {
          yield* sleep(9);
        } catch (error) {
          print("child", group);
          throw error;
        }
      }
      let group = new TaskGroup();
      print(group);
      try {
        yield* asyncWith(group, function* () {
          print(group);
          group.createTask(child(group));
          group.createTask(fail(1, new ValueError("x")));
          group.createTask(fail(1, new ValueError("y")));
          print(repr(group));
          try {
            yield* sleep(5);
          } catch (error) {
            print("body", group);
            throw error;
          }
        });
      } catch {
        print("failed", group);
      }
      group = new TaskGroup();
      yield* asyncWith(group, function* () {
        group.createTask(sleep(1));
      });
      print("succeeded", group);
    },
  ));

it("TG-02: the repr says 'cancelling' without errors when only the body failed", () =>
  same(
    `
      async def child(group):
          try:
              await asyncio.sleep(9)
          finally:
              print(group)

      async def main():
          try:
              async with asyncio.TaskGroup() as group:
                  group.create_task(child(group))
                  await asyncio.sleep(1)
                  raise ValueError("x")
          except ExceptionGroup:
              print(group)
    `,
    function* (print) {
      const group = new TaskGroup();
      function* child(): Coroutine {
        try {
          yield* sleep(9);
        } finally {
          print(group);
        }
      }
      try {
        yield* asyncWith(group, function* () {
          group.createTask(child());
          yield* sleep(1);
          throw new ValueError("x");
        });
      } catch {
        print(group);
      }
    },
  ));

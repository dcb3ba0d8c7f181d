import {
  allTasks,
  type Coroutine,
  createTask,
  currentTask,
  gather,
  getRunningLoop,
  sleep,
  type Task,
} from "@yieldstar/loop";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { type Print, same } from "../../../src/same.ts";
import { current } from "../outcomes.ts";
import { helpers, names } from "./helpers.ts";

describe("EA-09: eager tasks nest", () => {
  it("EA-09: eager tasks run depth first, plain tasks in the order of their creation", () => {
    const python = (eager: string): string => `
      async def node(name, depth):
          print("begin", name)
          if depth > 0:
              children = [asyncio.create_task(node(f"{name}.{index}", depth - 1), eager_start=${eager}) for index in (1, 2)]
              print("children of", name, [child.done() for child in children])
              await asyncio.gather(*children)
          print("end", name)

      async def main():
          await asyncio.create_task(node("root", 2), eager_start=${eager})
    `;
    const port = (eagerStart: boolean) =>
      function* (print: Print): Coroutine {
        function* node(name: string, depth: number): Coroutine {
          print("begin", name);
          if (depth > 0) {
            const children = [1, 2].map((index) => createTask(node(`${name}.${index}`, depth - 1), { eagerStart }));
            print(
              "children of",
              name,
              children.map((child) => child.done()),
            );
            yield* gather(children);
          }
          print("end", name);
        }
        yield* createTask(node("root", 2), { eagerStart });
      };
    return Promise.all([same(python("True"), port(true)), same(python("False"), port(false))]);
  });

  it("EA-09: an eager step runs before createTask returns, and so before the creator's next line", () =>
    same(
      `
      ${helpers}
      async def append(list, value):
          list.append(value)

      async def main():
          for eager in (False, True):
              values = []
              task = asyncio.create_task(append(values, "of task"), eager_start=eager)
              values.append("of main")
              await task
              print(values)
    `,
      function* (print) {
        function* append(list: string[], value: string): Coroutine {
          list.push(value);
        }
        for (const eagerStart of [false, true]) {
          const values: string[] = [];
          const task = createTask(append(values, "of task"), { eagerStart });
          values.push("of main");
          yield* task;
          print(values);
        }
      },
    ));

  it("EA-09: an eager task may cancel its creator, which gets the error when it next waits", () =>
    same(
      `
      async def cancel(task):
          print(task.cancel("by child"), task.cancelling())

      async def main():
          main_task = asyncio.current_task()
          asyncio.create_task(cancel(main_task), eager_start=True)
          print("still running", main_task.cancelling())
          try:
              await asyncio.sleep(1)
          except asyncio.CancelledError as error:
              print(repr(error), t())
    `,
      function* (print) {
        function* cancel(task: Task<unknown>): Coroutine {
          print(task.cancel("by child"), task.cancelling());
        }
        const mainTask = currentTask() as Task<unknown>;
        createTask(cancel(mainTask), { eagerStart: true });
        print("still running", mainTask.cancelling());
        try {
          yield* sleep(1);
        } catch (error) {
          print(repr(error), getRunningLoop().time());
        }
      },
    ));

  it("EA-09: eager tasks nest many levels deep", () =>
    same(
      `
      async def nest(depth):
          if depth == 0:
              return len(asyncio.all_tasks())
          return await asyncio.create_task(nest(depth - 1), eager_start=True)

      async def main():
          print(await nest(50), len(asyncio.all_tasks()))
    `,
      function* (print) {
        function* nest(depth: number): Coroutine<number> {
          return depth === 0 ? allTasks().size : yield* createTask(nest(depth - 1), { eagerStart: true });
        }
        print(yield* nest(50), allTasks().size);
      },
    ));
});

describe("EA-10: all tasks", () => {
  it("EA-10: all_tasks() includes an eager task during its first step, and after it while it is pending", () =>
    same(
      `
      ${helpers}
      async def eager(delay):
          print(current(), names())
          if delay:
              await asyncio.sleep(delay)
              print(current(), names())

      async def main():
          asyncio.current_task().set_name("main")
          plain = asyncio.create_task(asyncio.sleep(2), name="plain")
          asyncio.create_task(eager(0), name="quick", eager_start=True)
          print(names())
          slow = asyncio.create_task(eager(1), name="slow", eager_start=True)
          print(names())
          await plain
          print(names())
    `,
      function* (print) {
        function* eager(delay: number): Coroutine {
          print(current(), names());
          if (delay > 0) {
            yield* sleep(delay);
            print(current(), names());
          }
        }
        currentTask()?.setName("main");
        const plain = createTask(sleep(2), { name: "plain" });
        createTask(eager(0), { name: "quick", eagerStart: true });
        print(names());
        createTask(eager(1), { name: "slow", eagerStart: true });
        print(names());
        yield* plain;
        print(names());
      },
    ));

  it("EA-10: all_tasks() includes each task of a chain of eager first steps", () =>
    same(
      `
      ${helpers}
      async def eager(depth):
          print(current(), sorted(names()))
          if depth < 3:
              asyncio.create_task(eager(depth + 1), name=f"task {depth + 1}", eager_start=True)
          await asyncio.sleep(depth)

      async def main():
          asyncio.current_task().set_name("main")
          asyncio.create_task(eager(1), name="task 1", eager_start=True)
          print(sorted(names()))
          await asyncio.sleep(2.5)
          print(names())
    `,
      function* (print) {
        function* eager(depth: number): Coroutine {
          print(current(), names().sort());
          if (depth < 3) createTask(eager(depth + 1), { name: `task ${depth + 1}`, eagerStart: true });
          yield* sleep(depth);
        }
        currentTask()?.setName("main");
        createTask(eager(1), { name: "task 1", eagerStart: true });
        print(names().sort());
        yield* sleep(2.5);
        print(names());
      },
    ));
});

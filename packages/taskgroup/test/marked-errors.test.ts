import { asyncWith, coroutine, type Coroutine, sleep } from "@yieldstar/loop";
import { type ExceptionGroup, TaskGroup } from "@yieldstar/taskgroup";
import { runVirtual } from "@yieldstar/testing";
import { expect, it } from "vitest";

it("the error of a task in a group names the marked functions that awaited it", () => {
  class Database {
    *query(): Coroutine {
      yield* sleep(0);
      throw new Error("sql");
    }
    *find(): Coroutine {
      yield* this.query();
    }
  }
  coroutine(Database);
  function* main(): Coroutine {
    yield* asyncWith(new TaskGroup(), function* (group) {
      group.createTask(new Database().find());
      yield* sleep(1);
    });
  }
  let stack: string | undefined;
  try {
    runVirtual(main());
  } catch (error) {
    ({ stack } = (error as ExceptionGroup).exceptions[0] as Error);
  }
  expect(stack).toMatch(/^Error: sql\n +at .*query.*\n[^]*\n {4}at async find$/);
});

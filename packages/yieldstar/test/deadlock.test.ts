import { VirtualTimeLoop } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";
import {
  asyncWith,
  type Coroutine,
  createTask,
  DeadlockError,
  sleep,
  type Task,
  TaskGroup,
  timeout,
  waitFor,
} from "yieldstar";

/** The message of the `DeadlockError` that a program ends with. */
function messageOf(main: Coroutine): string {
  try {
    new VirtualTimeLoop().runUntilComplete(main);
  } catch (error) {
    if (error instanceof DeadlockError) return error.message;
    throw error;
  }
  throw new Error("there was no deadlock");
}

const first = "nothing is ready and no timer is set, but these tasks wait for each other:";

describe("the message of a deadlock names tasks that wait for each other", () => {
  it("when a task of a group waits for the task that waits for the group", () => {
    function* main(): Coroutine {
      const parent: Task<void> = createTask(
        asyncWith(new TaskGroup(), function* (group) {
          yield* sleep(0);
          group.createTask(
            (function* () {
              yield* parent;
            })(),
            { name: "child" },
          );
        }),
        { name: "parent" },
      );
      yield* parent;
    }
    expect(messageOf(main())).toContain(`${first}\n  'parent' -> 'child' -> 'parent'\nthese tasks are pending:\n`);
  });

  it("when they wait inside timeouts without a deadline", () => {
    function* main(): Coroutine {
      const tasks: Task<void>[] = [];
      function* link(index: number): Coroutine {
        yield* sleep(0);
        yield* asyncWith(timeout(null), () => waitFor(tasks[1 - index] as Task<void>, null));
      }
      tasks.push(createTask(link(0), { name: "a" }), createTask(link(1), { name: "b" }));
      yield* tasks[0] as Task<void>;
    }
    expect(messageOf(main())).toContain(`${first}\n  'a' -> 'b' -> 'a'\n`);
  });
});

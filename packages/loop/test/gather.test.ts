import { type Coroutine, gather, getRunningLoop, Task } from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";

describe("gather", () => {
  it("runs a coroutine that is passed twice once, whatever the task factory makes of it", () => {
    let runs = 0;
    function* work(): Coroutine<number> {
      runs += 1;
      return 5;
    }
    function* wrap<T>(coroutine: Coroutine<T>): Coroutine<T> {
      return yield* coroutine;
    }
    function* main(): Coroutine<number[]> {
      getRunningLoop().setTaskFactory((loop, coroutine, options) => new Task(wrap(coroutine), { loop, ...options }));
      const coroutine = work();
      return yield* gather([coroutine, coroutine]);
    }
    expect(runVirtual(main())).toEqual([5, 5]);
    expect(runs).toBe(1);
  });
});

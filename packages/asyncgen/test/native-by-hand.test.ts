import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { aclosing, aiter, anext } from "@yieldstar/asyncgen";
import {
  asyncWith,
  CancelledError,
  type Coroutine,
  createTask,
  EventLoop,
  fromPromise,
  run,
  sleep,
} from "@yieldstar/loop";
import { describe, expect, it } from "vitest";
import { noting, outcomeOf, turns } from "./native-helpers.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

describe("a native iterator that is iterated by hand", () => {
  it("gives a value to the next anext() if the task that waited for it was cancelled", async () => {
    const iterator = aiter(noting([]));
    function* main(): Coroutine<unknown[]> {
      const task = createTask(anext(iterator));
      yield* sleep(0);
      task.cancel();
      const outcome = yield* outcomeOf(task);
      expect(outcome).toBeInstanceOf(CancelledError);
      return [yield* anext(iterator), yield* anext(iterator), yield* anext(iterator), yield* anext(iterator, "end")];
    }
    expect(await run(main())).toEqual([1, 2, 3, "end"]);
  });

  it("does so too if the value had come, and the cancelled task had not seen it yet", async () => {
    let settle: (result: IteratorResult<string>) => void = () => {};
    const promise = new Promise<IteratorResult<string>>((resolve) => (settle = resolve));
    const iterator = aiter({ [Symbol.asyncIterator]: () => ({ next: () => promise }) });
    function* main(): Coroutine<unknown> {
      const task = createTask(anext(iterator));
      yield* sleep(0);
      // This uses up the turn's budget: a task that the next promise wakes has to wait for the host.
      yield* fromPromise(Promise.resolve());
      void promise.then(() => task.cancel());
      settle({ done: false, value: "kept" });
      expect(yield* outcomeOf(task)).toBeInstanceOf(CancelledError);
      return yield* anext(iterator);
    }
    expect(await run(main(), { loopFactory: () => new EventLoop({ turnBudget: 0 }) })).toBe("kept");
  });

  it("keeps no memory of cancelled tasks that waited for a slow value", async () => {
    const silent = new Promise<never>(() => {});
    const iterator = aiter({ [Symbol.asyncIterator]: () => ({ next: () => silent }) });
    const used = (): number => {
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    function* waitInVain(times: number): Coroutine {
      for (let count = 0; count < times; count += 1) {
        const task = createTask(anext(iterator));
        yield* sleep(0);
        task.cancel();
        yield* outcomeOf(task);
      }
    }
    function* main(): Coroutine<number> {
      yield* waitInVain(500);
      const before = used();
      yield* waitInVain(4000);
      return (used() - before) / 4000;
    }
    expect(await run(main())).toBeLessThan(100);
  });

  it("is closed as usual when such a value has come and no task takes it", async () => {
    const notes: unknown[] = [];
    const iterator = aiter(noting(notes));
    function* main(): Coroutine {
      const task = createTask(anext(iterator));
      yield* sleep(0);
      task.cancel();
      yield* outcomeOf(task);
      yield* turns();
      yield* iterator.aclose();
      notes.push("closed");
    }
    await run(main());
    expect(notes).toEqual(["cleaning up", "clean", "closed"]);
  });

  it("is closed by aclosing, which waits for it", async () => {
    const notes: unknown[] = [];
    function* main(): Coroutine {
      yield* asyncWith(aclosing(aiter(noting(notes))), function* (iterator) {
        notes.push(yield* anext(iterator));
      });
      notes.push("left");
    }
    await run(main());
    expect(notes).toEqual([1, "cleaning up", "clean", "left"]);
  });

  it("is closed once, and is then at its end", async () => {
    const notes: unknown[] = [];
    const iterator = aiter(noting(notes));
    function* main(): Coroutine<unknown> {
      yield* anext(iterator);
      yield* iterator.aclose();
      yield* iterator.aclose();
      return yield* anext(iterator, "end");
    }
    expect(await run(main())).toBe("end");
    expect(notes).toEqual(["cleaning up", "clean"]);
  });
});

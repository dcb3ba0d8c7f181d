import { createTask, DeadlockError, getRunningLoop, sleep } from "@yieldstar/loop";
import { VirtualTimeLoop } from "@yieldstar/testing";
import { expect, it } from "vitest";

// So few wait in the heap for their turn to be dropped, and so many are dropped together.
it.each([1, 500])("%i cancelled sleeps are no reason to wait until they would have ended", (count) => {
  const loop = new VirtualTimeLoop();
  function* main() {
    const sleepers = Array.from({ length: count }, () => createTask(sleep(10)));
    yield* sleep(1);
    for (const sleeper of sleepers) sleeper.cancel();
    yield* getRunningLoop().createFuture<void>();
  }
  expect(() => loop.runUntilComplete(main())).toThrow(DeadlockError);
  expect(loop.time()).toBe(1);
  loop.close();
});

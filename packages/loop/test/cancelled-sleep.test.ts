import { createTask, DeadlockError, getRunningLoop, sleep } from "@yieldstar/loop";
import { VirtualTimeLoop } from "@yieldstar/testing";
import { expect, it } from "vitest";

// One cancelled timer stays in the heap until its turn; hundreds are dropped together.
it.each([1, 500])("%i cancelled sleeps do not keep the loop waiting for their ends", (count) => {
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

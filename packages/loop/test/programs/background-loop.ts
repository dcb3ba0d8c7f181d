// Calls of `toPromise` keep the process alive while something runs, and not longer.

import { asyncWith, cancelOnAbort, type Coroutine, createTask, sleep, toPromise } from "@yieldstar/loop";

// It does not keep the process alive by itself, but could wake a waiting loop.
setInterval(() => {}, 1000).unref();

function* leftBehind(): Coroutine {
  yield* sleep(0.05);
  console.log("left behind");
}

function* main(): Coroutine {
  createTask(leftBehind());
  // Longer than the test waits.
  yield* asyncWith(cancelOnAbort(AbortSignal.timeout(120_000)), function* () {
    yield* sleep(0.01);
  });
  console.log("main");
}

void toPromise(main());

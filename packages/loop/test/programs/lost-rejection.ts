// Ends with a rejection that was never awaited, and with one that was.

import { type Coroutine, fromPromise, run, sleep } from "@yieldstar/loop";

const kept = fromPromise(Promise.reject(new Error("never awaited")));

function* main(): Coroutine {
  const awaited = fromPromise(Promise.reject(new Error("awaited")));
  yield* sleep(0.001);
  try {
    yield* awaited;
  } catch {
    console.log("caught");
  }
}

await run(main());
console.log(String(kept));

// Tasks fail and are dropped while the program runs on: prints how many of them are reported before it ends.

import { type Coroutine, createTask, getRunningLoop, run, sleep } from "@yieldstar/loop";

const { gc } = globalThis as { gc?: () => void };
const reported = new Set<string>();

function* failing(index: number): Coroutine {
  yield* sleep(0);
  throw new Error("lost", { cause: new Error(String(index)) });
}

function* main(): Coroutine {
  getRunningLoop().setExceptionHandler((_loop, { exception }) => {
    reported.add(String(exception?.cause));
    if (!exception?.stack?.includes("failing")) console.log(exception?.stack);
  });
  for (let index = 0; index < 100; index += 1) createTask(failing(index));
  for (let count = 0; count < 5; count += 1) {
    yield* sleep(0.01);
    gc?.();
  }
  console.log(`reported while it runs: ${reported.size}`);
}

await run(main());
console.log(`reported: ${reported.size}`);

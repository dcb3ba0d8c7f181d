// Promise code leaves tasks behind that fail. The page keeps the reports; the test runs the collector.

import { type Coroutine, createTask, sleep, toPromise } from "@yieldstar/loop";

const page = globalThis as { told?: string[]; isReady?: boolean };
const told: string[] = [];
page.told = told;
console.error = (text: string, error: Error) => told.push(`${text.split("\n")[0]}: ${error.message}`);

function* failing(index: number): Coroutine {
  yield* sleep(0);
  throw new Error(`lost ${index}`);
}

function* handler(): Coroutine {
  for (let index = 0; index < 3; index += 1) createTask(failing(index));
  yield* sleep(0.001);
}

await toPromise(handler());
// Removes the references that the engine keeps from the last step.
await toPromise(sleep(0.001));
page.isReady = true;

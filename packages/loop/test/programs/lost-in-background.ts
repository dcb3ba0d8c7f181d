// A task that promise code has left behind fails, and the process ends by itself before any collection.

import { type Coroutine, createTask, sleep, toPromise } from "@yieldstar/loop";

function* background(): Coroutine {
  yield* sleep(0.01);
  throw new Error("the database is gone");
}

function* handler(): Coroutine<string> {
  createTask(background(), { name: "background" });
  return "response";
}

console.log(await toPromise(handler()));

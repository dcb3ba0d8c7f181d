// Ends in the middle of a step, with unretrieved errors on several loops. Each is reported once.

import { type Coroutine, createTask, EventLoop, getRunningLoop, run, sleep, toPromise } from "@yieldstar/loop";

function* failing(text: string): Coroutine {
  throw new Error(text);
}

function* handled(): Coroutine {
  getRunningLoop().setExceptionHandler((_loop, { message, exception }) => {
    console.log(`handler: ${message}: ${exception?.message}`);
    // A handler that ends the program at the first such error: the program is ending already.
    if (exception?.message === "earlier") throw new Error("the handler fails");
  });
  createTask(failing("earlier"));
  createTask(failing("seen")).addDoneCallback((task) => void task.exception());
  yield* sleep(0.001);
  createTask(failing("in the same iteration"));
  yield* sleep(0);
  process.exit(3);
}

function* leftBehind(): Coroutine {
  createTask(failing("in the background"));
}

// The program's own listener was first, and ends the process at once.
process.on("exit", () => {
  console.log("exit listener");
  process.exit(5);
});
const unrun = new EventLoop();
unrun.createFuture().setException(new Error("on a loop that never ran"));
const closed = new EventLoop();
closed.createFuture().setException(new Error("on a loop that was closed"));
closed.close();
await toPromise(leftBehind());
console.log(`${process.listenerCount("exit") > 1}`);
await run(handled());

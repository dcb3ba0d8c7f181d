import { type Coroutine, DeadlockError, fromPromise, getRunningLoop, newEventLoop, run } from "@yieldstar/loop";

function* waitForFuture(): Coroutine {
  setTimeout(() => console.log("the unrefed timer wakes no task"), 250).unref();
  yield* getRunningLoop().createFuture();
}

function* waitForPromise(): Coroutine {
  yield* fromPromise(new Promise(() => {}));
}

const runs = [waitForFuture, waitForPromise].map(async (main) => {
  try {
    await run(main(), { loopFactory: newEventLoop });
  } catch (error) {
    console.log(`${main.name}: ${error instanceof DeadlockError}`);
  }
});
await Promise.all(runs);
console.log(`${process.listenerCount("beforeExit")} listeners are left`);

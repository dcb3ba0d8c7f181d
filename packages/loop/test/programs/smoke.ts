import {
  CancelledError,
  type Coroutine,
  createTask,
  fromPromise,
  gather,
  getRunningLoop,
  run,
  sleep,
} from "@yieldstar/loop";

/** Gives up after a number of iterations, since a time limit would depend on the machine. */
function* spin(until: () => boolean): Coroutine<number> {
  let iterations = 0;
  for (; !until() && iterations < 10_000_000; iterations++) yield* sleep(0);
  return iterations;
}

function* main(): Coroutine {
  const loop = getRunningLoop();
  const start = loop.time();
  const results = yield* gather([sleep(0.02, "slow"), sleep(0.01, "quick"), fromPromise(Promise.resolve("promised"))]);
  console.log(results.join(" "));
  console.log(loop.time() - start >= 0.02);

  const cancelled = createTask(sleep(60));
  yield* sleep(0);
  cancelled.cancel();
  try {
    yield* cancelled;
  } catch (error) {
    console.log(error instanceof CancelledError);
  }

  let fired = false;
  setTimeout(() => (fired = true), 5);
  console.log((yield* spin(() => fired)) > 0 && fired);
}

await run(main());

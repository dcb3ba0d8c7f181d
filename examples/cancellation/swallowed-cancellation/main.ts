// A task that swallows CancelledError ignores a request to stop. The careless worker treats every error as a lost
// answer and tries again: its parent's deadline passes without a TimeoutError, and a shutdown has to cancel until the
// worker stops trying. A worker that never stops would make it hang for ever. The cure is to catch less: JavaScript's
// `catch` catches everything, so the code throws on by hand what Python's `except Exception` lets through.
import * as asyncio from "yieldstar";

function* careless(): asyncio.Coroutine {
  for (let attempt = 1; attempt < 4; attempt++) {
    try {
      return yield* asyncio.sleep(0.5);
    } catch {
      console.log(`  attempt ${attempt} failed, trying again`);
    }
  }
}

function* careful(): asyncio.Coroutine {
  for (let attempt = 1; attempt < 4; attempt++) {
    try {
      return yield* asyncio.sleep(0.5);
    } catch (error) {
      if (!(error instanceof asyncio.Exception)) throw error;
      console.log(`  attempt ${attempt} failed, trying again`);
    }
  }
}

function* runWithDeadline(worker: asyncio.Coroutine): asyncio.Coroutine {
  const loop = asyncio.getRunningLoop();
  const start = loop.time();
  try {
    yield* asyncio.asyncWith(asyncio.timeout(0.3), function* () {
      yield* worker;
    });
    console.log(`  the deadline of 0.3 s was lost, it took ${(loop.time() - start).toFixed(1)} s`);
  } catch (error) {
    if (!(error instanceof asyncio.TimeoutError)) throw error;
    console.log(`  TimeoutError after ${(loop.time() - start).toFixed(1)} s`);
  }
}

function* shutDown(worker: asyncio.Coroutine): asyncio.Coroutine {
  const task = asyncio.createTask(worker);
  yield* asyncio.sleep(0.1);
  task.cancel();
  yield* asyncio.sleep(0.1);
  while (!task.done()) {
    console.log("  shutdown: still running, asking again");
    task.cancel();
    yield* asyncio.sleep(0.1);
  }
  console.log(`  shutdown: ${task.cancelled() ? "cancelled" : "ended, but not cancelled"}`);
}

function* main(): asyncio.Coroutine {
  console.log("careless:");
  yield* runWithDeadline(careless());
  yield* shutDown(careless());
  console.log("careful:");
  yield* runWithDeadline(careful());
  yield* shutDown(careful());
}

await asyncio.run(main());

// A deadline can be moved while the block runs. This download may take as long as it likes, but no longer than half a
// second between two parts: there is no deadline until it is connected, and every part that comes moves the deadline.
import * as asyncio from "yieldstar";

function* download(idle: asyncio.Timeout): asyncio.Coroutine {
  const loop = asyncio.getRunningLoop();
  yield* asyncio.sleep(0.7);
  console.log("connected");
  for (const [index, seconds] of [0.2, 0.2, 0.2, 5.0].entries()) {
    idle.reschedule(loop.time() + 0.5);
    yield* asyncio.sleep(seconds);
    console.log(`part ${index + 1}`);
  }
}

function* main(): asyncio.Coroutine {
  const loop = asyncio.getRunningLoop();
  const start = loop.time();
  try {
    yield* asyncio.asyncWith(asyncio.timeout(null), function* (idle) {
      yield* download(idle);
    });
    console.log("complete");
  } catch (error) {
    if (!(error instanceof asyncio.TimeoutError)) throw error;
    console.log(`stalled: given up after ${(loop.time() - start).toFixed(1)} s`);
  }
}

await asyncio.run(main());

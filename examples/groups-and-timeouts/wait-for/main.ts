// `waitFor` gives a single await a deadline. In time, it returns the result; too late, it cancels the awaited task and
// throws TimeoutError, but only after the task has cleaned up: the caller can be sure that nothing runs on in the
// background.
import * as asyncio from "yieldstar";

function* load(page: string, seconds: number): asyncio.Coroutine<string> {
  try {
    yield* asyncio.sleep(seconds);
    return `<h1>${page}</h1>`;
  } finally {
    yield* asyncio.sleep(0.2);
    console.log(`${page}: connection closed`);
  }
}

function* show(page: string, seconds: number): asyncio.Coroutine {
  const loop = asyncio.getRunningLoop();
  const start = loop.time();
  try {
    const text = yield* asyncio.waitFor(load(page, seconds), 0.6);
    console.log(`${page}: ${text} after ${(loop.time() - start).toFixed(1)} s`);
  } catch (error) {
    if (!(error instanceof asyncio.TimeoutError)) throw error;
    console.log(`${page}: timed out after ${(loop.time() - start).toFixed(1)} s`);
  }
}

function* main(): asyncio.Coroutine {
  yield* show("news", 0.1);
  yield* show("archive", 10);
}

await asyncio.run(main());

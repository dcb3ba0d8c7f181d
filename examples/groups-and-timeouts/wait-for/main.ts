// `waitFor` gives a single await a deadline. In time, it gives the result; too late, it cancels what it waits for and
// throws TimeoutError, but not before that has cleaned up: the caller may be sure that nothing runs on behind it.
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

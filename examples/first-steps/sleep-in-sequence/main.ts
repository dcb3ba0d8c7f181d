// Two waits in sequence take as long as both together. Awaiting a coroutine runs it to its end before the next line, so
// the coffee starts only when the toast is ready.
import * as asyncio from "yieldstar";

function* prepare(what: string, seconds: number): asyncio.Coroutine<string> {
  console.log(`${what}: started`);
  yield* asyncio.sleep(seconds);
  console.log(`${what}: ready`);
  return what;
}

function* main(): asyncio.Coroutine {
  const loop = asyncio.getRunningLoop();
  const start = loop.time();

  const toast = yield* prepare("toast", 0.4);
  const coffee = yield* prepare("coffee", 0.8);

  console.log(`${toast} and ${coffee} after ${(loop.time() - start).toFixed(1)} s`);
}

await asyncio.run(main());

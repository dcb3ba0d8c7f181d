import { type Coroutine, type Future, getRunningLoop, KeyboardInterrupt, run, sleep } from "@yieldstar/loop";

function* swallowing(): Coroutine<string> {
  try {
    console.log("swallowing");
    yield* sleep(60);
  } catch {
    yield* sleep(0.01);
  }
  return "swallowed";
}

console.log(await run(swallowing()));

function* failing(): Coroutine {
  console.log("failing");
  yield* sleep(60);
}

try {
  await run(failing());
} catch (error) {
  if (!(error instanceof KeyboardInterrupt)) throw error;
  console.log(`caught, and ${process.listenerCount("SIGINT")} listeners are left`);
}

let heard: Future<string> | undefined;
process.once("SIGINT", () => heard?.setResult("heard by its own listener"));

function* hearing(): Coroutine<string> {
  const loop = getRunningLoop();
  // Keeps the process alive as long as the loop runs, and no longer.
  loop.callLater(3600, () => console.log("never"));
  heard = loop.createFuture<string>();
  console.log("hearing");
  return yield* heard;
}

console.log(await run(hearing()));

import { type Coroutine, getRunningLoop, run, sleep } from "@yieldstar/loop";

function* main(): Coroutine {
  const loop = getRunningLoop();
  const terminated = loop.createFuture<string>();
  loop.addSignalHandler("SIGTERM", () => terminated.setResult("SIGTERM"));
  console.log("serving");
  try {
    // Only the signal can end this.
    console.log(`ended by ${yield* terminated}`);
  } finally {
    yield* sleep(0.01);
    console.log("cleaned up");
  }
}

await run(main());
console.log(`${process.listenerCount("SIGTERM")} listeners are left`);

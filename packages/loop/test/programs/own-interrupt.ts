import { type Coroutine, getRunningLoop, run, sleep } from "@yieldstar/loop";

function* main(): Coroutine {
  const loop = getRunningLoop();
  const heard = loop.createFuture<void>();
  loop.addSignalHandler("SIGINT", () => heard.setResult());
  console.log("first");
  yield* heard;
  console.log("heard, and not cancelled");
  loop.removeSignalHandler("SIGINT");
  console.log("second");
  yield* sleep(60);
}

await run(main());

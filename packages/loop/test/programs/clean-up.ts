import { type Coroutine, run, sleep } from "@yieldstar/loop";

function* main(): Coroutine {
  try {
    console.log("ready");
    yield* sleep(60);
  } catch (error) {
    console.log("cleaning up");
    yield* sleep(0.01);
    console.log("cleaned up");
    throw error;
  }
}

await run(main());

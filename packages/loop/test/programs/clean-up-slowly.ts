import { type Coroutine, run, sleep } from "@yieldstar/loop";

function* main(): Coroutine {
  try {
    console.log("ready");
    yield* sleep(60);
  } finally {
    try {
      console.log("cleaning up");
      yield* sleep(60);
    } finally {
      console.log("interrupted");
    }
  }
}

await run(main());

import { type Coroutine, run, sleep } from "@yieldstar/loop";

function* main(): Coroutine {
  setTimeout(() => {
    throw new Error("thrown elsewhere");
  }, 1);
  yield* sleep(0.05);
  console.log("went on");
}

await run(main());

import { type Coroutine, run, sleep, SystemExit } from "@yieldstar/loop";

function* main(): Coroutine {
  yield* sleep(0);
  throw new SystemExit(3);
}

await run(main());

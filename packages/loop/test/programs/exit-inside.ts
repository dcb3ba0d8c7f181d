import { type Coroutine, run, sleep } from "@yieldstar/loop";

function* main(): Coroutine {
  process.once("exit", (code) => console.log(`exit listener: ${code}`));
  try {
    yield* sleep(0.01);
    process.exit(7);
  } finally {
    console.log("not reached: the process ends where it stands");
  }
}

await run(main());

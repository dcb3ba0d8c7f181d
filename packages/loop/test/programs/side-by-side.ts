import { type Coroutine, run, sleep } from "@yieldstar/loop";

const begun: string[] = [];

function* main(name: string): Coroutine {
  begun.push(name);
  if (begun.length === 2) console.log("ready");
  try {
    yield* sleep(60);
  } finally {
    console.log(`${name} cleans up`);
  }
}

for (const { status } of await Promise.allSettled([run(main("one")), run(main("two"))])) console.log(status);

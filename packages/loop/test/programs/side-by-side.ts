import { type Coroutine, run, sleep } from "@yieldstar/loop";

function* main(name: string): Coroutine {
  try {
    yield* sleep(60);
  } finally {
    console.log(`${name} cleans up`);
  }
}

const runs = Promise.allSettled([run(main("one")), run(main("two"))]);
setTimeout(() => console.log("ready"), 10);
for (const { status } of await runs) console.log(status);

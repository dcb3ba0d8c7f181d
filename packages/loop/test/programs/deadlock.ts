import { type Coroutine, createTask, getRunningLoop, run, sleep } from "@yieldstar/loop";

function* waiter(): Coroutine {
  yield* getRunningLoop().createFuture();
}

function* main(): Coroutine {
  const sleeper = createTask(sleep(3600));
  yield* sleep(0.01);
  sleeper.cancel();
  yield* createTask(waiter(), { name: "waiter" });
}

await run(main());

import { CancelledError, type Coroutine, createTask, gather, getRunningLoop, run, sleep } from "@yieldstar/loop";

function* worker(): Coroutine<string> {
  yield* sleep(0);
  return "worked";
}

function* failing(): Coroutine {
  yield* sleep(0);
  throw new RangeError("failed");
}

function* main(): Coroutine<string> {
  const loop = getRunningLoop();
  const coroutine = worker();
  const results = yield* gather([coroutine, Object.freeze(worker()), sleep(0.001, "slept")]);
  try {
    createTask(coroutine);
  } catch (error) {
    console.log(String(error));
  }
  const cancelled = createTask(sleep(60));
  yield* sleep(0);
  cancelled.cancel("enough");
  try {
    yield* cancelled;
  } catch (error) {
    console.log(error instanceof CancelledError, String(error));
  }
  loop.setExceptionHandler((_loop, { message, exception }) => console.log(message, String(exception)));
  createTask(failing());
  yield* sleep(0.001);
  return results.join();
}

for (const debug of [false, true]) console.log(await run(main(), { debug }));

import { isMainThread, Worker } from "node:worker_threads";
import { type Coroutine, DeadlockError, getRunningLoop, run, sleep } from "@yieldstar/loop";

function* main(): Coroutine {
  yield* sleep(0.01);
  try {
    getRunningLoop().addSignalHandler("SIGTERM", () => {});
  } catch (error) {
    console.log(String(error));
  }
  yield* getRunningLoop().createFuture();
}

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  worker.once("exit", (code) => console.log(`exit ${code}`));
} else {
  await run(main()).catch((error: unknown) => console.log(error instanceof DeadlockError));
}

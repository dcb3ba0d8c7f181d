import { type Coroutine, createTask, getRunningLoop, run, sleep, toPromise } from "@yieldstar/loop";

function* helper(): Coroutine {
  yield* getRunningLoop().createFuture<void>();
}

function* main(): Coroutine<string> {
  createTask(helper(), { name: "helper" });
  yield* sleep(0.01);
  return "done";
}

process.on("SIGUSR1", () => {});
setTimeout(() => {}, 60_000).unref();
console.log(await toPromise(main()));
// A waiting run still keeps the process alive; after it nothing does.
function* other(): Coroutine<string> {
  const future = getRunningLoop().createFuture<string>();
  setTimeout(() => future.setResult("woken"), 200).unref();
  return yield* future;
}
console.log(await run(other()));

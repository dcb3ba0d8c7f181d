import {
  asyncWith,
  cancelOnAbort,
  type Coroutine,
  createTask,
  fromPromise,
  gather,
  run,
  sleep,
  toPromise,
} from "@yieldstar/loop";

function* bound(signal: AbortSignal): Coroutine {
  yield* asyncWith(cancelOnAbort(signal), () => sleep(60));
}

function* main(): Coroutine {
  let given: AbortSignal | undefined;
  const task = createTask(
    fromPromise((...[signal]: [AbortSignal]) => {
      given = signal;
      return new Promise(() => {});
    }),
  );
  yield* sleep(0);
  task.cancel();
  yield* gather([task], { returnExceptions: true });
  const reason = given?.reason as Error | undefined;
  console.log(reason?.name, (reason?.cause as Error | undefined)?.name);
}

const controller = new AbortController();
const { signal } = controller;
signal.addEventListener("abort", (event) => event.stopImmediatePropagation());
const rejected = [toPromise(sleep(60), { signal }), toPromise(bound(signal)), run(bound(signal))].map((promise) =>
  promise.catch((error: unknown) => error === signal.reason),
);
setTimeout(() => controller.abort(), 5);
console.log((await Promise.all(rejected)).join(" "));
await run(main());

// The globals as jest-environment-jsdom leaves them: a process of Node's, no setImmediate, no MessageChannel.
import type { Coroutine } from "@yieldstar/loop";

for (const name of ["setImmediate", "clearImmediate", "MessageChannel"]) Reflect.deleteProperty(globalThis, name);
const { fromPromise, run, sleep, toPromise } = await import("@yieldstar/loop");

function* main(): Coroutine<string> {
  yield* sleep(0.01);
  for (let count = 0; count < 100; count += 1) yield* sleep(0);
  return yield* fromPromise(new Promise<string>((resolve) => setTimeout(resolve, 5, "works")));
}
console.log("run:", await run(main()));
console.log("toPromise:", await toPromise(main()));
console.log("toPromise again:", await toPromise(sleep(0.001, "works")));
process.on("exit", () => console.log("the process ends"));

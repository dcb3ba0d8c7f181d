import { spawn } from "node:child_process";
import { connect, createServer, type Socket } from "node:net";
import { type Coroutine, fromPromise, getRunningLoop, run } from "@yieldstar/loop";

/** Waits until `start` calls the function that it gets. */
function* wait(start: (wake: (what: string) => void) => void): Coroutine {
  const future = getRunningLoop().createFuture<string>();
  start((what) => future.setResult(what));
  console.log(yield* future);
}

function socket(wake: (what: string) => void): void {
  const server = createServer((served: Socket) => {
    served.unref();
    setTimeout(() => served.end(), 150).unref();
    server.close();
  });
  server.listen(0, "127.0.0.1", () => {
    const client = connect((server.address() as { port: number }).port, "127.0.0.1");
    client.once("close", () => wake("an unrefed socket")).resume();
    client.unref();
    server.unref();
  });
}

function* main(): Coroutine {
  yield* wait((wake) => setTimeout(() => wake("an unrefed timer"), 300).unref());
  yield* wait(socket);
  yield* wait((wake) => {
    const child = spawn("sleep", ["0.3"], { stdio: "ignore" });
    child.once("exit", () => wake("an unrefed process"));
    child.unref();
  });
  const promise = new Promise<string>((resolve) => setTimeout(() => resolve("a promise"), 150).unref());
  console.log(yield* fromPromise(promise));
  yield* wait((wake) => AbortSignal.timeout(150).addEventListener("abort", () => wake("an AbortSignal")));
}

await run(main());
console.log(`${process.listenerCount("beforeExit")} listeners are left`);

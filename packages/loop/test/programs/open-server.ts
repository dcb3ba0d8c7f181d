import { createServer, type Server } from "node:net";
import { type Coroutine, getRunningLoop, run } from "@yieldstar/loop";

let server: Server | undefined;

function* main(): Coroutine {
  const listening = getRunningLoop().createFuture<void>();
  server = createServer().listen(0, "127.0.0.1", () => listening.setResult());
  yield* listening;
}

await run(main());
console.log("run has ended");
process.on("exit", () => console.log("the process ends"));
setTimeout(() => {
  console.log("the server still holds the process");
  server?.close();
}, 300).unref();

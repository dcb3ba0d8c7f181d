// jest-environment-jsdom with the usual `global.MessageChannel = require("node:worker_threads").MessageChannel`.
for (const name of ["setImmediate", "clearImmediate"]) Reflect.deleteProperty(globalThis, name);
const { sleep, toPromise } = await import("@yieldstar/loop");

console.log(await toPromise(sleep(0, "at once")));
console.log(await toPromise(sleep(0.01, "later")));
process.on("exit", () => console.log("the process ends"));

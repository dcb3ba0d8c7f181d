// Below the coroutines is a loop that only calls callbacks, soon or at a given time. A call of `runForever` runs it
// until a callback calls `stop`; callbacks that were not called by then stay scheduled. Programs seldom need this:
// tasks and futures are built on it.
import * as asyncio from "yieldstar";

function countDown(loop: asyncio.EventLoop, number: number): void {
  if (number === 0) {
    console.log("lift-off");
    loop.stop();
    return;
  }
  console.log(number);
  loop.callLater(0.2, () => countDown(loop, number - 1));
}

function callOff(handle: asyncio.Handle): void {
  handle.cancel();
  console.log("no rain: the alarm is called off");
}

const loop = asyncio.newEventLoop();
const start = loop.time();
const alarm = loop.callLater(0.5, () => console.log("an alarm that must not be heard"));
loop.callLater(0.3, () => callOff(alarm));
loop.callLater(0.9, () => console.log("the second run: the smoke has gone"));
loop.callLater(1.0, () => loop.stop());
loop.callSoon(() => countDown(loop, 3));
loop.callSoon(() => console.log("all systems are ready"));

await loop.runForever();
console.log(`stopped after ${(loop.time() - start).toFixed(1)} s`);
await loop.runForever();
loop.close();
console.log(`alarm cancelled: ${alarm.cancelled() ? "yes" : "no"}, loop closed: ${loop.isClosed() ? "yes" : "no"}`);

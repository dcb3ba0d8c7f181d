import { type Coroutine, EventLoop, getRunningLoop, run, sleep } from "@yieldstar/loop";

// A handler that replaces another, even from inside a handler, is the only one that is called. In Python it is the
// same.
function* main(signal: string): Coroutine {
  const loop = getRunningLoop();
  let heard = loop.createFuture<void>();
  const hear = (text: string): void => {
    console.log(text);
    if (!heard.done()) heard.setResult();
  };
  function* send(): Coroutine {
    heard = loop.createFuture<void>();
    process.kill(process.pid, signal);
    yield* heard;
    yield* sleep(0.02);
  }
  loop.addSignalHandler(signal, () => hear("first"));
  loop.addSignalHandler(signal, () => hear("second"));
  yield* send();
  loop.addSignalHandler(signal, () => {
    hear("replacing");
    loop.addSignalHandler(signal, () => hear("replaced"));
  });
  yield* send();
  yield* send();
  const ignoring = (): void => {
    loop.addSignalHandler(signal, () => hear("ignored"));
    loop.addSignalHandler(signal, restoring);
    hear("ignoring");
  };
  const restoring = (): void => {
    console.log(loop.removeSignalHandler(signal), loop.removeSignalHandler(signal));
    loop.addSignalHandler(signal, ignoring);
    hear("restoring");
  };
  loop.addSignalHandler(signal, ignoring);
  for (let count = 0; count < 3; count += 1) yield* send();
  console.log(loop.removeSignalHandler(signal));
}

await run(main("SIGTERM"));
await run(main("SIGINT"));

let begun = 0;

/** Ctrl-C cancels it unless it listens itself, whatever other code does. */
function* sideBySide(name: string, handlers: number): Coroutine {
  const loop = getRunningLoop();
  const heard = loop.createFuture<void>();
  for (let count = 1; count <= handlers; count += 1) {
    loop.addSignalHandler("SIGINT", () => {
      console.log(`${name} hears by ${count}`);
      heard.setResult();
    });
  }
  begun += 1;
  if (begun === 3) process.kill(process.pid, "SIGINT");
  try {
    yield* heard;
    yield* sleep(0.02);
  } catch (error) {
    console.log(`${name} is cancelled`);
    throw error;
  }
}

const runs = [run(sideBySide("a", 2)), run(sideBySide("b", 0)), run(sideBySide("c", 3))];
console.log((await Promise.allSettled(runs)).map(({ status }) => status).join(" "));

const before = { isHeard: false };

/** A handler that was set before the run, and is removed during it. */
function* setBefore(): Coroutine {
  const loop = getRunningLoop();
  process.kill(process.pid, "SIGINT");
  while (!before.isHeard) yield* sleep(0.001);
  console.log(loop.removeSignalHandler("SIGINT"));
  process.kill(process.pid, "SIGINT");
  yield* sleep(60);
}

const loopFactory = (): EventLoop => {
  const loop = new EventLoop();
  loop.addSignalHandler("SIGINT", () => {
    console.log("set before");
    before.isHeard = true;
  });
  return loop;
};
await run(setBefore(), { loopFactory }).catch((error: Error) => console.log(error.name));
console.log(process.listenerCount("SIGINT"), process.listenerCount("SIGTERM"));

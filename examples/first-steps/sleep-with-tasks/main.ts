// Two waits in tasks take as long as the longer one. A task runs by itself as soon as `main` waits for something;
// awaiting it gives its result. Keep each task in a variable: nothing awaits a task that was made and forgotten.
import * as asyncio from "yieldstar";

function* prepare(what: string, seconds: number): asyncio.Coroutine<string> {
  console.log(`${what}: started`);
  yield* asyncio.sleep(seconds);
  console.log(`${what}: ready`);
  return what;
}

function* main(): asyncio.Coroutine {
  const loop = asyncio.getRunningLoop();
  const start = loop.time();

  const toastTask = asyncio.createTask(prepare("toast", 0.4));
  const coffeeTask = asyncio.createTask(prepare("coffee", 0.8));
  console.log("two tasks made, none started");

  const toast = yield* toastTask;
  const coffee = yield* coffeeTask;

  console.log(`${toast} and ${coffee} after ${(loop.time() - start).toFixed(1)} s`);
}

await asyncio.run(main());

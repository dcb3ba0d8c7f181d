// A cancelled task cleans up in `finally`, and may even wait there. A cancel is only a request: CancelledError is
// thrown into the task where it waits, and the task ends when that error leaves it. So await a task after you have
// cancelled it.
import * as asyncio from "yieldstar";

function* listen(): asyncio.Coroutine {
  console.log("connection: open");
  try {
    yield* asyncio.sleep(60);
    console.log("connection: a message");
  } finally {
    console.log("connection: saying goodbye");
    yield* asyncio.sleep(0.3);
    console.log("connection: closed");
  }
}

function* main(): asyncio.Coroutine {
  const loop = asyncio.getRunningLoop();
  const task = asyncio.createTask(listen());
  yield* asyncio.sleep(0.5);

  const start = loop.time();
  task.cancel();
  console.log("main: asked the task to stop");
  try {
    yield* task;
  } catch (error) {
    if (!(error instanceof asyncio.CancelledError)) throw error;
    console.log(`main: it has stopped, ${(loop.time() - start).toFixed(1)} s later`);
  }
}

await asyncio.run(main());

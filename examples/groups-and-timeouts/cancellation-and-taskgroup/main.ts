// A deadline ends a group of tasks, and each of them cleans up. The deadline cancels the task that runs the block; the
// group passes that on to its own tasks and waits until they have cleaned up, and only then the block ends.
import * as asyncio from "yieldstar";

function* worker(name: string): asyncio.Coroutine<never> {
  try {
    while (true) {
      console.log(`${name}: tick`);
      yield* asyncio.sleep(0.2);
    }
  } catch (error) {
    if (error instanceof asyncio.CancelledError) console.log(`${name}: cleanup`);
    throw error;
  }
}

function* main(): asyncio.Coroutine {
  try {
    yield* asyncio.asyncWith(asyncio.timeout(0.6), function* () {
      yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (taskGroup) {
        taskGroup.createTask(worker("alpha"));
        taskGroup.createTask(worker("beta"));
      });
    });
  } catch (error) {
    if (!(error instanceof asyncio.TimeoutError)) throw error;
    console.log("timeout reached");
  }
}

await asyncio.run(main());

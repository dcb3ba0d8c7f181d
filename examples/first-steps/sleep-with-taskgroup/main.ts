// A TaskGroup waits for its tasks by itself. The block ends when all of them have ended, and after it their results are
// there. If one task failed, the group would cancel the others and throw the error out of the block.
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

  const tasks = yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (group) {
    const toast = group.createTask(prepare("toast", 0.4));
    const coffee = group.createTask(prepare("coffee", 0.8));
    console.log("end of the block");
    return { toast, coffee };
  });

  console.log(`${tasks.toast.result()} and ${tasks.coffee.result()} after ${(loop.time() - start).toFixed(1)} s`);
}

await asyncio.run(main());

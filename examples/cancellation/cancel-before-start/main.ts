// A task that is cancelled before its first step never runs, not even its `finally`. The loop runs the first step in
// its next iteration; until then a coroutine has no place where an error could be thrown in. So work that must happen
// in any case belongs into a done callback, or into the code that made the task. An eager task has run its first step
// before it can be cancelled.
import * as asyncio from "yieldstar";

function* deliver(parcel: string): asyncio.Coroutine {
  console.log("  messenger: sets out");
  try {
    yield* asyncio.sleep(0.2);
    console.log(`  messenger: delivers ${parcel}`);
  } finally {
    console.log("  messenger: comes back");
  }
}

function note(task: asyncio.Task<void>): void {
  console.log(`  office: ${task.getName()} is ${task.cancelled() ? "cancelled" : "delivered"}`);
}

function* main(): asyncio.Coroutine {
  console.log("cancelled at once");
  let task = asyncio.createTask(deliver("a cake"), { name: "parcel 1" });
  task.addDoneCallback(note);
  task.cancel();
  yield* asyncio.wait([task]);

  console.log("cancelled after the first step");
  task = asyncio.createTask(deliver("a clock"), { name: "parcel 2" });
  task.addDoneCallback(note);
  yield* asyncio.sleep(0);
  task.cancel();
  yield* asyncio.wait([task]);

  console.log("eager, and cancelled at once");
  task = asyncio.createTask(deliver("a kite"), { name: "parcel 3", eagerStart: true });
  task.addDoneCallback(note);
  task.cancel();
  yield* asyncio.wait([task]);

  console.log("not cancelled");
  task = asyncio.createTask(deliver("a drum"), { name: "parcel 4" });
  task.addDoneCallback(note);
  yield* asyncio.wait([task]);
}

await asyncio.run(main());

// A Barrier holds tasks until all of them have come, and then lets them go on together. Each gets a different number,
// so that one of them can be chosen for work that is done only once. The barrier can be reused at once.
import * as asyncio from "yieldstar";

const stages = ["the bridge", "the summit"];

function* hike(name: string, pace: number, together: asyncio.Barrier): asyncio.Coroutine {
  for (const stage of stages) {
    yield* asyncio.sleep(pace);
    console.log(`${name} has reached ${stage}`);
    const number = yield* together.wait();
    if (number === together.parties - 1) {
      console.log(`${name} was the last: all ${together.parties} are here`);
    }
  }
}

function* main(): asyncio.Coroutine {
  const loop = asyncio.getRunningLoop();
  const start = loop.time();
  const together = new asyncio.Barrier(3);
  yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (group) {
    group.createTask(hike("Mia", 0.2, together));
    group.createTask(hike("Noah", 0.6, together));
    group.createTask(hike("Olga", 0.4, together));
  });
  console.log(`${stages.length} stages in ${(loop.time() - start).toFixed(1)} s, at the pace of the slowest`);
}

await asyncio.run(main());

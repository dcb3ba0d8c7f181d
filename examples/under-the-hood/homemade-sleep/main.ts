// A sleep is nothing but a future whose result is set when the time has come. The time here is counted in turns,
// iterations of the loop. The watcher is a task that gives up control that many times, by a bare `yield`, and then
// wakes the sleeper. If the sleeper is cancelled, the watcher is cancelled too.
import * as asyncio from "yieldstar";

function* watch(turns: number, future: asyncio.Future<void>): asyncio.Coroutine {
  for (let turn = 0; turn < turns; turn += 1) yield;
  future.setResult();
}

function* sleepTurns(turns: number): asyncio.Coroutine {
  const future = asyncio.getRunningLoop().createFuture<void>();
  const watcher = asyncio.createTask(watch(turns, future));
  try {
    yield* future;
  } finally {
    watcher.cancel();
  }
}

function* nap(name: string, turns: number): asyncio.Coroutine {
  console.log(`${name} falls asleep for ${turns} turns`);
  try {
    yield* sleepTurns(turns);
    console.log(`${name} wakes up`);
  } catch (error) {
    if (error instanceof asyncio.CancelledError) console.log(`${name} is woken`);
    throw error;
  }
}

function* main(): asyncio.Coroutine {
  const bear = asyncio.createTask(nap("the bear", 9));
  const cat = asyncio.createTask(nap("the cat", 2));
  const dog = asyncio.createTask(nap("the dog", 5));
  yield* sleepTurns(7);
  console.log("spring comes");
  bear.cancel();
  yield* asyncio.wait([bear, cat, dog]);
  console.log("all are awake");
}

await asyncio.run(main());

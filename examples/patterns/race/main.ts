// A race ends with its first finisher, returns its result, and leaves no other task running. It cancels and awaits the
// others in `finally`, so that they have cleaned up before the race returns. Since it is `finally`, the same happens
// when the winner has failed, and when the race itself is cancelled.
import * as asyncio from "yieldstar";

class Accident extends Error {}

function* race<T>(runners: readonly asyncio.Coroutine<T>[]): asyncio.Coroutine<T> {
  const tasks = runners.map((runner) => asyncio.createTask(runner));
  try {
    for (const first of asyncio.asCompleted(tasks)) return yield* first;
    throw new asyncio.ValueError("nobody runs in this race");
  } finally {
    for (const task of tasks) task.cancel();
    yield* asyncio.gather(tasks, { returnExceptions: true });
  }
}

function* run(name: string, seconds: number, falls = false): asyncio.Coroutine<string> {
  try {
    yield* asyncio.sleep(seconds);
  } catch (error) {
    if (!(error instanceof asyncio.CancelledError)) throw error;
    console.log(`  ${name} stops`);
    yield* asyncio.sleep(0.1);
    console.log(`  ${name} leaves the track`);
    throw error;
  }
  if (falls) throw new Accident(`${name} has fallen`);
  return name;
}

function* main(): asyncio.Coroutine {
  console.log("a fair race");
  const winner = yield* race([run("hare", 0.6), run("horse", 0.2), run("tortoise", 5)]);
  console.log(`  the ${winner} wins`);

  console.log("a race with an accident");
  try {
    yield* race([run("hare", 0.6), run("horse", 0.2, true)]);
  } catch (error) {
    if (!(error instanceof Accident)) throw error;
    console.log(`  the ${error.message}`);
  }

  console.log("a race that is called off");
  try {
    yield* asyncio.asyncWith(asyncio.timeout(0.3), () => race([run("snail", 5), run("tortoise", 5)]));
  } catch (error) {
    if (!(error instanceof asyncio.TimeoutError)) throw error;
    console.log("  it has grown dark");
  }
}

await asyncio.run(main());

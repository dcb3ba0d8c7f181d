// A map that runs a few calls at a time, and returns the results in the order of the items. The group waits for all
// calls and ends them together if one fails; the semaphore limits how many run at a time; and the tasks, kept in an
// array, keep their order whichever ends first.
import * as asyncio from "yieldstar";

class BadItem extends Error {}

function* mapLimited<A, B>(
  callback: (item: A) => asyncio.Coroutine<B>,
  items: readonly A[],
  limit: number,
): asyncio.Coroutine<B[]> {
  const places = new asyncio.Semaphore(limit);
  const call = (item: A): asyncio.Coroutine<B> => asyncio.asyncWith(places, () => callback(item));

  const tasks = yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (group) {
    return items.map((item) => group.createTask(call(item)));
  });
  return tasks.map((task) => task.result());
}

function* cube(number: number): asyncio.Coroutine<number> {
  console.log(`  ${number}: begun`);
  if (number < 0) throw new BadItem(`${number} is too small`);
  yield* asyncio.sleep(number / 10);
  console.log(`  ${number}: done`);
  return number ** 3;
}

function* main(): asyncio.Coroutine {
  const loop = asyncio.getRunningLoop();
  for (const limit of [2, 6]) {
    console.log(`${limit} at a time`);
    const start = loop.time();
    const results = yield* mapLimited(cube, [4, 1, 6, 2], limit);
    console.log(`  ${results.join(", ")} after ${(loop.time() - start).toFixed(1)} s`);
  }

  console.log("with an error");
  try {
    yield* mapLimited(cube, [3, 1, -5, 2], 2);
  } catch (error) {
    yield* asyncio.exceptStar(
      error,
      asyncio.on(BadItem, (group) => console.log(`  ${group.exceptions[0]?.message}`)),
    );
  }
}

await asyncio.run(main());

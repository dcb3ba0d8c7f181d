// An eager task runs at once, in `createTask`, up to the first place where it has to wait. If the answer is there
// already, as in a cache, the task is done without an iteration of the loop. But its first step also runs before the
// next line of the code that made it: mind the order.
import * as asyncio from "yieldstar";

const cache = new Map<string, string>();

function* fetch(page: string): asyncio.Coroutine<string> {
  const known = cache.get(page);
  if (known !== undefined) {
    console.log(`  ${page}: out of the cache`);
    return known;
  }
  console.log(`  ${page}: asking for it`);
  yield* asyncio.sleep(0.2);
  const loaded = `<h1>${page}</h1>`;
  cache.set(page, loaded);
  console.log(`  ${page}: it has come`);
  return loaded;
}

function* fetchBoth(): asyncio.Coroutine {
  const tasks = ["old", "new"].map((page) => asyncio.createTask(fetch(page)));
  console.log(`  main: two tasks, ${tasks.filter((task) => task.done()).length} of them done`);
  console.log("  main:", ...(yield* asyncio.gather(tasks)));
}

function* main(): asyncio.Coroutine {
  for (const factory of [undefined, asyncio.eagerTaskFactory]) {
    console.log(factory === undefined ? "ordinary tasks" : "eager tasks");
    cache.clear();
    cache.set("old", "<h1>old</h1>");
    asyncio.getRunningLoop().setTaskFactory(factory);
    yield* fetchBoth();
  }

  console.log("a single eager task");
  asyncio.getRunningLoop().setTaskFactory(undefined);
  const task = asyncio.createTask(fetch("new"), { eagerStart: true });
  console.log(`  main: ${task.result()}`);
}

await asyncio.run(main());

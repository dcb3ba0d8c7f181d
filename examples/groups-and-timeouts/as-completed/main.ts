// `asCompleted` gives results as they come, the fastest first. A plain `for` gets coroutines, each of which returns the
// next result when it is awaited; an `asyncFor` gets the very tasks that were passed in, each of them done, and so
// knows whose result it is.
import * as asyncio from "yieldstar";

function* ask(server: string, seconds: number): asyncio.Coroutine<string> {
  yield* asyncio.sleep(seconds);
  if (server === "Bergen") throw new Error("nobody answers");
  return `the answer of ${server}`;
}

function* main(): asyncio.Coroutine {
  console.log("for: the next result, whoever gave it");
  for (const nextAnswer of asyncio.asCompleted([ask("Aarhus", 0.5), ask("Cadiz", 0.3), ask("Delft", 0.1)])) {
    console.log(`  ${yield* nextAnswer}`);
  }

  console.log("async for: the tasks themselves");
  const servers = new Map([
    [asyncio.createTask(ask("Aarhus", 0.5)), "Aarhus"],
    [asyncio.createTask(ask("Bergen", 0.3)), "Bergen"],
    [asyncio.createTask(ask("Cadiz", 0.1)), "Cadiz"],
  ]);
  yield* asyncio.asyncFor(asyncio.asCompleted(servers.keys()), function* (task) {
    const error = task.exception();
    console.log(`  ${servers.get(task)}: ${error?.message ?? task.result()}`);
  });

  console.log("with a timeout: for what has not come by then, it raises TimeoutError");
  try {
    for (const nextAnswer of asyncio.asCompleted([ask("Delft", 0.1), ask("Evora", 60)], { timeout: 0.3 })) {
      console.log(`  ${yield* nextAnswer}`);
    }
  } catch (error) {
    if (!(error instanceof asyncio.TimeoutError)) throw error;
    console.log("  somebody is too slow");
  }
}

await asyncio.run(main());

// An AsyncExitStack holds as many resources as turn out to be needed, and closes them in reverse order. When one of
// them fails to open, it still closes the open ones. A callback can clean up a resource that has no context manager.
import * as asyncio from "yieldstar";

class ConnectionError extends Error {}

const connect = asyncio.asyncContextManager(function* (emit, city: string) {
  yield* asyncio.sleep(0.1);
  if (city === "Atlantis") throw new ConnectionError(`${city} cannot be reached`);
  console.log(`  ${city}: connected`);
  try {
    yield* emit(`the line to ${city}`);
  } finally {
    yield* asyncio.sleep(0.1);
    console.log(`  ${city}: disconnected`);
  }
});

function* hangUpSign(): asyncio.Coroutine {
  yield* asyncio.sleep(0.1);
  console.log("  the sign says: closed");
}

function* confer(cities: readonly string[]): asyncio.Coroutine {
  yield* asyncio.asyncWith(new asyncio.AsyncExitStack(), function* (stack) {
    stack.pushAsyncCallback(hangUpSign);
    const lines: string[] = [];
    for (const city of cities) lines.push(yield* stack.enterAsyncContext(connect(city)));
    console.log(`  talking over ${lines.join(" and ")}`);
  });
}

function* main(): asyncio.Coroutine {
  for (const cities of [
    ["Lima", "Oslo"],
    ["Lima", "Oslo", "Atlantis", "Rome"],
  ]) {
    console.log(`a conference of ${cities.length} cities`);
    try {
      yield* confer(cities);
      console.log("  it was a success");
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      console.log(`  it did not take place: ${error.message}`);
    }
  }
}

await asyncio.run(main());

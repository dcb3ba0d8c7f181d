// Leaving an `asyncFor` early does not close the async generator it reads from: `aclosing` does. Without it the
// `finally` runs only when the generator is collected, or when the loop ends; with it, the `finally` runs at the end of
// the block, and may even wait there.
import * as asyncio from "yieldstar";

const measure = asyncio.asyncGenerator(function* (emit, station: string) {
  console.log(`${station}: connected`);
  try {
    for (const level of [31, 34, 42, 58, 61, 55]) {
      yield* asyncio.sleep(0.1);
      console.log(`${station}: ${level} cm`);
      yield* emit(level);
    }
  } finally {
    yield* asyncio.sleep(0.1);
    console.log(`${station}: disconnected`);
  }
});

const changes = asyncio.asyncGenerator(function* (emit, levels: asyncio.AsyncIterable<number>) {
  let before: number | undefined;
  yield* asyncio.asyncFor(levels, function* (level) {
    if (before !== undefined) yield* emit(level - before);
    before = level;
  });
});

function* main(): asyncio.Coroutine {
  yield* asyncio.asyncWith(asyncio.aclosing(measure("river")), function* (levels) {
    yield* asyncio.asyncFor(changes(levels), function* (change) {
      console.log(`main: a change of ${change} cm`);
      return change > 10 ? asyncio.BREAK : undefined;
    });
  });
  console.log("main: a flood is coming");

  let highest = 0;
  yield* asyncio.asyncFor(measure("lake"), function* (level) {
    highest = Math.max(highest, level);
  });
  console.log(`main: ${highest} cm at most`);
}

await asyncio.run(main());

// Steps that need each other's results are chained by awaiting them in turn, and `gather` runs many such chains at
// once. Within a chain the second step begins when the first has ended; between chains there is no order at all. So the
// program takes as long as the longest chain, not as long as the longest first step plus the longest second step.
import * as asyncio from "yieldstar";

function* findAuthor(book: string, seconds: number): asyncio.Coroutine<string> {
  console.log(`${book}: who wrote it?`);
  yield* asyncio.sleep(seconds);
  return `the author of ${book}`;
}

function* findBirthplace(author: string, seconds: number): asyncio.Coroutine<string> {
  console.log(`${author}: born where?`);
  yield* asyncio.sleep(seconds);
  return `the birthplace of ${author}`;
}

function* trace(book: string, first: number, second: number): asyncio.Coroutine<string> {
  const loop = asyncio.getRunningLoop();
  const start = loop.time();
  const author = yield* findAuthor(book, first);
  const place = yield* findBirthplace(author, second);
  console.log(`${book}: traced in ${(loop.time() - start).toFixed(1)} s`);
  return place;
}

function* main(): asyncio.Coroutine {
  const loop = asyncio.getRunningLoop();
  const start = loop.time();
  const places = yield* asyncio.gather([
    trace("Emma", 0.6, 0.1),
    trace("Dracula", 0.1, 0.4),
    trace("Ulysses", 0.3, 0.6),
  ]);
  console.log(`all are traced in ${(loop.time() - start).toFixed(1)} s:`);
  for (const place of places) console.log(`  ${place}`);
}

await asyncio.run(main());

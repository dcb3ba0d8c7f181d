// The first exception ends a `gather`, but nothing ends the others: they run on. With `returnExceptions` nothing is
// thrown, and exceptions are among the results, each in its place. To cancel the others, use a TaskGroup.
import * as asyncio from "yieldstar";

class OutOfPaper extends Error {}

function* copy(document: string, pages: number, paper: number): asyncio.Coroutine<number> {
  for (let page = 0; page < pages; page += 1) {
    yield* asyncio.sleep(0.1);
    if (page === paper) throw new OutOfPaper(`${document} stops after ${page} pages`);
  }
  console.log(`  ${document} is copied`);
  return pages;
}

function* main(): asyncio.Coroutine {
  console.log("gather, with the first exception raised");
  try {
    yield* asyncio.gather([copy("the letter", 2, 9), copy("the novel", 9, 3), copy("the thesis", 6, 9)]);
  } catch (error) {
    if (!(error instanceof OutOfPaper)) throw error;
    console.log(`  caught: ${error.message}`);
  }
  console.log("  main goes on, and so does the thesis");
  yield* asyncio.sleep(0.4);

  console.log("gather, with exceptions as results");
  const results = yield* asyncio.gather([copy("the letter", 2, 9), copy("the novel", 9, 3), copy("the thesis", 6, 9)], {
    returnExceptions: true,
  });
  for (const result of results) {
    if (result instanceof Error) console.log(`  failed: ${result.message}`);
    else console.log(`  ${result} pages`);
  }
}

await asyncio.run(main());

// Each of two nested deadlines turns only its own cancellation into a TimeoutError. When the outer one passes first,
// the inner block gets a CancelledError, which its handler for TimeoutError does not take; the error goes on to the
// outer block and becomes a TimeoutError there. `expired` tells which deadline passed.
import * as asyncio from "yieldstar";

interface Limits {
  readonly whole: number;
  readonly page: number;
}

function* visit({ whole, page }: Limits): asyncio.Coroutine {
  console.log(`${page} s for the page, ${whole} s for the whole visit`);
  const outer = asyncio.timeout(whole);
  const inner = asyncio.timeout(page);
  try {
    yield* asyncio.asyncWith(outer, function* () {
      try {
        yield* asyncio.asyncWith(inner, function* () {
          yield* asyncio.sleep(0.6);
          console.log("  the page is here");
        });
      } catch (error) {
        if (!(error instanceof asyncio.TimeoutError)) throw error;
        console.log("  the page takes too long, looking into the archive");
        yield* asyncio.sleep(0.4);
        console.log("  an old copy is here");
      }
    });
  } catch (error) {
    if (!(error instanceof asyncio.TimeoutError)) throw error;
    console.log("  the visit takes too long");
  }
  console.log(`  expired: page ${inner.expired() ? "yes" : "no"}, visit ${outer.expired() ? "yes" : "no"}`);
}

function* main(): asyncio.Coroutine {
  yield* visit({ whole: 1.2, page: 0.8 });
  yield* visit({ whole: 1.2, page: 0.3 });
  yield* visit({ whole: 0.3, page: 0.8 });
  yield* visit({ whole: 0.5, page: 0.3 });
}

await asyncio.run(main());

// An async context manager is a class with `aenter` and `aexit`, or a generator that emits once; both do the same. If
// entering fails, neither the block nor the exit runs. The exit gets the block's error, and may swallow it: the class
// by returning true, the generator by catching it. An error in the exit replaces the block's error.
import * as asyncio from "yieldstar";

class KilnError extends Error {}
class CrackedPot extends Error {}

function* heat(fault: string): asyncio.Coroutine<string> {
  yield* asyncio.sleep(0.1);
  if (fault === "heating") throw new KilnError("the kiln stays cold");
  console.log("    the kiln is hot");
  return "a pot";
}

function* cool(fault: string): asyncio.Coroutine {
  yield* asyncio.sleep(0.1);
  if (fault === "cooling") throw new KilnError("the kiln stays hot");
  console.log("    the kiln is cold");
}

class Kiln implements asyncio.AsyncContextManager<string> {
  readonly #fault: string;

  constructor(fault: string) {
    this.#fault = fault;
  }

  *aenter(): asyncio.Coroutine<string> {
    return yield* heat(this.#fault);
  }

  *aexit(error: Error | undefined): asyncio.Coroutine<boolean> {
    yield* cool(this.#fault);
    return error instanceof CrackedPot;
  }
}

const kiln = asyncio.asyncContextManager(function* (emit, fault: string) {
  const pot = yield* heat(fault);
  try {
    yield* emit(pot);
  } catch (error) {
    if (!(error instanceof CrackedPot)) throw error;
  } finally {
    yield* cool(fault);
  }
});

function* fire(manager: asyncio.AsyncContextManager<string>, fault: string): asyncio.Coroutine {
  console.log(`  fault: ${fault}`);
  try {
    yield* asyncio.asyncWith(manager, function* (pot) {
      if (fault !== "none") throw new CrackedPot();
      console.log(`    ${pot} is fired`);
    });
    console.log("    the block has ended");
  } catch (error) {
    if (!(error instanceof KilnError)) throw error;
    console.log(`    KilnError: ${error.message}`);
  }
}

function* main(): asyncio.Coroutine {
  const forms = { "a class": (fault: string) => new Kiln(fault), "a generator": kiln };
  for (const [title, form] of Object.entries(forms)) {
    console.log(title);
    for (const fault of ["none", "heating", "the pot", "cooling"]) {
      yield* fire(form(fault), fault);
    }
  }
}

await asyncio.run(main());

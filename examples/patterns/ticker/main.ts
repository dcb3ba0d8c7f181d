// A ticker that sleeps for a period falls behind; one that sleeps until the next tick keeps time. The work at each tick
// takes a while too, and the first ticker adds that to every period. The second one knows when the next tick is due,
// and waits only for the remaining time.
import * as asyncio from "yieldstar";

const PERIOD = 0.4;

class Clock {
  readonly #start = asyncio.getRunningLoop().time();

  elapsed(): number {
    return asyncio.getRunningLoop().time() - this.#start;
  }

  *strike(): asyncio.Coroutine {
    console.log(`  09:00:${this.elapsed().toFixed(1).padStart(4, "0")}`);
    yield* asyncio.sleep(0.2);
  }
}

function* drifting(ticks: number): asyncio.Coroutine {
  const clock = new Clock();
  for (let tick = 1; tick <= ticks; tick += 1) {
    yield* asyncio.sleep(PERIOD);
    yield* clock.strike();
  }
}

function* steady(ticks: number): asyncio.Coroutine {
  const clock = new Clock();
  for (let tick = 1; tick <= ticks; tick += 1) {
    yield* asyncio.sleep(tick * PERIOD - clock.elapsed());
    yield* clock.strike();
  }
}

function* main(): asyncio.Coroutine {
  console.log("sleeping for a period");
  yield* drifting(4);
  console.log("sleeping until the next tick");
  yield* steady(4);
}

await asyncio.run(main());

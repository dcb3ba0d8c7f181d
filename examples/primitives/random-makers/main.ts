// Random numbers are the same in every run if each task has its own source, made from a seed. Three tasks roll dice
// until they are content, each at its own speed, and their rolls come in whatever order they are ready. With one source
// for all, a roll would depend on which task happened to roll before.
import * as asyncio from "yieldstar";

function* randomNumbers(seed: number): Generator<number, never> {
  let number = seed;
  while (true) {
    number = (48271 * number) % 2147483647;
    yield number;
  }
}

interface Game {
  readonly seed: number;
  readonly seconds: number;
  readonly column: number;
}

function* rollUntil(enough: number, { seed, seconds, column }: Game): asyncio.Coroutine<number> {
  const indent = " ".repeat(12 * column);
  let attempt = 0;
  for (const number of randomNumbers(seed)) {
    attempt += 1;
    const roll = 1 + (number % 20);
    console.log(`${indent}${String(roll).padStart(2)}${roll >= enough ? " !" : ""}`);
    if (roll >= enough) return attempt;
    yield* asyncio.sleep(seconds);
  }
  throw new Error("random numbers have no end");
}

function* main(): asyncio.Coroutine {
  console.log("from 16     from 18     from 17");
  const attempts = yield* asyncio.gather([
    rollUntil(16, { seed: 1022, seconds: 0.45, column: 0 }),
    rollUntil(18, { seed: 1000, seconds: 0.2, column: 1 }),
    rollUntil(17, { seed: 1040, seconds: 0.35, column: 2 }),
  ]);
  console.log("rolls:", ...attempts);
}

await asyncio.run(main());

// `asend` carries a value into an async generator, as the result of the `emit` where it is paused, and returns the next
// value. So two sides can talk: the generator guesses, and each hint decides what it tries next. When no number is left
// the generator ends, and `asend` throws StopAsyncIteration.
import * as asyncio from "yieldstar";

const guessNumber = asyncio.asyncGenerator(function* (emit, from: number, to: number) {
  let [low, high] = [from, to];
  while (low <= high) {
    yield* asyncio.sleep(0.1);
    const guess = Math.floor((low + high) / 2);
    const hint = yield* emit(guess);
    if (hint === "higher") low = guess + 1;
    else high = guess - 1;
  }
  console.log("  player: no number is left");
});

function* play(secret: number): asyncio.Coroutine {
  console.log(`the secret number is ${secret}`);
  const player = guessNumber(1, 100);
  try {
    let guess = yield* asyncio.anext(player);
    while (guess !== secret) {
      const hint = guess < secret ? "higher" : "lower";
      console.log(`  ${guess}? ${hint}`);
      guess = yield* player.asend(hint);
    }
    console.log(`  ${guess}? right!`);
  } catch (error) {
    if (!(error instanceof asyncio.StopAsyncIteration)) throw error;
    console.log("  master: I have cheated");
  } finally {
    yield* player.aclose();
  }
}

function* main(): asyncio.Coroutine {
  yield* play(63);
  yield* play(7.5);
}

await asyncio.run(main());

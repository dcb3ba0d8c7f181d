// `gather` runs several awaitables at once and gives their results in the order of its argument, whichever ends first.
// All three start together and take turns, and so the whole takes as long as the longest of them.
import * as asyncio from "yieldstar";

function* factorial(number: number): asyncio.Coroutine<number> {
  let product = 1;
  for (let factor = 2; factor <= number; factor += 1) {
    yield* asyncio.sleep(0.1);
    product *= factor;
    console.log(`${number}!: after factor ${factor} it is ${product}`);
  }
  return product;
}

function* main(): asyncio.Coroutine {
  const loop = asyncio.getRunningLoop();
  const start = loop.time();
  const [six, three, five] = yield* asyncio.gather([factorial(6), factorial(3), factorial(5)]);
  console.log(`6! = ${six}, 3! = ${three}, 5! = ${five}`);
  console.log(`${(loop.time() - start).toFixed(1)} s`);

  const numbers = [1, 2, 3, 4];
  const factorials = yield* asyncio.gather(numbers.map((number) => factorial(number)));
  const sum = factorials.reduce((left, right) => left + right);
  console.log("the sum of the first four is", sum);
}

await asyncio.run(main());

// Tasks that each need two locks do not deadlock if all of them take the locks in the same order. Five philosophers sit
// around a table with one fork between each two of them. If everybody takes the left fork first, everybody has one and
// waits for the other for ever. If everybody takes the fork with the lower number first, the last one takes the right
// fork first, and the circle is broken.
import * as asyncio from "yieldstar";

class Fork extends asyncio.Lock {
  readonly number: number;

  constructor(number: number) {
    super();
    this.number = number;
  }
}

function* dine(name: string, first: Fork, second: Fork): asyncio.Coroutine {
  yield* asyncio.asyncWith(first, function* () {
    console.log(`  ${name} has fork ${first.number}`);
    yield* asyncio.sleep(0.1);
    yield* asyncio.asyncWith(second, function* () {
      console.log(`  ${name} has fork ${second.number} too, and eats`);
      yield* asyncio.sleep(0.2);
    });
  });
}

function* dinner(inOrder: boolean): asyncio.Coroutine {
  const loop = asyncio.getRunningLoop();
  const start = loop.time();
  const [a, b, c, d, e] = [new Fork(1), new Fork(2), new Fork(3), new Fork(4), new Fork(5)] as const;
  const seats = [
    ["Arendt", a, b],
    ["Bacon", b, c],
    ["Camus", c, d],
    ["Descartes", d, e],
    ["Epicurus", e, a],
  ] as const;
  yield* asyncio.asyncWith([asyncio.timeout(2), new asyncio.TaskGroup()], function* ([, table]) {
    for (const [name, left, right] of seats) {
      if (inOrder && right.number < left.number) table.createTask(dine(name, right, left));
      else table.createTask(dine(name, left, right));
    }
  });
  console.log(`  all have eaten after ${(loop.time() - start).toFixed(1)} s`);
}

function* main(): asyncio.Coroutine {
  console.log("first the left fork");
  try {
    yield* dinner(false);
  } catch (error) {
    if (!(error instanceof asyncio.TimeoutError)) throw error;
    console.log("  nobody can eat: each waits for the fork that a neighbour has");
  }

  console.log("first the fork with the lower number");
  yield* dinner(true);
}

await asyncio.run(main());

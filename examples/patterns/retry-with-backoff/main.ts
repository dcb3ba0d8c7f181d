// Retrying with exponential backoff gives a busy server time, and jitter spreads the retries. After each failure a
// client waits up to twice as long as before. Clients that were refused together and wait equally long come back
// together, and only one of them is served each time; if each waits for a random part of that time, they spread out.
import * as asyncio from "yieldstar";

class Busy extends Error {}

class Server {
  #isBusy = false;
  turnedAway = 0;

  *serve(): asyncio.Coroutine {
    if (this.#isBusy) {
      this.turnedAway += 1;
      throw new Busy("only one at a time");
    }
    this.#isBusy = true;
    yield* asyncio.sleep(0.02);
    this.#isBusy = false;
  }
}

function* randomNumbers(seed: number): Generator<number, never> {
  while (true) {
    seed = (75 * seed + 74) % 65537;
    yield seed;
  }
}

function* retry<T>(
  call: () => asyncio.Awaitable<T>,
  attempts: number,
  delay: (failures: number) => number,
): asyncio.Coroutine<T> {
  for (let failures = 1; failures < attempts; failures += 1) {
    try {
      return yield* call();
    } catch (error) {
      if (!(error instanceof Busy)) throw error;
      yield* asyncio.sleep(delay(failures));
    }
  }
  return yield* call();
}

function* visit(name: string, server: Server, delay: (failures: number) => number): asyncio.Coroutine {
  const start = asyncio.getRunningLoop().time();
  let outcome: string;
  try {
    yield* retry(() => server.serve(), 5, delay);
    outcome = "was served";
  } catch (error) {
    if (!(error instanceof Busy)) throw error;
    outcome = "gave up";
  }
  console.log(`  ${name} ${outcome} after ${(asyncio.getRunningLoop().time() - start).toFixed(1)} s`);
}

function* rush(title: string, delay: (failures: number) => number): asyncio.Coroutine {
  console.log(title);
  const server = new Server();
  yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (group) {
    for (const name of ["Ada", "Bob", "Cid", "Dot", "Eve", "Fay"]) group.createTask(visit(name, server, delay));
  });
  console.log(`  turned away: ${server.turnedAway} times`);
}

function* main(): asyncio.Coroutine {
  const numbers = randomNumbers(1);
  yield* rush("without jitter", (failures) => 0.1 * 2 ** failures);
  yield* rush("with jitter", (failures) => 0.1 * (1 + (numbers.next().value % 2 ** failures)));
}

await asyncio.run(main());

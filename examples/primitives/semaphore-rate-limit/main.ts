// A Semaphore keeps twenty requests from being sent all at once: no more than five run at any time. Each takes a place
// for as long as it lasts, and a request that finds no free place waits in line. Without the semaphore, this server
// would refuse most.
import * as asyncio from "yieldstar";

function* randomNumbers(seed: number): Generator<number, never> {
  while (true) {
    seed = (75 * seed + 74) % 65537;
    yield seed;
  }
}

class Server {
  #busy = 0;

  *answer(seconds: number): asyncio.Coroutine<number> {
    if (this.#busy === 5) return 503;
    this.#busy += 1;
    yield* asyncio.sleep(seconds);
    this.#busy -= 1;
    return 200;
  }
}

function* request(server: Server, places: asyncio.Semaphore, seconds: number): asyncio.Coroutine<number> {
  return yield* asyncio.asyncWith(places, () => server.answer(seconds));
}

function* main(): asyncio.Coroutine {
  const loop = asyncio.getRunningLoop();
  const server = new Server();
  const numbers = randomNumbers(3);
  const durations = Array.from({ length: 20 }, () => (1 + (numbers.next().value % 3)) / 10);
  console.log("seconds:", ...durations);

  for (const limit of [20, 5]) {
    const places = new asyncio.Semaphore(limit);
    const start = loop.time();
    const answers = yield* asyncio.gather(durations.map((seconds) => request(server, places, seconds)));
    console.log(`${limit} at a time, ${(loop.time() - start).toFixed(1)} s:`, ...answers);
  }
}

await asyncio.run(main());

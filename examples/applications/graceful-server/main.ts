// A server that is told to stop accepts no new requests, lets the open ones end within a grace period, and cancels the
// rest. A cancellation tells it to stop, and it does all this in `finally`: when it has ended, nothing of it is left
// running.
import * as asyncio from "yieldstar";

class Server {
  readonly #grace: number;
  readonly #requests = new asyncio.Queue<{ name: string; seconds: number }>();
  readonly #open = new Set<asyncio.Task<void>>();

  constructor(grace: number) {
    this.#grace = grace;
  }

  request(name: string, seconds: number): void {
    this.#requests.putNowait({ name, seconds });
  }

  *serve(): asyncio.Coroutine<never> {
    try {
      while (true) {
        const { name, seconds } = yield* this.#requests.get();
        const task = asyncio.createTask(this.#answer(name, seconds));
        this.#open.add(task);
        task.addDoneCallback(() => this.#open.delete(task));
      }
    } finally {
      yield* this.#close();
    }
  }

  *#answer(name: string, seconds: number): asyncio.Coroutine {
    console.log(`${name}: begun`);
    try {
      yield* asyncio.sleep(seconds);
      console.log(`${name}: answered`);
    } catch (error) {
      if (error instanceof asyncio.CancelledError) console.log(`${name}: sorry, try again tomorrow`);
      throw error;
    }
  }

  *#close(): asyncio.Coroutine {
    this.#requests.shutdown();
    console.log(`server: stopping, ${this.#open.size} requests are open`);
    if (this.#open.size > 0) {
      const [, late] = yield* asyncio.wait(this.#open, { timeout: this.#grace });
      console.log(`server: the grace period is over for ${late.size} of them`);
      for (const task of late) task.cancel();
      yield* asyncio.gather(late, { returnExceptions: true });
    }
  }
}

function* main(): asyncio.Coroutine {
  const server = new Server(0.5);
  const serving = asyncio.createTask(server.serve());
  for (const [name, seconds] of [
    ["a page", 0.1],
    ["a picture", 0.6],
    ["a film", 5],
  ] as const) {
    server.request(name, seconds);
  }
  yield* asyncio.sleep(0.3);

  serving.cancel();
  yield* asyncio.sleep(0.1);
  try {
    server.request("another page", 0.1);
  } catch (error) {
    if (!(error instanceof asyncio.QueueShutDown)) throw error;
    console.log("another page: refused");
  }
  yield* asyncio.wait([serving]);
  console.log("main: the server has stopped");
}

await asyncio.run(main());

// How many iterations of the loop a `yield*` costs: none, if the awaited result is there already. A stopwatch counts
// them with a callback that schedules itself again and again. Each time a coroutine is suspended, to be resumed later,
// it loses an iteration, and only then can other tasks run in between.
import * as asyncio from "yieldstar";

class Stopwatch {
  iterations = 0;
  readonly #loop = asyncio.getRunningLoop();
  #handle = this.#loop.callSoon(() => this.#count());

  #count(): void {
    this.iterations += 1;
    this.#handle = this.#loop.callSoon(() => this.#count());
  }

  stop(): void {
    this.#handle.cancel();
  }
}

function* nothing(): asyncio.Coroutine {}

function* nested(depth: number): asyncio.Coroutine {
  if (depth > 0) yield* nested(depth - 1);
}

function* pause(times: number): asyncio.Coroutine {
  for (let time = 0; time < times; time += 1) yield* asyncio.sleep(0);
}

function* main(): asyncio.Coroutine {
  const stopwatch = new Stopwatch();

  function* measure(title: string, awaitable: asyncio.Awaitable<unknown>): asyncio.Coroutine {
    const before = stopwatch.iterations;
    yield* awaitable;
    console.log(`${stopwatch.iterations - before}  ${title}`);
  }

  const lock = new asyncio.Lock();
  const queue = new asyncio.Queue<string>();
  queue.putNowait("a letter");
  const event = new asyncio.Event();
  const task = asyncio.createTask(nothing());

  yield* measure("a coroutine", nothing());
  yield* measure("a coroutine in a coroutine, a hundred times", nested(100));
  yield* measure("a lock that is free", lock.acquire());
  yield* measure("a queue with something in it", queue.get());
  yield* measure("sleep(0)", asyncio.sleep(0));
  yield* measure("a task that is done", task);
  yield* measure("a new task: one for its step, one to come back", asyncio.createTask(nothing()));
  yield* measure("a new task that pauses three times", asyncio.createTask(pause(3)));
  yield* measure("gather: as a task, and one for its callback", asyncio.gather([nothing(), nothing()]));
  asyncio.getRunningLoop().callSoon(() => event.set());
  yield* measure("an event: one for the callback that sets it, one to come back", event.wait());
  stopwatch.stop();
}

await asyncio.run(main());

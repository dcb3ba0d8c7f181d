// Runs on the packages as they would be published. It must print `everywhere.txt` on every runtime.

import { EventEmitter } from "node:events";
import { runVirtual } from "@yieldstar/testing";
import * as asyncio from "yieldstar";

function* worker(name: string, begun = (): void => {}): asyncio.Coroutine<never> {
  try {
    begun();
    yield* asyncio.sleep(60);
    throw new Error("nothing has cancelled it");
  } catch (error) {
    console.log(`${name} is cancelled: ${error instanceof asyncio.CancelledError}`);
    throw error;
  }
}

function* groups(): asyncio.Coroutine {
  try {
    yield* asyncio.asyncWith([asyncio.timeout(null), new asyncio.TaskGroup()], function* ([deadline, group]) {
      for (const name of ["alpha", "beta"]) group.createTask(worker(name));
      yield* asyncio.sleep(0);
      deadline.reschedule(asyncio.getRunningLoop().time());
      yield* asyncio.sleep(60);
    });
  } catch (error) {
    console.log(error instanceof asyncio.TimeoutError);
  }
  const error = new asyncio.ExceptionGroup("two", [new RangeError("one"), new asyncio.ValueError("other")]);
  yield* asyncio.exceptStar(
    error,
    asyncio.on(RangeError, function* (group) {
      console.log(`${group.message}: ${group.exceptions.join()}`);
    }),
    asyncio.on(asyncio.ValueError, function* (group) {
      console.log(`${group.message}: ${group.exceptions.join()}`);
    }),
  );
}

const greeting = new asyncio.ContextVar("greeting", { default: "none" });

const ticker = asyncio.asyncGenerator(function* (emit, to: number) {
  try {
    for (let tick = 0; tick < to; tick += 1) {
      yield* asyncio.sleep(0.001);
      yield* emit(tick);
    }
  } finally {
    console.log("the ticker is closed");
  }
});

function* queues(): asyncio.Coroutine {
  const queue = new asyncio.Queue<number>(1);
  const producer = asyncio.createTask(
    (function* () {
      greeting.set("hello");
      for (let count = 0; count < 3; count += 1) yield* queue.put(count);
      return greeting.get();
    })(),
    { name: "producer" },
  );
  const taken = [yield* queue.get(), yield* queue.get(), yield* queue.get()];
  console.log(taken.join(), yield* producer, greeting.get());
  yield* asyncio.asyncWith(asyncio.aclosing(ticker(10)), function* (ticks) {
    yield* asyncio.asyncFor(ticks, function* (tick) {
      if (tick < 2) return undefined;
      console.log(`tick ${tick}`);
      return asyncio.BREAK;
    });
  });
}

function* border(): asyncio.Coroutine {
  const task = asyncio.createTask(
    asyncio.fromPromise(
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => {
            console.log("aborted");
            reject(signal.reason as Error);
          });
        }),
    ),
  );
  yield* asyncio.sleep(0);
  task.cancel();
  yield* asyncio.wait([task]);
  console.log(task.cancelled());

  const emitter = new EventEmitter();
  setTimeout(() => emitter.emit("data", "chunk"), 1);
  console.log((yield* asyncio.once<[string]>(emitter, "data")).join());
  const body = new ReadableStream<string>({
    start(controller) {
      for (const each of ["one", "two"]) controller.enqueue(each);
      controller.close();
    },
  });
  yield* asyncio.asyncFor(body, function* (chunk) {
    console.log(chunk);
  });
}

await asyncio.run(groups());
await asyncio.run(queues());
await asyncio.run(border());
console.log(await asyncio.toPromise(asyncio.sleep(0.001, "a promise")));
for await (const tick of asyncio.toAsyncIterable(ticker(2))) console.log(`tick ${tick}`);

const stopping = new AbortController();
const stop = (): void => void setTimeout(() => stopping.abort(new Error("enough")), 1);
console.log(await asyncio.toPromise(worker("gamma", stop), { signal: stopping.signal }).catch(String));

const begin = Date.now();
console.log(runVirtual(asyncio.sleep(86_400, "a day")), Date.now() - begin < 60_000);
try {
  runVirtual(asyncio.sleep(Infinity));
} catch (error) {
  console.log(error instanceof asyncio.DeadlockError);
}

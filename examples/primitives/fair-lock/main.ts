// A Lock is fair: it goes to the task that has waited longest. Ann wants it back as soon as she has given it away, but
// Ben and Cleo wait in line, and she has to queue behind them. Dan stops waiting; the line closes behind him as if he
// had never been there.
import * as asyncio from "yieldstar";

function* phone(name: string, booth: asyncio.Lock, calls: number): asyncio.Coroutine {
  for (let call = 1; call <= calls; call += 1) {
    yield* asyncio.asyncWith(booth, function* () {
      console.log(`${name}: call ${call}`);
      yield* asyncio.sleep(0.2);
    });
  }
}

function* phoneImpatiently(name: string, booth: asyncio.Lock, patience: number): asyncio.Coroutine {
  try {
    yield* asyncio.asyncWith(asyncio.timeout(patience), () => booth.acquire());
  } catch (error) {
    if (!(error instanceof asyncio.TimeoutError)) throw error;
    console.log(`${name}: walks away`);
    return;
  }
  console.log(`${name}: call 1`);
  booth.release();
}

function* main(): asyncio.Coroutine {
  const booth = new asyncio.Lock();
  yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (group) {
    group.createTask(phone("Ann", booth, 3));
    group.createTask(phone("Ben", booth, 2));
    group.createTask(phoneImpatiently("Dan", booth, 0.3));
    group.createTask(phone("Cleo", booth, 1));
  });
  console.log(`the booth is ${booth.locked() ? "taken" : "free"}`);
}

await asyncio.run(main());

// An immediate `shutdown` of a queue discards its items, and ends every wait for it. The plain one says that nothing
// more will come, and lets the remaining items be worked off; this one is for an emergency. `put` and `get` throw
// QueueShutDown from now on, also in tasks that wait there, and `join` waits only for items that were already taken.
import * as asyncio from "yieldstar";

type Belt = asyncio.Queue<string>;

function* pack(belt: Belt): asyncio.Coroutine {
  let number = 0;
  try {
    while (true) {
      number += 1;
      yield* belt.put(`parcel ${number}`);
      console.log(`packer: parcel ${number}`);
    }
  } catch (error) {
    if (!(error instanceof asyncio.QueueShutDown)) throw error;
    console.log(`packer: parcel ${number} stays here`);
  }
}

function* load(name: string, belt: Belt, seconds: number): asyncio.Coroutine {
  try {
    while (true) {
      const parcel = yield* belt.get();
      yield* asyncio.sleep(seconds);
      console.log(`${name}: ${parcel}`);
      belt.taskDone();
    }
  } catch (error) {
    if (!(error instanceof asyncio.QueueShutDown)) throw error;
    console.log(`${name}: nothing more to load`);
  }
}

function* guard(belt: Belt): asyncio.Coroutine {
  yield* asyncio.sleep(1.0);
  console.log(`guard: fire! ${belt.qsize()} parcels are on the belt`);
  belt.shutdown(true);
  console.log(`guard: ${belt.qsize()} parcels are on the belt`);
}

function* main(): asyncio.Coroutine {
  const belt: Belt = new asyncio.Queue(2);
  yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (group) {
    group.createTask(pack(belt));
    group.createTask(load("Ann", belt, 0.4));
    group.createTask(load("Ben", belt, 0.7));
    group.createTask(guard(belt));
    yield* asyncio.sleep(0);
    yield* belt.join();
    console.log("main: what was taken out is loaded");
  });
  console.log("main: the hall is empty");
}

await asyncio.run(main());

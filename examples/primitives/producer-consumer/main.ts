// A queue with room for one item slows a fast producer down to its consumer. While it is full, `put` waits, so that
// nothing piles up between the two. At the end `shutdown` says that nothing more will come: items in the queue can
// still be taken, and after that `get` throws QueueShutDown.
import * as asyncio from "yieldstar";

function* baker(shelf: asyncio.Queue<string>): asyncio.Coroutine {
  for (let number = 1; number < 6; number += 1) {
    yield* asyncio.sleep(0.1);
    const loaf = `loaf ${number}`;
    if (shelf.full()) console.log(`baker: no room for ${loaf}`);
    yield* shelf.put(loaf);
    console.log(`baker: ${loaf} is on the shelf`);
  }
  shelf.shutdown();
  console.log("baker: closing time");
}

function* customer(shelf: asyncio.Queue<string>): asyncio.Coroutine {
  try {
    while (true) {
      const loaf = yield* shelf.get();
      console.log(`customer: buys ${loaf}`);
      yield* asyncio.sleep(0.3);
    }
  } catch (error) {
    if (!(error instanceof asyncio.QueueShutDown)) throw error;
    console.log("customer: the shop is closed and the shelf empty");
  }
}

function* main(): asyncio.Coroutine {
  const shelf = new asyncio.Queue<string>(1);
  yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (group) {
    group.createTask(baker(shelf));
    group.createTask(customer(shelf));
  });
}

await asyncio.run(main());

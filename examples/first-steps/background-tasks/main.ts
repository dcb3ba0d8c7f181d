// A set keeps a background task while it runs, and a done callback removes it. So the program always knows which tasks
// still run, and can await them at its end, where `asyncio.run` would cancel them.
import * as asyncio from "yieldstar";

const background = new Set<asyncio.Task<void>>();

function inBackground(coroutine: asyncio.Coroutine): void {
  const task = asyncio.createTask(coroutine);
  background.add(task);
  task.addDoneCallback(() => background.delete(task));
}

function* sendReceipt(order: number, seconds: number): asyncio.Coroutine {
  yield* asyncio.sleep(seconds);
  console.log(`  the receipt for order ${order} is sent`);
}

function* takeOrder(order: number, seconds: number): asyncio.Coroutine {
  yield* asyncio.sleep(0.2);
  console.log(`order ${order} is taken`);
  inBackground(sendReceipt(order, seconds));
}

function* main(): asyncio.Coroutine {
  for (const [index, seconds] of [0.3, 0.7, 0.1].entries()) {
    yield* takeOrder(index + 1, seconds);
  }

  console.log(`the shop closes with ${background.size} receipts to be sent`);
  yield* asyncio.wait(background);
  console.log(`the lights go out with ${background.size} receipts to be sent`);
}

await asyncio.run(main());

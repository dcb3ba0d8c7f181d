// `shield` lets a wait be cancelled without cancelling the awaited task. The order below must not be left half done: a
// customer may stop waiting for it, but the task runs on, and can be awaited again. Keep a reference to the task: the
// shield does not.
import * as asyncio from "yieldstar";

function* ship(order: string): asyncio.Coroutine<string> {
  try {
    console.log(`${order}: packed`);
    yield* asyncio.sleep(0.6);
    console.log(`${order}: on its way`);
    return "a tracking number";
  } catch (error) {
    if (error instanceof asyncio.CancelledError) console.log(`${order}: left half done`);
    throw error;
  }
}

function* main(): asyncio.Coroutine {
  console.log("without a shield");
  try {
    yield* asyncio.waitFor(ship("order 1"), 0.2);
  } catch (error) {
    if (!(error instanceof asyncio.TimeoutError)) throw error;
    console.log("main: no patience");
  }

  console.log("with a shield");
  const shipment = asyncio.createTask(ship("order 2"));
  try {
    yield* asyncio.waitFor(asyncio.shield(shipment), 0.2);
  } catch (error) {
    if (!(error instanceof asyncio.TimeoutError)) throw error;
    console.log(`main: no patience, but the shipment ${shipment.cancelled() ? "is cancelled" : "goes on"}`);
  }
  console.log(`main: got ${yield* shipment} after all`);
}

await asyncio.run(main());

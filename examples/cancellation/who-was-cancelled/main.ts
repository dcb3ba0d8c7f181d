// A CancelledError does not say which task was cancelled: this one, or the task that it awaits. A request goes down the
// chain of waiting tasks to the one that awaits no task, and the error comes up again through all of them. `cancelling`
// tells the cases apart: it is zero if there is no request to end this task, and then it may go on without the other.
import * as asyncio from "yieldstar";

function* drive(seconds: number): asyncio.Coroutine<string> {
  try {
    yield* asyncio.sleep(seconds);
  } catch (error) {
    if (error instanceof asyncio.CancelledError) console.log("  driver: turns round");
    throw error;
  }
  return "bread";
}

function* shop(driver: asyncio.Task<string>): asyncio.Coroutine<string> {
  const me = asyncio.currentTask();
  try {
    return yield* driver;
  } catch (error) {
    if (!(error instanceof asyncio.CancelledError)) throw error;
    if (me !== undefined && me.cancelling() > 0) {
      console.log("  shopper: I am to stop, and so the driver was too");
      throw error;
    }
    console.log("  shopper: only the driver is to stop, I walk");
  }
  yield* asyncio.sleep(0.3);
  return "rolls";
}

function* tryOut(title: string, cancelled: string): asyncio.Coroutine {
  console.log(title);
  const driver = asyncio.createTask(drive(0.5), { name: "driver" });
  const shopper = asyncio.createTask(shop(driver), { name: "shopper" });
  yield* asyncio.sleep(0.2);
  for (const task of [driver, shopper]) {
    if (task.getName() === cancelled) task.cancel();
  }
  yield* asyncio.wait([shopper]);
  console.log(`  main: ${shopper.cancelled() ? "nothing" : shopper.result()} to eat`);
}

function* main(): asyncio.Coroutine {
  yield* tryOut("nobody is cancelled", "nobody");
  yield* tryOut("the driver is cancelled", "driver");
  yield* tryOut("the shopper is cancelled", "shopper");
}

await asyncio.run(main());

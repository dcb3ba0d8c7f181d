// `currentTask` returns the task that runs a function, and `allTasks` the tasks that are not done. With meaningful
// names a log line shows which task wrote it, and at the end the program can list the tasks still at work, and cancel
// them. Done tasks are on no list.
import * as asyncio from "yieldstar";

function log(text: string): void {
  console.log(`[${asyncio.currentTask()?.getName() ?? "nobody"}] ${text}`);
}

function logWhoIsHere(): void {
  const names = Array.from(asyncio.allTasks(), (task) => task.getName()).sort();
  log(`here are: ${names.join(", ")}`);
}

function* work(seconds: number): asyncio.Coroutine {
  log("begins");
  try {
    yield* asyncio.sleep(seconds);
    log("is done");
  } catch (error) {
    if (error instanceof asyncio.CancelledError) log("is sent home");
    throw error;
  }
}

function* main(): asyncio.Coroutine {
  const me = asyncio.currentTask();
  me?.setName("foreman");
  log("opens the yard");
  for (const [name, seconds] of Object.entries({ roofer: 0.6, mason: 0.2, painter: 0.8, glazier: 0.1 })) {
    asyncio.createTask(work(seconds), { name });
  }
  logWhoIsHere();

  asyncio.getRunningLoop().callLater(0.3, () => log("hears the bell"));
  yield* asyncio.sleep(0.4);
  logWhoIsHere();

  const others = [...asyncio.allTasks()]
    .filter((task) => task !== me)
    .sort((a, b) => (a.getName() < b.getName() ? -1 : 1));
  for (const task of others) task.cancel();
  yield* asyncio.gather(others, { returnExceptions: true });
  logWhoIsHere();
}

await asyncio.run(main());

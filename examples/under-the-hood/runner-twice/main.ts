// A Runner runs several programs on one loop, where `asyncio.run` makes a new one each time. The second run still has
// what the first one leaves behind: a task that has not ended, and the values in their common context. Between the runs
// the loop does nothing. The end of the block cancels the remaining tasks.
import * as asyncio from "yieldstar";

const language = new asyncio.ContextVar("language", { default: "English" });

function* count(): asyncio.Coroutine {
  let number = 0;
  try {
    while (true) {
      number += 1;
      console.log(`  counter: ${number}`);
      yield* asyncio.sleep(0.2);
    }
  } finally {
    console.log(`  counter: cancelled at ${number}`);
  }
}

function* first(): asyncio.Coroutine<asyncio.Task<void>> {
  language.set("Danish");
  const counter = asyncio.createTask(count());
  yield* asyncio.sleep(0.3);
  return counter;
}

function* second(counter: asyncio.Task<void>): asyncio.Coroutine<string> {
  console.log(`  the counter is ${counter.done() ? "done" : "still there"}`);
  yield* asyncio.sleep(0.4);
  return language.get();
}

{
  await using runner = new asyncio.Runner();
  console.log("first run");
  const task = await runner.run(first());
  console.log("second run");
  const spoken = await runner.run(second(task));
  console.log(`the language is ${spoken}, and out here ${language.get()}`);
}
console.log("closed");

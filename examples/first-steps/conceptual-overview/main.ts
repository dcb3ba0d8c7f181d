// Awaiting a coroutine does not give up control; awaiting a task does. An awaited coroutine runs at once, like a called
// function, and gives up control only where it has to wait. A task is in the loop's queue instead: awaiting it lets all
// tasks run that are queued before it.
import * as asyncio from "yieldstar";

function* say(text: string): asyncio.Coroutine {
  console.log(`  ${text}`);
}

function* sayTwice(text: string): asyncio.Coroutine {
  console.log(`  ${text}, once`);
  yield* asyncio.sleep(0);
  console.log(`  ${text}, twice`);
}

function* main(): asyncio.Coroutine {
  console.log("Making a coroutine, or a task, runs nothing yet.");
  const coroutine = say("the coroutine");
  const task = asyncio.createTask(say("the first task"));

  console.log("Awaiting a coroutine runs it at once, before the task that was made earlier.");
  yield* coroutine;
  yield* say("another coroutine");

  console.log("Awaiting a task gives up control, and the first task comes first.");
  yield* asyncio.createTask(say("the second task"));

  console.log("A task that is done has its result, and awaiting it gives up nothing.");
  const third = asyncio.createTask(say("the third task"));
  yield* task;

  console.log("A coroutine that waits gives up control, and so does main, which awaits it.");
  yield* sayTwice("a coroutine");
  yield* third;
}

await asyncio.run(main());

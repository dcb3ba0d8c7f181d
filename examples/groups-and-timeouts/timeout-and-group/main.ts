// A deadline inside a task of a group ends only that task; a deadline around the group ends the whole group. Inside,
// each task handles its own TimeoutError, and the group does not notice. Around the group, the deadline cancels all
// tasks that are not done, and done tasks keep their results.
import * as asyncio from "yieldstar";

const GUESTS = Object.entries({ Ann: 0.1, Ben: 0.9, Cleo: 0.3, Dan: 0.8 });

function* ask(name: string, seconds: number): asyncio.Coroutine<string> {
  try {
    yield* asyncio.sleep(seconds);
  } catch (error) {
    if (error instanceof asyncio.CancelledError) console.log(`  ${name} still thinks about it`);
    throw error;
  }
  return `${name} comes`;
}

function* askInTime(name: string, seconds: number): asyncio.Coroutine<string> {
  try {
    return yield* asyncio.asyncWith(asyncio.timeout(0.5), () => ask(name, seconds));
  } catch (error) {
    if (!(error instanceof asyncio.TimeoutError)) throw error;
    return `${name} is not counted on`;
  }
}

function* main(): asyncio.Coroutine {
  console.log("a deadline in each task");
  let replies = yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (group) {
    return GUESTS.map(([name, seconds]) => group.createTask(askInTime(name, seconds)));
  });
  for (const reply of replies) console.log(`  ${reply.result()}`);

  console.log("a deadline around the group");
  replies = [];
  try {
    yield* asyncio.asyncWith([asyncio.timeout(0.5), new asyncio.TaskGroup()], function* ([, group]) {
      for (const [name, seconds] of GUESTS) replies.push(group.createTask(ask(name, seconds)));
    });
  } catch (error) {
    if (!(error instanceof asyncio.TimeoutError)) throw error;
    console.log("  no more replies are taken");
  }
  for (const reply of replies) console.log(`  ${reply.cancelled() ? "no reply" : reply.result()}`);
}

await asyncio.run(main());

// Nested groups of tasks give nested groups of errors. A group that fails inside another one is a single error there:
// the outer group cancels and awaits its other tasks, and adds errors of their cleanup. An error that is handled inside
// does not affect the outer group.
import * as asyncio from "yieldstar";

class Mishap extends Error {}

function* rest(name: string, lastWords?: string): asyncio.Coroutine {
  try {
    yield* asyncio.sleep(5);
  } catch (error) {
    if (!(error instanceof asyncio.CancelledError)) throw error;
    console.log(`${name}: packing up`);
    yield* asyncio.sleep(0.1);
    if (lastWords !== undefined) throw new Mishap(lastWords);
    throw error;
  }
}

function* fail(seconds: number, text: string): asyncio.Coroutine<never> {
  yield* asyncio.sleep(seconds);
  throw new Mishap(text);
}

function* riverCamp(): asyncio.Coroutine {
  try {
    yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (camp) {
      camp.createTask(fail(0.2, "the boat leaks"));
      camp.createTask(rest("fisher"));
    });
  } catch (error) {
    yield* asyncio.exceptStar(
      error,
      asyncio.on(Mishap, (group) => console.log(`river camp: ${group.exceptions[0]?.message}, but we can walk`)),
    );
  }
}

function* mountainCamp(): asyncio.Coroutine {
  yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (camp) {
    camp.createTask(fail(0.6, "the tent is torn"));
    camp.createTask(rest("cook", "the soup is spilt"));
    camp.createTask(rest("guide"));
  });
}

function printTree(error: Error, indent = "  "): void {
  if (!(error instanceof asyncio.BaseExceptionGroup)) {
    console.log(`${indent}${error.message}`);
    return;
  }
  console.log(`${indent}${error.message}:`);
  for (const member of error.exceptions) printTree(member, `${indent}  `);
}

function* main(): asyncio.Coroutine {
  try {
    yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (expedition) {
      expedition.createTask(riverCamp());
      expedition.createTask(mountainCamp());
      expedition.createTask(rest("radio operator", "the radio is wet"));
    });
  } catch (error) {
    if (!(error instanceof asyncio.ExceptionGroup)) throw error;
    console.log("the expedition is over");
    printTree(error);
  }
}

await asyncio.run(main());

// A special exception ends a TaskGroup early, and `exceptStar` catches it. A task that fails makes its group cancel the
// others and end with a group of errors; here the "failure" is the answer that makes the others unnecessary. Errors of
// any other kind are not caught by `on(Found, …)` and go on.
import * as asyncio from "yieldstar";

class Found extends Error {}

function* search(shelf: string, seconds: number, hasBook: boolean): asyncio.Coroutine {
  try {
    yield* asyncio.sleep(seconds);
  } catch (error) {
    if (error instanceof asyncio.CancelledError) console.log(`shelf ${shelf}: search called off`);
    throw error;
  }
  console.log(`shelf ${shelf}: searched`);
  if (hasBook) throw new Found(`the book is on shelf ${shelf}`);
}

function* main(): asyncio.Coroutine {
  try {
    yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (group) {
      group.createTask(search("A", 0.2, false));
      group.createTask(search("B", 0.5, true));
      group.createTask(search("C", 1.5, true));
    });
    console.log("main: the book is nowhere");
  } catch (error) {
    yield* asyncio.exceptStar(
      error,
      asyncio.on(Found, (found) => {
        for (const { message } of found.exceptions) console.log(`main: ${message}`);
      }),
    );
  }
}

await asyncio.run(main());

// The smallest program is a coroutine that waits for another one. Each `yield*` is a place where a coroutine may pause,
// and its value is the result of the awaited coroutine; `asyncio.run` makes the event loop that runs both, and closes
// it.
import * as asyncio from "yieldstar";

function* greet(name: string): asyncio.Coroutine<string> {
  console.log("thinking ...");
  yield* asyncio.sleep(0.5);
  return `Hello, ${name}!`;
}

function* main(): asyncio.Coroutine {
  const greeting = yield* greet("world");
  console.log(greeting);
}

await asyncio.run(main());

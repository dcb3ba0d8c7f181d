// A Future is a place for a result that other code will set. Three questions are asked over one line, and each asker
// awaits its own future; the task that listens passes each answer to the right future, in whatever order the answers
// come, and an exception to the futures that will never get one.
import * as asyncio from "yieldstar";

class ConnectionError extends Error {}

class Line {
  readonly #waiting = new Map<number, asyncio.Future<string>>();

  send(number: number): asyncio.Future<string> {
    const answer = asyncio.getRunningLoop().createFuture<string>();
    this.#waiting.set(number, answer);
    return answer;
  }

  *listen(): asyncio.Coroutine {
    for (const [number, text] of [
      [3, "tomorrow"],
      [1, "behind the station"],
    ] as const) {
      yield* asyncio.sleep(0.2);
      this.#waiting.get(number)?.setResult(text);
      this.#waiting.delete(number);
    }
    yield* asyncio.sleep(0.2);
    for (const answer of this.#waiting.values()) {
      answer.setException(new ConnectionError("the line is dead"));
    }
  }
}

function* ask(line: Line, number: number, question: string): asyncio.Coroutine {
  console.log(`${number} asks: ${question}`);
  try {
    const answer = yield* line.send(number);
    console.log(`${number} hears: ${answer}`);
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    console.log(`${number} hears nothing: ${error.message}`);
  }
}

function* main(): asyncio.Coroutine {
  const line = new Line();
  yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (group) {
    group.createTask(line.listen());
    group.createTask(ask(line, 1, "where is Elm Street?"));
    group.createTask(ask(line, 2, "when does the train leave?"));
    group.createTask(ask(line, 3, "when does the ship arrive?"));
  });
}

await asyncio.run(main());

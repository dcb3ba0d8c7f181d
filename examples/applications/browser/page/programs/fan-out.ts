// Asks six mirrors at once. Each may take two seconds; after that it is hung up, which takes a moment too.
import * as asyncio from "yieldstar";

const mirrors = { Oslo: 0.3, Lima: 0.5, Hanoi: 0.8, Quito: 1.1, Accra: 2.6, Perth: 4 };

function* ask(seconds: number): asyncio.Coroutine<string> {
  try {
    yield* asyncio.sleep(seconds);
    return `answers after ${seconds} s`;
  } catch (error) {
    if (error instanceof asyncio.CancelledError) yield* asyncio.sleep(0.8); // Hang up.
    throw error;
  }
}

function* askInTime(name: string, seconds: number, print: (line: string) => void): asyncio.Coroutine {
  try {
    print(`${name} ${yield* asyncio.waitFor(ask(seconds), 2)}`);
  } catch (error) {
    if (!(error instanceof asyncio.TimeoutError)) throw error;
    print(`${name} takes too long`);
  }
}

export function* main(print: (line: string) => void): asyncio.Coroutine {
  yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (taskGroup) {
    for (const [name, seconds] of Object.entries(mirrors)) {
      taskGroup.createTask(askInTime(name, seconds, print), { name });
    }
  });
}

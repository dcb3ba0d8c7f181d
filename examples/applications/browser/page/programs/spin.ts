// Ten thousand coroutines that never rest, for ten seconds. The loop still gives the page its turns.
import * as asyncio from "yieldstar";

let steps = 0;

function* spin(): asyncio.Coroutine<never> {
  while (true) {
    steps += 1;
    yield* asyncio.sleep(0);
  }
}

function* spinners(print: (line: string) => void): asyncio.Coroutine {
  yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (taskGroup) {
    for (let number = 1; number <= 10_000; number++) {
      taskGroup.createTask(spin(), { name: `spinner ${number}` });
      if (number % 500 === 0) yield* asyncio.sleep(0);
    }
    print("10,000 coroutines spin");
    while (true) {
      steps = 0;
      yield* asyncio.sleep(1);
      print(`${steps.toLocaleString("en")} steps in a second`);
    }
  });
}

export function* main(print: (line: string) => void): asyncio.Coroutine {
  try {
    yield* asyncio.waitFor(spinners(print), 10);
  } catch (error) {
    if (!(error instanceof asyncio.TimeoutError)) throw error;
    print("ten seconds are over");
  }
}

// The handbook's program, slower: its deadline is ten times as long, and cleaning up takes a while.
import * as asyncio from "yieldstar";

function* worker(name: string, print: (line: string) => void): asyncio.Coroutine<never> {
  try {
    while (true) {
      print(`${name}: tick`);
      yield* asyncio.sleep(0.5);
    }
  } catch (error) {
    if (error instanceof asyncio.CancelledError) {
      print(`${name}: cleanup`);
      yield* asyncio.sleep(0.8);
    }
    throw error;
  }
}

export function* main(print: (line: string) => void): asyncio.Coroutine {
  try {
    yield* asyncio.asyncWith(asyncio.timeout(6), function* () {
      yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (taskGroup) {
        taskGroup.createTask(worker("alpha", print), { name: "alpha" });
        taskGroup.createTask(worker("beta", print), { name: "beta" });
      });
    });
  } catch (error) {
    if (!(error instanceof asyncio.TimeoutError)) throw error;
    print("timeout reached");
  }
}

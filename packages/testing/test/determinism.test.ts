import {
  CancelledError,
  type Coroutine,
  createTask,
  currentTask,
  type Future,
  gather,
  getRunningLoop,
  sleep,
} from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { expect, it } from "vitest";

/** A program with a bit of everything: equal deadlines, spins, wake-ups, cancellations and failures. */
function* program(trace: string[]): Coroutine {
  const loop = getRunningLoop();
  currentTask()?.setName("main");
  const note = (text: string): void => {
    trace.push(`${loop.time()} ${currentTask()?.getName() ?? "callback"}: ${text}`);
  };
  const worker = function* (delays: readonly number[], signal: Future<string>): Coroutine<number> {
    try {
      for (const delay of delays) {
        yield* sleep(delay);
        note(`slept ${delay}`);
      }
      note(yield* signal);
      return delays.length;
    } catch (error) {
      note(`caught ${String(error)}`);
      yield* sleep(0.5);
      note("cleaned up");
      throw error;
    }
  };
  const signal = loop.createFuture<string>();
  const plans = [
    [1, 0, 1],
    [0, 2],
    [2, 2],
    [1, 1, 1],
    [0, 0, 0, 3],
  ];
  const tasks = plans.map((delays, index) => createTask(worker(delays, signal), { name: `w${index}` }));
  for (const [index, task] of tasks.entries()) task.addDoneCallback(() => note(`w${index} is done`));
  loop.callLater(2, () => note("timer a"));
  loop.callLater(2, () => signal.setResult("signal"));
  loop.callLater(2, () => note("timer b"));
  loop.callLater(2, () => tasks[3]?.cancel("stop"));
  const results = yield* gather(tasks, { returnExceptions: true });
  note(results.map((result) => (result instanceof CancelledError ? "cancelled" : String(result))).join());
}

it("the same program makes the same trace every time", () => {
  const traces = Array.from({ length: 20 }, () => {
    const trace: string[] = [];
    runVirtual(program(trace));
    return trace;
  });
  expect(traces[0]?.length).toBeGreaterThan(20);
  for (const trace of traces) expect(trace).toEqual(traces[0]);
});

import {
  type Coroutine,
  createTask,
  DeadlockError,
  EventLoop,
  getRunningLoop,
  run,
  sleep,
  VirtualHost,
} from "@yieldstar/loop";
import { describe, expect, it } from "vitest";

const loopFactory = (): EventLoop => new EventLoop({ host: new VirtualHost() });

describe("an EventLoop on a VirtualHost", () => {
  it("starts at 0 and jumps to the timers' own times", async () => {
    const main = function* (): Coroutine<number[]> {
      const loop = getRunningLoop();
      const times = [loop.time()];
      yield* sleep(0.1);
      times.push(loop.time());
      yield* sleep(1e6);
      times.push(loop.time());
      return times;
    };
    expect(await run(main(), { loopFactory })).toEqual([0, 0.1, 1e6 + 0.1]);
  });

  it("lets promises settle while it spins", async () => {
    const main = function* (): Coroutine<number> {
      const future = getRunningLoop().createFuture<void>();
      void Promise.resolve().then(() => future.setResult());
      let turns = 0;
      for (; !future.done(); turns++) yield* sleep(0);
      return turns;
    };
    expect(await run(main(), { loopFactory })).toBeLessThan(5);
  });

  it("rejects when nothing can wake it, and names the awaited future of each task", async () => {
    const main = function* (): Coroutine {
      yield* createTask(sleep(Infinity), { name: "sleeper" });
    };
    const error: unknown = await run(main(), { loopFactory }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DeadlockError);
    expect((error as DeadlockError).message.split("\n")).toEqual([
      "nothing is ready and no timer is set, but these tasks are pending:",
      expect.stringMatching(
        /^ {2}<Task pending name='Task-\d+' coro=<coroutine object> wait_for=<Task pending name='sleeper' /,
      ),
      "  <Task pending name='sleeper' coro=<coroutine object sleep> " +
        "wait_for=<Future pending cb=[Task.task_wakeup()]> cb=[Task.task_wakeup()]>",
      expect.stringMatching(/^\(hint: debug mode /),
    ]);
  });
});

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  type Coroutine,
  createTask,
  type Future,
  getRunningLoop,
  run,
  sleep,
  SystemExit,
  ValueError,
} from "@yieldstar/loop";
import { expect, it } from "vitest";
import { printed } from "../../../.ci/vitest/quiet.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const error = new ValueError("boom");

function* failing(): Coroutine {
  throw error;
}

/** Lets the loop go idle, and the collector free the objects without references. */
function* collected(): Coroutine {
  for (let count = 0; count < 5; count++) {
    yield* sleep(0.001);
    collectGarbage();
  }
  yield* sleep(0.01);
}

it("an exception that is never retrieved is reported when its task is collected, and not once more", async () => {
  const main = function* (): Coroutine<unknown> {
    createTask(failing(), { name: "t" });
    yield* collected();
    return printed();
  };
  const text =
    /^Task exception was never retrieved\nfuture: <Task finished name='t' .*exception=ValueError\('boom'\).*>/;
  expect(await run(main())).toEqual([["error", expect.stringMatching(text), error]]);
  expect(printed()).toEqual([]);
});

it("an exception that was retrieved is not reported when its future is collected", async () => {
  const main = function* (): Coroutine<unknown> {
    const future = getRunningLoop().createFuture();
    future.setException(error);
    yield* sleep(0.001);
    expect(future.exception()).toBe(error);
    yield* collected();
    return printed();
  };
  expect(await run(main())).toEqual([]);
});

it("the listener for the final error of a program is removed with the error", async () => {
  const listeners = (): number => process.listenerCount("uncaughtExceptionMonitor");
  const exiting = function* (): Coroutine {
    throw new SystemExit(3);
  };
  const before = listeners();
  // An expectation of the error itself would hold it.
  expect(await run(exiting()).then(undefined, listeners)).toBe(before + 1);
  for (let count = 0; count < 100 && listeners() > before; count += 1) await run(collected());
  expect(listeners()).toBe(before);
});

const ends: [what: string, end: (future: Future<void>) => void][] = [
  ["retrieved", (future) => void future.exception()],
  ["reported when its loop closes", () => {}],
];

it.each(ends)("an exception that refers to its future does not keep it once it is %s", async (_what, end) => {
  const fail = function* (): Coroutine<WeakRef<object>> {
    const future = getRunningLoop().createFuture<void>();
    future.setException(Object.assign(new ValueError("boom"), { future }));
    yield* sleep(0.001);
    end(future);
    return new WeakRef(future);
  };
  const future = await run(fail());
  printed();
  for (let count = 0; count < 100 && future.deref() !== undefined; count += 1) await run(collected());
  expect(future.deref()).toBeUndefined();
});

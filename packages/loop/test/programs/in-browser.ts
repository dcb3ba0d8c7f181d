// The questions to a page and a worker: `browser.test.ts` states the expected answers.

import { type Coroutine, EventLoop, fromPromise, gather, getRunningLoop, run, sleep } from "@yieldstar/loop";

/** Parts of a page that the types of Node do not have. */
declare class Worker extends EventTarget {
  constructor(url: string, options: { readonly type: "module" });
}

interface Scope {
  answer?: Promise<unknown>;
  readonly document?: unknown;
  postMessage(message: unknown): void;
  setTimeout(callback: () => void, milliseconds: number): number;
}

const scope = globalThis as unknown as Scope;
const settings = new URLSearchParams((globalThis as unknown as { location: { search: string } }).location.search);

function* order(): Coroutine<string[]> {
  const loop = getRunningLoop();
  const events: string[] = [];
  const start = loop.time();
  loop.callAt(start + 0.009, () => events.push("c"));
  loop.callAt(start + 0.003, () => events.push("a1"));
  loop.callAt(start + 0.006, () => events.push("b"));
  loop.callAt(start + 0.003, () => events.push("a2"));
  yield* sleep(0.02);
  return events;
}

/** How early timers are, at the worst, beyond the resolution of the clock. */
function* earliest(): Coroutine<boolean> {
  const loop = getRunningLoop();
  let lateness = Infinity;
  for (const delay of [0, 0.0003, 0.001, 0.0015, 0.0101]) {
    const when = loop.time() + delay;
    yield* sleep(delay);
    lateness = Math.min(lateness, loop.time() - when);
  }
  return lateness > -0.000_11;
}

/**
 * Nested timers would take 4 ms each, in every round. Other work of the machine may slow down many rounds, but not all.
 */
function* briefSleeps(): Coroutine<boolean> {
  const loop = getRunningLoop();
  for (let round = 0; round < 100; round++) {
    const start = loop.time();
    for (let count = 0; count < 10; count++) yield* sleep(0.001);
    if (loop.time() - start < 0.038) return true;
  }
  return false;
}

/** A loop that never sleeps lets the host's timers, messages and requests through. */
function* spin(): Coroutine<string[]> {
  const loop = getRunningLoop();
  const served: string[] = [];
  const channel = new MessageChannel();
  channel.port1.addEventListener("message", () => served.push("message"));
  channel.port1.start();
  channel.port2.postMessage(0);
  scope.setTimeout(() => served.push("timer"), 1);
  void fetch("/answer").then(() => served.push("request"));
  const deadline = loop.time() + 5;
  while (served.length < 3 && loop.time() < deadline) yield* sleep(0);
  return served.sort();
}

/** How many iterations the loop does in one turn, while a message of its own is under way. */
function* iterations(): Coroutine<number> {
  let most = 0;
  for (let round = 0; round < 20; round++) {
    const channel = new MessageChannel();
    const messages: unknown[] = [];
    channel.port1.addEventListener("message", (message) => messages.push(message));
    channel.port1.start();
    channel.port2.postMessage(0);
    let count = 0;
    for (; messages.length === 0; count++) yield* sleep(0);
    most = Math.max(most, count);
  }
  return most;
}

/** A wake-up from outside does not wait for the timer that is set. */
function* wakeUps(): Coroutine<string[]> {
  const loop = getRunningLoop();
  loop.callLater(3600, () => {});
  yield* sleep(0.001);
  const setTimer = scope.setTimeout.bind(globalThis);
  const timers: number[] = [];
  const wakers: ((wake: () => void) => void)[] = [
    (wake) => void Promise.resolve().then(wake),
    (wake) => {
      const target = new EventTarget();
      target.addEventListener("event", wake);
      void fetch("/answer").then(() => target.dispatchEvent(new Event("event")));
    },
    (wake) => {
      const channel = new MessageChannel();
      channel.port1.addEventListener("message", wake);
      channel.port1.start();
      channel.port2.postMessage(0);
    },
  ];
  const woken: string[] = [];
  for (const [index, schedule] of wakers.entries()) {
    const future = loop.createFuture<string>();
    schedule(() => future.setResult(`woken ${index}`));
    scope.setTimeout = (callback, milliseconds) => {
      timers.push(milliseconds);
      return setTimer(callback, milliseconds);
    };
    woken.push(yield* future);
  }
  scope.setTimeout = setTimer;
  // The host can wait an hour in one piece.
  return [...woken, timers.every((milliseconds) => milliseconds > 3_000_000) ? "no short timer" : timers.join()];
}

/** Browsers fire delays at once that are longer than they can count. */
function* longTimers(): Coroutine<boolean> {
  let fired = 0;
  for (const delay of [2 ** 31 / 1000, 2 ** 32 / 1000, 1e12, Number.MAX_VALUE]) {
    getRunningLoop().callLater(delay, () => (fired += 1));
  }
  yield* sleep(0.02);
  return fired === 0;
}

function* signals(): Coroutine<string> {
  yield* sleep(0);
  try {
    getRunningLoop().addSignalHandler("SIGTERM", () => {});
    return "no error";
  } catch (error) {
    return String(error);
  }
}

function* aborted(): Coroutine<boolean> {
  const fetching = fromPromise((signal) => fetch("/never", { signal }));
  const task = getRunningLoop().createTask(fetching);
  yield* sleep(0.01);
  task.cancel();
  yield* gather([task], { returnExceptions: true });
  return task.cancelled();
}

async function answer(): Promise<unknown> {
  const loopFactory = (): EventLoop => new EventLoop({ turnBudget: 0 });
  return {
    order: await run(order()),
    isNeverEarly: await run(earliest()),
    sleepsBriefly: await run(briefSleeps()),
    served: await run(spin()),
    iterations: await run(iterations()),
    iterationsOfNoBudget: await run(iterations(), { loopFactory }),
    woken: await run(wakeUps()),
    waitsForLong: await run(longTimers()),
    signals: await run(signals()),
    aborted: await run(aborted()),
  };
}

if (scope.document === undefined) {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has none
  void answer().then((value) => scope.postMessage(value));
} else if (settings.has("worker")) {
  scope.answer = new Promise((resolve, reject) => {
    const worker = new Worker("/program.js", { type: "module" });
    worker.addEventListener("message", (event) => resolve((event as unknown as { data: unknown }).data));
    worker.addEventListener("error", (event) => reject(new Error((event as unknown as { message: string }).message)));
  });
} else {
  scope.answer = answer();
}

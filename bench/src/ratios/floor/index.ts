/**
 * The floor of each row: the least that does it with CPython's order, with futures, cancellation and contexts. It checks
 * nothing, reports nothing, has no debug mode, and there is one loop. Every row runs the same program on it as on ours.
 */

export { asyncWith } from "./block.ts";
export { ContextVar } from "./context.ts";
export { coroutine, createTask } from "./frames.ts";
export { fromPromise } from "./from-promise.ts";
export { TimeoutError } from "./future.ts";
export { gather, wait } from "./gather.ts";
export { Lock } from "./lock.ts";
export { Queue } from "./queue.ts";
export { getRunningLoop, run, runBesideHost } from "./run.ts";
export { Semaphore } from "./semaphore.ts";
export { sleep } from "./sleep.ts";
export { TaskGroup } from "./task-group.ts";
export { timeout } from "./timeout.ts";

import type { RunningLoop } from "../context/ambient.ts";
import type { ContextOptions } from "../context/context-options.ts";
import type { Handle, TimerHandle } from "./handle.ts";
import type { Scheduler } from "./scheduler.ts";

/** All that futures, tasks and primitives need of a loop. */
export interface Loop extends RunningLoop {
  time(): number;
  callSoon(callback: () => void, options?: ContextOptions): Handle;
  callLater(delay: number, callback: () => void, options?: ContextOptions): TimerHandle;
  callAt(when: number, callback: () => void, options?: ContextOptions): TimerHandle;
  stop(): void;
  isClosed(): boolean;

  /** @internal */
  readonly _scheduler: Scheduler;
  /** @internal The tasks that are not done, in the order they were created. */
  readonly _tasks: Collection & Iterable<object>;
  /** @internal The tasks that are in an eager first step. */
  readonly _eagerTasks: Collection & Iterable<object>;
  /** @internal The failed futures whose exception was not retrieved. */
  readonly _unretrieved: { add(future: object): void; forget(future: object): void };
  /** @internal @throws RuntimeError when the loop is closed */
  _requireOpen(): void;
  /** @internal A promise's callback is about to queue something, and calls `_servePromise` then. */
  _expectPromise(): void;
  /** @internal A promise's callback, which is a turn of the host's own, has queued something. */
  _servePromise(): void;
  /** @internal Ends the run from outside, with an error, where there is a run to end; returns whether there was. */
  _abort(error: Error): boolean;
  /** @internal Something is about to be queued from outside. @throws RuntimeError when the loop is closed */
  _wakeFromOutside(): void;
}

interface Collection {
  add(item: object): unknown;
  delete(item: object): unknown;
}

/**
 * The loop as programs get it from a future or a task. `BaseEventLoop` has all its members: it is made of futures and tasks, so
 * it adds them to this interface itself.
 *
 * Source: asyncio.AbstractEventLoop, CPython 3.14 Lib/asyncio/events.py.
 */
export interface AbstractEventLoop {}

import type { RunningLoop } from "../context/ambient.ts";
import type { ContextOptions } from "../context/context-options.ts";
import type { Handle, TimerHandle } from "./handle.ts";
import type { Scheduler } from "./scheduler.ts";

/** All that futures, tasks and primitives need from a loop. */
export interface Loop extends RunningLoop {
  time(): number;
  callSoon(callback: () => void, options?: ContextOptions): Handle;
  callLater(delay: number, callback: () => void, options?: ContextOptions): TimerHandle;
  callAt(when: number, callback: () => void, options?: ContextOptions): TimerHandle;
  stop(): void;
  isClosed(): boolean;

  /** @internal */
  readonly _scheduler: Scheduler;
  /** @internal The tasks that are not done, in the order in which they were created. */
  readonly _tasks: Collection & Iterable<object>;
  /** @internal The tasks whose eager first step runs now. */
  readonly _eagerTasks: Collection & Iterable<object>;
  /** @internal The failed futures whose exception was not retrieved. */
  readonly _unretrieved: { add(future: object): void; forget(future: object): void };
  /** @internal @throws RuntimeError when the loop is closed */
  _requireOpen(): void;
  /** @internal Announces that a promise's callback will queue something now, and then call `_servePromise`. */
  _expectPromise(): void;
  /**
   * @internal Called by a promise's callback that has queued something. The loop may run it at once, in this callback.
   */
  _servePromise(): void;
  /** @internal Ends the loop's run with `error`, from outside the loop; returns whether there was a run to end. */
  _abort(error: Error): boolean;
  /** @internal Called before code outside the loop queues something. @throws RuntimeError when the loop is closed */
  _wakeFromOutside(): void;
}

interface Collection {
  add(item: object): unknown;
  delete(item: object): unknown;
}

/**
 * The type of the loop that a program gets from a future or a task. `BaseEventLoop` adds all its members to this
 * interface: its file imports futures and tasks, so they cannot import it.
 *
 * Source: asyncio.AbstractEventLoop, CPython 3.14 Lib/asyncio/events.py.
 */
export interface AbstractEventLoop {}

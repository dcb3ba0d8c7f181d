import { attemptEach } from "../errors/attempt.ts";
import type { AbstractEventLoop } from "../scheduling/loop.ts";
import { sourceTraceback } from "../debug/creations.ts";
import type { Future } from "../tasks/future.ts";
import { className } from "../text/names.ts";
import { releaseFrames } from "../errors/release-frames.ts";
import { type ExceptionContext, reportFromOutside } from "./reports.ts";
import { repr } from "../text/repr.ts";
import { getRunningLoopOrUndefined } from "../context/ambient.ts";

/** An exception that nobody has retrieved, watched without keeping its future alive. */
export interface Failure {
  readonly owner: Unretrieved;
  readonly message: string;
  readonly exception: Error;
  /** The future's text, for when it is gone. */
  readonly text: string;
  /** Where the future was created, in debug mode. */
  readonly creation: { readonly sourceTraceback?: string };
  readonly future: WeakRef<Future<unknown>>;
}

/** This many fresh failures are held before they are looked through. */
const sweepThreshold = 1000;

/**
 * The failed futures of a loop whose exception nobody has retrieved. Each is reported once: when the collector takes
 * the future, as in CPython, when the loop closes, or when the process ends, since a collector may never run.
 *
 * Most failures are retrieved within an iteration or two. So they are only noted at first; those that are left when the
 * loop next goes idle are handed to a `FinalizationRegistry`.
 */
export class Unretrieved {
  /** One for all loops. A loop that the program drops is held until its failed futures are collected, and then reports. */
  static readonly #registry = new FinalizationRegistry<Failure>((failure) => failure.owner.#reportCollected(failure));

  readonly #loop: AbstractEventLoop;
  readonly #watched = new Set<Failure>();
  readonly #fresh: Future<unknown>[] = [];
  /** How many of the fresh failures were there when `age` was last called. */
  #aged = 0;
  /** Ends the listening to the end of the process, which lasts for as long as there is something to report. */
  #stopListening: (() => void) | undefined;

  constructor(loop: AbstractEventLoop) {
    this.#loop = loop;
  }

  add(future: Future<unknown>): void {
    const count = this.#fresh.push(future);
    if (count === 1) this.#begin();
    else if (count > sweepThreshold) this.sweep();
  }

  /** The first fresh failure is there. */
  #begin(): void {
    const loop = this.#loop;
    this.#stopListening ??= loop._onExit(() => void this.reportAll());
    if (getRunningLoopOrUndefined() === loop) return;
    // A loop that waits goes idle once more and sweeps then; one that does not run might never.
    if (loop.isRunning()) loop._wakeFromOutside();
    else queueMicrotask(() => this.sweep());
  }

  /** Called when the loop goes idle: lets go of the fresh failures and watches those that were not retrieved. */
  sweep(): void {
    this.#sweepFirst(this.#fresh.length);
  }

  /** Called when a loop that is never idle has used up a turn: sweeps the failures that were there a turn ago. */
  age(): void {
    if (this.#fresh.length === 0) return;
    this.#sweepFirst(this.#aged);
    this.#aged = this.#fresh.length;
  }

  #sweepFirst(count: number): void {
    if (count === 0) return;
    for (const future of this.#fresh.splice(0, count)) {
      if (future._isUnretrieved()) this.#watch(future);
    }
    this.#aged = 0;
    this.#listenOrNot();
  }

  /** Its exception was retrieved. */
  forget(future: Future<unknown>): void {
    const failure = future._failure as Failure | undefined;
    if (failure === undefined || !this.#watched.delete(failure)) return;
    this.#listenOrNot();
  }

  #listenOrNot(): void {
    if (this.#watched.size > 0 || this.#fresh.length > 0) return;
    this.#stopListening?.();
    this.#stopListening = undefined;
  }

  /** Called when the loop closes, or the process ends; returns the first error that a handler throws. */
  reportAll(): Error | undefined {
    this.sweep();
    return attemptEach(this.#watched, (failure) => {
      const context = this.#take(failure);
      if (context !== undefined) this.#loop.callExceptionHandler(context);
    });
  }

  #watch(future: Future<unknown>): void {
    const message = `${className(future)} exception was never retrieved`;
    const exception = future._outcome as Error;
    releaseFrames(exception);
    const failure: Failure = {
      owner: this,
      message,
      exception,
      text: repr(future),
      creation: sourceTraceback(future),
      future: new WeakRef(future),
    };
    future._failure = failure;
    this.#watched.add(failure);
    // A token to unregister it by, and a map from the future, would cost 16 bytes for good on Node 20, which never shrinks them.
    Unretrieved.#registry.register(future, failure);
  }

  #reportCollected(failure: Failure): void {
    const context = this.#take(failure);
    if (context !== undefined) reportFromOutside(this.#loop, context);
  }

  /** What the exception handler is told of a failure, once. */
  #take(failure: Failure): ExceptionContext | undefined {
    if (!this.#watched.delete(failure)) return undefined;
    this.#listenOrNot();
    const { message, exception, creation } = failure;
    const future = failure.future.deref() ?? this.#standIn(failure);
    future._markRetrieved();
    return { message, exception, future, ...creation };
  }

  /** A future like the one that the collector has taken. */
  #standIn({ exception, text }: Failure): Future<unknown> {
    const future = this.#loop.createFuture<unknown>();
    future._failRetrieved(exception);
    return Object.defineProperty(future, "toString", { value: () => text });
  }
}

import { attemptEach } from "../errors/attempt.ts";
import type { AbstractEventLoop } from "../scheduling/loop.ts";
import { sourceTraceback } from "../debug/creations.ts";
import type { Future } from "../tasks/future.ts";
import { className } from "../text/names.ts";
import { releaseFrames } from "../errors/release-frames.ts";
import { type ExceptionContext, reportFromOutside } from "./reports.ts";
import { repr } from "../text/repr.ts";
import { currentLoop } from "../context/ambient.ts";

/** An exception that no code has retrieved. It does not keep its future alive. */
interface Details {
  readonly owner: Unretrieved;
  readonly message: string;
  readonly exception: Error;
  /** The future's text, for a report after the collector has taken the future. */
  readonly text: string;
  /** Where the future was created, in debug mode. */
  readonly creation: { readonly sourceTraceback?: string };
  readonly future: WeakRef<Future<unknown>>;
}

/**
 * The registry holds it until the future is collected. It forgets the details before that, once the exception is
 * retrieved or reported: they may lead to the future, which would then live for ever.
 */
interface Failure {
  details: Details | undefined;
}

/** If there are more fresh failures than this, a sweep does not wait until the loop is idle. */
const sweepThreshold = 1000;

/**
 * The failed futures of a loop whose exception no code has retrieved. Each is reported once: when the collector takes
 * the future, as in CPython; when the loop closes; or when the process ends, since the collector may never run.
 *
 * Most exceptions are retrieved within an iteration or two. So a failure is only noted at first: it is fresh. When the
 * loop next goes idle, a sweep hands those that are left to a `FinalizationRegistry`: they are watched.
 */
export class Unretrieved {
  /**
   * One for all loops. It holds a loop that the program has dropped until its failed futures are collected and
   * reported.
   */
  static readonly #registry = new FinalizationRegistry<Failure>((failure) => {
    const owner = failure.details?.owner;
    if (owner !== undefined) owner.#reportCollected(failure);
  });

  readonly #loop: AbstractEventLoop;
  readonly #watched = new Set<Failure>();
  readonly #fresh: Future<unknown>[] = [];
  /** How many of the fresh failures were there at the last call of `age`. */
  #aged = 0;
  /** Stops listening for the end of the process. Set while there is a failure that may have to be reported then. */
  #stopListening: (() => void) | undefined;

  constructor(loop: AbstractEventLoop) {
    this.#loop = loop;
  }

  /** Notes a future that has failed now. */
  add(future: Future<unknown>): void {
    const count = this.#fresh.push(future);
    if (count === 1) this.#begin();
    else if (count > sweepThreshold) this.sweep();
  }

  /** Called for the first of the fresh failures. */
  #begin(): void {
    const loop = this.#loop;
    this.#stopListening ??= loop._onExit(() => void this.reportAll());
    if (currentLoop === loop) return;
    // A loop that waits is woken, and sweeps when it goes idle again. A loop that does not run might never sweep.
    if (loop.isRunning()) loop._wakeFromOutside();
    else queueMicrotask(() => this.sweep());
  }

  /** Called when the loop goes idle: watches the fresh failures that were not retrieved, and forgets the others. */
  sweep(): void {
    this.#sweepFirst(this.#fresh.length);
  }

  /** Called when the loop has used up a turn and is not idle: sweeps the failures that were there a turn ago. */
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

  /** Forgets a future whose exception was retrieved. */
  forget(future: Future<unknown>): void {
    const failure = future._failure as Failure | undefined;
    if (failure === undefined || !this.#watched.delete(failure)) return;
    failure.details = undefined;
    this.#listenOrNot();
  }

  #listenOrNot(): void {
    if (this.#watched.size > 0 || this.#fresh.length > 0) return;
    this.#stopListening?.();
    this.#stopListening = undefined;
  }

  /**
   * Reports all, when the loop closes or the process ends. Returns the first error that the exception handler throws.
   */
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
      details: {
        owner: this,
        message,
        exception,
        text: repr(future),
        creation: sourceTraceback(future),
        future: new WeakRef(future),
      },
    };
    future._failure = failure;
    this.#watched.add(failure);
    // No token to unregister it, and no map from the future: on Node 20 the tables of tokens and of maps never shrink,
    // so each entry would cost 16 bytes for ever.
    Unretrieved.#registry.register(future, failure);
  }

  #reportCollected(failure: Failure): void {
    const context = this.#take(failure);
    if (context !== undefined) reportFromOutside(this.#loop, context);
  }

  /** Returns the report of a failure, once. */
  #take(failure: Failure): ExceptionContext | undefined {
    const { details } = failure;
    if (details === undefined) return undefined;
    failure.details = undefined;
    this.#watched.delete(failure);
    this.#listenOrNot();
    const { message, exception, creation } = details;
    const future = details.future.deref() ?? this.#standIn(details);
    future._markRetrieved();
    return { message, exception, future, ...creation };
  }

  /** Makes a future with the exception and the text of the one that the collector has taken. */
  #standIn({ exception, text }: Details): Future<unknown> {
    const future = this.#loop.createFuture<unknown>();
    future._failRetrieved(exception);
    return Object.defineProperty(future, "toString", { value: () => text });
  }
}

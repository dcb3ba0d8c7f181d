import type { BaseEventLoop } from "./base-event-loop.ts";
import { sourceTraceback } from "./debug.ts";
import type { Future } from "./future.ts";
import { toText } from "./repr.ts";

/** An exception that nobody has retrieved, watched without keeping its future alive. */
interface Failure {
  readonly message: string;
  readonly exception: Error;
  /** The future's text, for when it is gone. */
  readonly text: string;
  readonly future: WeakRef<Future<unknown>>;
}

/** So many fresh failures are held before they are looked through. */
const sweepThreshold = 1000;

/**
 * The failed futures of a loop whose exception nobody has retrieved. Each is reported once: when the collector takes
 * the future, as in CPython, or when the loop closes, since a collector may never run.
 *
 * Most failures are retrieved within an iteration or two. So they are only noted at first; what is left when the loop
 * next goes idle is handed to a `FinalizationRegistry`.
 */
export class Unretrieved {
  readonly #loop: BaseEventLoop;
  readonly #watched = new Set<Failure>();
  readonly #failures = new WeakMap<Future<unknown>, Failure>();
  readonly #registry: FinalizationRegistry<Failure>;
  #fresh: Future<unknown>[] = [];

  constructor(loop: BaseEventLoop) {
    this.#loop = loop;
    this.#registry = new FinalizationRegistry((failure) => this.#report(failure));
  }

  add(future: Future<unknown>): void {
    if (this.#fresh.push(future) > sweepThreshold) this.sweep();
  }

  /** Called when the loop goes idle: lets go of the fresh failures and watches those that were not retrieved. */
  sweep(): void {
    if (this.#fresh.length === 0) return;
    const fresh = this.#fresh;
    this.#fresh = [];
    for (const future of fresh) if (future._isUnretrieved() && !this.#failures.has(future)) this.#watch(future);
  }

  /** Its exception was retrieved. */
  forget(future: Future<unknown>): void {
    const failure = this.#failures.get(future);
    if (failure === undefined) return;
    this.#failures.delete(future);
    this.#unwatch(failure);
  }

  #unwatch(failure: Failure): void {
    this.#watched.delete(failure);
    this.#registry.unregister(failure);
  }

  /** Called when the loop closes. */
  reportAll(): void {
    this.sweep();
    for (const failure of this.#watched) this.#report(failure);
  }

  #watch(future: Future<unknown>): void {
    const message = `${future.constructor.name} exception was never retrieved`;
    const exception = future._outcome as Error;
    const failure: Failure = { message, exception, text: toText(future), future: new WeakRef(future) };
    this.#failures.set(future, failure);
    this.#watched.add(failure);
    this.#registry.register(future, failure, failure);
  }

  #report(failure: Failure): void {
    const { message, exception } = failure;
    this.#unwatch(failure);
    const future = failure.future.deref() ?? this.#standIn(failure);
    future._markRetrieved();
    this.#loop.callExceptionHandler({ message, exception, future, ...sourceTraceback(future) });
  }

  /** A future like the one that the collector has taken. */
  #standIn({ exception, text }: Failure): Future<unknown> {
    const future = this.#loop.createFuture<unknown>();
    future._fail(exception);
    return Object.defineProperty(future, "toString", { value: () => text });
  }
}

import { type Coroutine, Exception, fromPromise, getRunningLoop, repr, StopAsyncIteration } from "@yieldstar/loop";
import { showAsText, toException, reportFromOutside } from "@yieldstar/loop/internal";
import { ClosingIterator } from "./async-iterator.ts";
import type { NativeSource } from "./native-source.ts";

/** A value that the program asked for, and has not taken. */
interface Unread<T> {
  readonly promise: Promise<IteratorResult<T, unknown>>;
  /** Whether the promise is pending. It is set when a wait for the value is first cancelled. */
  isPending?: boolean;
}

/** Awaits the promises of a native iterator. */
export class NativeIterator<T> extends ClosingIterator<T> {
  static {
    showAsText(this, "NativeIterator");
  }

  readonly #source: NativeSource<T>;
  #unread: Unread<T>[] = [];
  #hasEnded = false;

  constructor(source: NativeSource<T>) {
    super();
    this.#source = source;
  }

  /**
   * Waits for the next value.
   *
   * @throws StopAsyncIteration when there are no more values
   * @throws what the native iterator's promise rejects with
   *
   * Cancellation does not wait for the value: the next `anext` gives it.
   */
  override *anext(): Coroutine<T> {
    if (this.#hasEnded) throw new StopAsyncIteration();
    try {
      const unread = this.#unread.shift() ?? { promise: Promise.resolve(this.#source.next()) };
      const result: unknown = yield* settled(unread.promise, () => this.#keep(unread));
      if (!isResult<T>(result)) throw new TypeError(`Iterator result ${repr(result)} is not an object`);
      if (result.done === true) throw new StopAsyncIteration();
      return result.value;
    } catch (error) {
      if (error instanceof Exception) this.#end();
      throw error;
    }
  }

  /**
   * Ends the iteration, and waits for the cleanup of the native iterator.
   *
   * When a value is still pending whose wait was cancelled, it asks the native iterator to end, but does not wait: that
   * iterator ends only after the pending value, which may never come. If closing it fails then, the exception handler
   * gets the error.
   */
  override *aclose(): Coroutine {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const isStuck = !this.#source.closesAtOnce && this.#unread.some(({ isPending }) => isPending === true);
    this.#unread = [];
    const closing = Promise.resolve(this.#source.close());
    const report = reporter(this);
    if (isStuck) closing.catch(report);
    else yield* settled(closing, () => closing.catch(report));
  }

  #keep(unread: Unread<T>): void {
    this.#unread.push(unread);
    if (unread.isPending !== undefined) return;
    unread.isPending = true;
    const settle = (): void => {
      unread.isPending = false;
    };
    unread.promise.then(settle, settle);
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#source.release();
  }
}

/** Waits for a promise. Calls `abandon` when a cancel ends the wait before the promise settles. */
function* settled<T>(promise: Promise<T>, abandon: () => void): Coroutine<T> {
  let isSettled = false;
  try {
    const value = yield* fromPromise(promise);
    isSettled = true;
    return value;
  } catch (error) {
    isSettled = error instanceof Exception;
    throw error;
  } finally {
    if (!isSettled) abandon();
  }
}

function reporter(iterator: object): (error: unknown) => void {
  const loop = getRunningLoop();
  return (error) => {
    const message = "an error occurred during closing of an asynchronous iterator";
    reportFromOutside(loop, { message, exception: toException(error), iterator });
  };
}

function isResult<T>(value: unknown): value is IteratorResult<T, unknown> {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

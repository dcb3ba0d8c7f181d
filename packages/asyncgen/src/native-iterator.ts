import { type Coroutine, Exception, fromPromise, getRunningLoop, repr, StopAsyncIteration } from "@yieldstar/loop";
import { showAsText, toException, reportFromOutside } from "@yieldstar/loop/internal";
import { ClosingIterator } from "./async-iterator.ts";
import type { NativeSource } from "./native-source.ts";

/** A value that was asked for, and that nobody has taken. */
interface Unread<T> {
  readonly promise: Promise<IteratorResult<T, unknown>>;
  /** Known from the first time on that a wait for it was given up. */
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
   * @throws StopAsyncIteration when there is none
   *
   * Cancellation does not wait for the value: it is what the next `anext` gives.
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
   * Ends the iteration, and waits until the native iterator has cleaned up.
   *
   * One that is still at work on a value that nobody waits for any more is told to end, but not waited for: it could not
   * be told before that is done, which may be never. An error that comes of it is reported to the exception handler.
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

/** Waits for a promise. When the wait ends before that is settled, by a cancel, `abandon` is called. */
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

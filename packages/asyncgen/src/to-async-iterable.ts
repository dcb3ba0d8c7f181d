import {
  type Coroutine,
  getRunningLoop,
  repr,
  StopAsyncIteration,
  toPromise,
  type ToPromiseOptions,
} from "@yieldstar/loop";
import { onAbort, readToPromiseOptions, showAsText, toException } from "@yieldstar/loop/internal";
import { AsyncGenerator } from "./async-generator.ts";

/**
 * Makes a JavaScript async generator from ours: `for await (const row of toAsyncIterable(rows())) { … }`.
 *
 * Each step runs in a task of its own, by `toPromise`: the body must not emit a value inside an open timeout or task
 * group. Steps that are requested at the same time run one after another. `for await` calls `return()` when it ends
 * early, and `return()` settles after the cleanup of the generator.
 *
 * @param generator - an async generator. Other code must not iterate it from now on
 * @param options - `signal` cancels the running step at its `yield*`, or closes the generator when no step runs; the
 *   next step then rejects with the signal's reason. `loop` runs the steps, by default the loop of all `toPromise`
 *   calls
 * @returns a JavaScript async generator, whose steps reject as the promises of `toPromise` do
 * @throws TypeError when `generator` is no async generator of ours, or an option is wrong
 *
 * It has no counterpart in CPython.
 */
export function toAsyncIterable<T>(
  generator: AsyncGenerator<T>,
  options?: ToPromiseOptions,
): globalThis.AsyncGenerator<T, undefined, unknown> {
  const given = readToPromiseOptions(options, "toAsyncIterable");
  if (generator instanceof AsyncGenerator) return new NativeAsyncGenerator<T>(generator, given);
  throw new TypeError(`an async generator was expected, got ${repr(generator)}`);
}

class NativeAsyncGenerator<T> implements globalThis.AsyncGenerator<T, undefined, unknown> {
  static {
    showAsText(this, "NativeAsyncGenerator");
  }

  readonly #generator: AsyncGenerator<T>;
  readonly #options: ToPromiseOptions;
  #unlisten: (() => void) | undefined;
  #state: "created" | "begun" | "ended" = "created";
  /** Settles after the steps that were requested. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(generator: AsyncGenerator<T>, options: ToPromiseOptions) {
    this.#generator = generator;
    this.#options = options;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(sent?: unknown): Promise<IteratorResult<T, undefined>> {
    return this.#afterOthers(() => {
      if (this.#state === "ended") return { done: true, value: undefined };
      // JavaScript ignores the value of the first call.
      return this.#advance(this.#generator.asend(this.#state === "created" ? undefined : sent));
    });
  }

  throw(error: unknown): Promise<IteratorResult<T, undefined>> {
    return this.#afterOthers(() => {
      if (this.#state === "ended") throw error;
      return this.#advance(this.#generator.athrow(error as Error) as Coroutine<T>);
    });
  }

  return(value?: PromiseLike<undefined>): Promise<IteratorResult<T, undefined>> {
    return this.#afterOthers(async () => {
      const isOpen = this.#state !== "ended";
      this.#end();
      // Without the signal, which must not cancel the cleanup that it causes.
      if (isOpen) await toPromise(this.#generator.aclose(), { loop: this.#options.loop });
      return { done: true, value: await value };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  async #advance(step: Coroutine<T>): Promise<IteratorResult<T, undefined>> {
    if (this.#state === "created") this.#listen();
    this.#state = "begun";
    try {
      return { done: false, value: await toPromise(step, this.#options) };
    } catch (error) {
      this.#end();
      if (error instanceof StopAsyncIteration) return { done: true, value: undefined };
      throw error;
    }
  }

  #listen(): void {
    const { signal } = this.#options;
    if (signal?.aborted === false) this.#unlisten = onAbort(signal, this.#closeOnAbort);
  }

  #end(): void {
    this.#state = "ended";
    this.#unlisten?.();
  }

  #afterOthers<R>(step: () => R | Promise<R>): Promise<R> {
    const result = this.#last.then(step);
    this.#last = result.catch(() => {});
    return result;
  }

  /** `toPromise` cancels the running step itself, if there is one. */
  readonly #closeOnAbort = (): void => {
    void this.#afterOthers(() => toPromise(closeReporting(this.#generator), { loop: this.#options.loop }));
  };
}

/** Closes a generator for a signal. An error goes to the exception handler, since no caller waits. */
function* closeReporting(asyncgen: AsyncGenerator<unknown>): Coroutine {
  try {
    yield* asyncgen.aclose();
  } catch (error) {
    const message = `an error occurred during closing of asynchronous generator ${asyncgen}`;
    getRunningLoop().callExceptionHandler({ message, exception: toException(error), asyncgen });
  }
}

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
 * Gives an async generator out to JavaScript: `for await (const row of toAsyncIterable(rows())) { … }`.
 *
 * Each step runs in a task of its own, by `toPromise`: a timeout or a task group must not be open while a value is handed
 * out. Steps that are asked for at once run one after another. `return()`, which `for await` calls when it is left early,
 * settles when the generator has cleaned up.
 *
 * @param generator - which nobody else iterates from now on
 * @param options - `signal` cancels the step that runs, at its `yield*`, or closes the generator where none does; the next
 *   step then rejects with the signal's reason. `loop` is where the steps run, by default the loop of all `toPromise` calls
 * @returns an async generator of JavaScript
 * @throws TypeError when `generator` is none, or an option is wrong
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
  /** Settles when the steps that were asked for have been made. */
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
      // JavaScript ignores what comes with the first call.
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
      // Without the signal, which must not cancel the cleanup it has led to.
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

  /** The step that is running, if there is one, is cancelled by itself. */
  readonly #closeOnAbort = (): void => {
    void this.#afterOthers(() => toPromise(closeReporting(this.#generator), { loop: this.#options.loop }));
  };
}

/** Closes a generator when nobody asked for it, who could be told of an error. */
function* closeReporting(asyncgen: AsyncGenerator<unknown>): Coroutine {
  try {
    yield* asyncgen.aclose();
  } catch (error) {
    const message = `an error occurred during closing of asynchronous generator ${asyncgen}`;
    getRunningLoop().callExceptionHandler({ message, exception: toException(error), asyncgen });
  }
}

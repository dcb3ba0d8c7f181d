import { type AsyncContextManager, type Coroutine, iscoroutine, repr } from "@yieldstar/loop";
import {
  immediate,
  markForLibrary,
  nameOfType,
  prepareBody,
  requireCallback,
  showAsText,
  toException,
  withHint,
} from "@yieldstar/loop/internal";

type Exit = (error: Error | undefined) => Coroutine<boolean | void>;

/**
 * Holds context managers and callbacks whose number is known only at run time. When the block ends, it leaves them in
 * reverse order.
 *
 * Each manager gets the error that is leaving the block at that moment. A manager that returns `true` swallows the
 * error, and a manager that throws replaces it.
 *
 * Source: contextlib.AsyncExitStack, CPython 3.14 Lib/contextlib.py.
 */
export class AsyncExitStack implements AsyncContextManager<AsyncExitStack, boolean> {
  static {
    showAsText(this, "AsyncExitStack");
    markForLibrary(this);
  }

  #exits: Exit[] = [];

  /**
   * Enters a manager, and leaves it when the stack ends.
   *
   * @param manager - a context manager, for `asyncWith`
   * @returns the result of its `aenter`
   * @throws what `aenter` throws; the stack then does not leave the manager
   * @throws TypeError when `manager` is no context manager
   *
   * Cancellation is thrown into the manager's `aenter`.
   *
   * Source: AsyncExitStack.enter_async_context, CPython 3.14 Lib/contextlib.py.
   */
  *enterAsyncContext<T>(manager: AsyncContextManager<T>): Coroutine<T> {
    if (typeof manager?.aenter !== "function" || typeof manager.aexit !== "function") {
      throw new TypeError(`'${nameOfType(manager)}' object does not support the asynchronous context manager protocol`);
    }
    const value = yield* manager.aenter();
    this.#exits.push((error) => manager.aexit(error));
    return value;
  }

  /**
   * Calls the `Symbol.dispose` method of an object when the stack ends.
   *
   * @param disposable - an object with a `Symbol.dispose` method
   * @returns the same object
   *
   * Source: AsyncExitStack.enter_context, CPython 3.14 Lib/contextlib.py.
   */
  enterContext<D extends Disposable>(disposable: D): D {
    this.callback(() => disposable[Symbol.dispose]());
    return disposable;
  }

  /**
   * Leaves a manager when the stack ends, without entering it; or calls a function as the `aexit` of a manager.
   *
   * @param exit - a manager, or a generator function that gets the error, or `undefined`. It swallows the error by
   * returning `true`
   * @throws TypeError when `exit` is neither
   *
   * Source: AsyncExitStack.push_async_exit, CPython 3.14 Lib/contextlib.py.
   */
  pushAsyncExit(exit: Pick<AsyncContextManager<unknown>, "aexit"> | Exit): void {
    if (typeof exit !== "function") requireFunction(exit?.aexit, "pushAsyncExit");
    prepareBody(exit);
    this.#exits.push(typeof exit === "function" ? exit : (error) => exit.aexit(error));
  }

  /**
   * Calls a plain function with the error when the stack ends.
   *
   * @param exit - gets the error, or `undefined`. It swallows the error by returning `true`
   * @throws TypeError when `exit` is no plain function
   *
   * Source: AsyncExitStack.push, CPython 3.14 Lib/contextlib.py.
   */
  push(exit: (error: Error | undefined) => boolean | void): void {
    requireCallback(exit, "push", "use pushAsyncExit");
    this.#exits.push((error) => immediate(() => refuseCoroutine(exit(error), "push", "pushAsyncExit")));
  }

  /**
   * Runs a coroutine when the stack ends.
   *
   * @param callback - a generator function without parameters. It cannot swallow an error
   * @throws TypeError when `callback` is no function
   *
   * Source: AsyncExitStack.push_async_callback, CPython 3.14 Lib/contextlib.py.
   */
  pushAsyncCallback(callback: () => Coroutine<unknown>): void {
    requireFunction(callback, "pushAsyncCallback");
    prepareBody(callback);
    this.#exits.push(() => runCallback(callback));
  }

  /**
   * Calls a plain function when the stack ends.
   *
   * @param callback - a function without parameters. It cannot swallow an error
   * @throws TypeError when `callback` is no plain function
   *
   * Source: AsyncExitStack.callback, CPython 3.14 Lib/contextlib.py.
   */
  callback(callback: () => unknown): void {
    requireCallback(callback, "callback", "use pushAsyncCallback");
    this.#exits.push(() =>
      immediate(() => {
        refuseCoroutine(callback(), "callback", "pushAsyncCallback");
      }),
    );
  }

  /**
   * Moves all managers and callbacks to a new stack, so that this stack leaves none of them.
   *
   * @returns a stack of the same class, made without arguments
   *
   * Source: AsyncExitStack.pop_all, CPython 3.14 Lib/contextlib.py.
   */
  popAll(): this {
    const stack = new (this.constructor as new () => this)();
    stack.#exits = this.#exits;
    this.#exits = [];
    return stack;
  }

  /**
   * Leaves all managers and calls all callbacks now, as at the end of a block without an error.
   *
   * @throws what a manager or a callback throws
   *
   * Cancellation is thrown into the manager that runs; the others are left after that.
   *
   * Source: AsyncExitStack.aclose, CPython 3.14 Lib/contextlib.py.
   */
  *aclose(): Coroutine {
    yield* this.aexit(undefined);
  }

  /**
   * Begins the block, without waiting; returns this stack.
   *
   * Source: AsyncExitStack.__aenter__, CPython 3.14 Lib/contextlib.py.
   */
  aenter(): Coroutine<this> {
    return immediate(() => this);
  }

  /**
   * Leaves all managers and calls all callbacks, in reverse order.
   *
   * @param error - the error that leaves the block
   * @returns whether `error` was swallowed
   * @throws the last error that a manager or a callback threw, unless a later one has swallowed it
   *
   * Source: AsyncExitStack.__aexit__, CPython 3.14 Lib/contextlib.py.
   */
  *aexit(error: Error | undefined): Coroutine<boolean> {
    let current = error;
    let isReplaced = false;
    for (let exit = this.#exits.pop(); exit !== undefined; exit = this.#exits.pop()) {
      try {
        if ((yield* exit(current)) === true) {
          current = undefined;
          isReplaced = false;
        }
      } catch (thrown) {
        current = toException(thrown);
        isReplaced = true;
      }
    }
    if (isReplaced) throw current;
    return error !== undefined && current === undefined;
  }
}

const runCallback = markForLibrary(function* (callback: () => unknown): Coroutine {
  const running = callback();
  if (iscoroutine(running)) yield* running;
  else throw new TypeError(`a coroutine was expected of pushAsyncCallback()'s function, got ${repr(running)}`);
});

/** Refuses the coroutine that a plain function returned: the stack would not run it. */
function refuseCoroutine<T>(result: T, method: string, instead: string): T {
  if (!iscoroutine(result)) return result;
  throw new TypeError(withHint(`coroutines cannot be used with ${method}()`, `use ${instead}`));
}

function requireFunction(callback: unknown, method: string): void {
  if (typeof callback === "function") return;
  throw new TypeError(`a callable object was expected by ${method}(), got ${repr(callback)}`);
}

import { type AsyncContextManager, type Coroutine, iscoroutine, repr } from "@yieldstar/loop";
import { nameOfType, toException, requireCallback, showAsText, withHint } from "@yieldstar/loop/internal";

type Exit = (error: Error | undefined) => Coroutine<boolean | void>;

/**
 * Context managers and callbacks whose number is known only as the program runs: they are left in reverse order when
 * the block ends.
 *
 * Each is told the error that is on its way by then; one that returns `true` swallows it, and one that throws replaces
 * it.
 *
 * Source: contextlib.AsyncExitStack, CPython 3.14 Lib/contextlib.py.
 */
export class AsyncExitStack implements AsyncContextManager<AsyncExitStack, boolean> {
  static {
    showAsText(this, "AsyncExitStack");
  }

  #exits: Exit[] = [];

  /**
   * Enters a manager, and leaves it with the stack.
   *
   * @returns what its `aenter` returned
   * @throws TypeError when it is no context manager
   */
  *enterAsyncContext<T>(manager: AsyncContextManager<T>): Coroutine<T> {
    if (typeof manager?.aenter !== "function" || typeof manager.aexit !== "function") {
      throw new TypeError(`'${nameOfType(manager)}' object does not support the asynchronous context manager protocol`);
    }
    const value = yield* manager.aenter();
    this.#exits.push((error) => manager.aexit(error));
    return value;
  }

  /** Disposes of something with the stack, which is returned as it is: the place of Python's `enter_context`. */
  enterContext<D extends Disposable>(disposable: D): D {
    this.callback(() => disposable[Symbol.dispose]());
    return disposable;
  }

  /** Has a manager that was entered already left with the stack, or a function called as its `aexit` would be. */
  pushAsyncExit(exit: Pick<AsyncContextManager<unknown>, "aexit"> | Exit): void {
    if (typeof exit !== "function") requireFunction(exit?.aexit, "pushAsyncExit");
    this.#exits.push(typeof exit === "function" ? exit : (error) => exit.aexit(error));
  }

  /** Has a plain function told the error, if there is one; it swallows it by returning `true`. */
  push(exit: (error: Error | undefined) => boolean | void): void {
    requireCallback(exit, "push", "use pushAsyncExit");
    this.#exits.push(function* (error) {
      return refuseCoroutine(exit(error), "push", "pushAsyncExit");
    });
  }

  /** Has a coroutine run, which neither sees the error nor swallows it. */
  pushAsyncCallback(callback: () => Coroutine<unknown>): void {
    requireFunction(callback, "pushAsyncCallback");
    this.#exits.push(function* () {
      const running: unknown = callback();
      if (iscoroutine(running)) yield* running;
      else throw new TypeError(`a coroutine was expected of pushAsyncCallback()'s function, got ${repr(running)}`);
    });
  }

  /** Has a plain function called, which neither sees the error nor swallows it. */
  callback(callback: () => unknown): void {
    requireCallback(callback, "callback", "use pushAsyncCallback");
    this.#exits.push(function* () {
      refuseCoroutine(callback(), "callback", "pushAsyncCallback");
    });
  }

  /** Moves everything to a new stack of the same class, made without arguments, so that nothing is left with this one. */
  popAll(): this {
    const stack = new (this.constructor as new () => this)();
    stack.#exits = this.#exits;
    this.#exits = [];
    return stack;
  }

  /** Leaves everything now. */
  *aclose(): Coroutine {
    yield* this.aexit(undefined);
  }

  *aenter(): Coroutine<this> {
    return this;
  }

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

/** What a function returned that nobody would run. */
function refuseCoroutine<T>(result: T, method: string, instead: string): T {
  if (!iscoroutine(result)) return result;
  throw new TypeError(withHint(`coroutines cannot be used with ${method}()`, `use ${instead}`));
}

function requireFunction(callback: unknown, method: string): void {
  if (typeof callback === "function") return;
  throw new TypeError(`a callable object was expected by ${method}(), got ${repr(callback)}`);
}

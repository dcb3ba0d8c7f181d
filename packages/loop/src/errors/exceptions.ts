/**
 * The exceptions. `BaseException` and `Exception` are classes to match with `instanceof`: every error is a
 * `BaseException`, and every error without the base mark is an `Exception`, errors of the user's own classes included.
 *
 * @module
 */

import { isError } from "../values/is-error.ts";
import { nameErrorClass } from "../text/names.ts";
import { toText } from "../text/repr.ts";

const baseMark: unique symbol = Symbol.for("yieldstar.BaseException") as never;

/** Names a class of errors. `isBase` sets or clears the base mark; `undefined` leaves the inherited one. */
function describe(errorClass: abstract new (...args: never[]) => Error, name: string, isBase?: boolean): void {
  nameErrorClass(errorClass, name);
  if (isBase !== undefined) Object.defineProperty(errorClass.prototype, baseMark, { value: isBase });
}

/**
 * The `instanceof` of ordinary classes, for the subclasses of `BaseException` and `Exception`, which inherit another.
 */
const ordinaryHasInstance = Function.prototype[Symbol.hasInstance];

/**
 * Matches every error: `error instanceof BaseException` is true for an error of any class and of any realm. `Exception`
 * does not match a class that extends `BaseException`, so its errors pass handlers for ordinary errors.
 *
 * Source: builtins.BaseException, CPython 3.14.
 */
export class BaseException extends Error {
  /**
   * Marks base exceptions: `Exception` does not match a class whose prototype has `true` under this symbol, whatever
   * the class extends. The symbol is the same in every copy of this package.
   */
  static readonly mark: typeof baseMark = baseMark;

  static {
    describe(this, "BaseException", true);
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === BaseException ? isError(value) : ordinaryHasInstance.call(this, value);
  }
}

/**
 * Matches ordinary errors: every error except `CancelledError`, `KeyboardInterrupt`, `SystemExit`, `GeneratorExit` and
 * the errors of classes that extend `BaseException`. JavaScript's `catch` catches everything, so a handler for ordinary
 * errors begins with `if (!(error instanceof Exception)) throw error;`.
 *
 * Source: builtins.Exception, CPython 3.14.
 */
export class Exception extends Error {
  static {
    describe(this, "Exception", false);
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== Exception) return ordinaryHasInstance.call(this, value);
    return isError(value) && !isMarkedAsBase(value);
  }
}

function isMarkedAsBase(error: Error): boolean {
  try {
    return (error as { readonly [BaseException.mark]?: boolean })[BaseException.mark] === true;
  } catch {
    // A Proxy has thrown.
    return false;
  }
}

/**
 * A task was cancelled: the task's next step throws it into the coroutine at its `yield*`. It is also the outcome of a
 * cancelled future. It is a base exception: clean up and let it pass, since a task that swallows it goes on.
 *
 * Source: asyncio.CancelledError, CPython 3.14 Lib/asyncio/exceptions.py.
 */
export class CancelledError extends Error {
  static {
    describe(this, "CancelledError", true);
  }

  /** The message of `cancel(msg)`, of any type, as the only element; empty without a message. */
  readonly args: readonly unknown[];

  /** @param args - the cancel message, of any type, if there is one; `message` is its text */
  constructor(...args: readonly unknown[]) {
    super(args.length === 0 ? undefined : toText(args[0]));
    this.args = args;
  }
}

/**
 * Makes a `CancelledError` without a stack. The stack would show only the loop's frames, and capturing it costs ten
 * times as much as making the error. A `stackTraceLimit` of zero costs twice as much as `undefined`.
 */
export function createCancelledError(message: unknown): CancelledError {
  const { stackTraceLimit } = errors;
  try {
    errors.stackTraceLimit = undefined;
  } catch {
    // `Error` is frozen, so the stack is captured.
    return makeCancelledError(message);
  }
  try {
    return makeCancelledError(message);
  } finally {
    errors.stackTraceLimit = stackTraceLimit;
  }
}

const errors = Error as { stackTraceLimit?: number | undefined };

function makeCancelledError(message: unknown): CancelledError {
  return message === undefined ? new CancelledError() : new CancelledError(message);
}

/**
 * The user asked the program to end (Ctrl-C). If a task or a callback throws it, it leaves the loop at once, and
 * `run()` rejects with it.
 *
 * Source: builtins.KeyboardInterrupt, CPython 3.14.
 */
export class KeyboardInterrupt extends Error {
  static {
    describe(this, "KeyboardInterrupt", true);
  }
}

/**
 * The program asks to end. If a task or a callback throws it, it leaves the loop at once, and `run()` rejects with it.
 *
 * Source: builtins.SystemExit, CPython 3.14.
 */
export class SystemExit extends Error {
  static {
    describe(this, "SystemExit", true);
  }

  /** The exit status: a number, a text to print, or `undefined` for success. */
  readonly code: number | string | undefined;
  /** The argument of the constructor as the only element; empty without an argument. */
  readonly args: readonly unknown[];

  /** @param code - the exit status, or a text to print; `undefined` means success. `message` is its text */
  constructor(code?: number | string) {
    super(code === undefined ? "" : String(code));
    this.code = code;
    this.args = code === undefined ? [] : [code];
  }
}

/**
 * A coroutine or an async generator is closed. `closeCoroutine` and `aclose()` throw it into the body at the place
 * where it waits, and `aexit` gets it when a coroutine is closed inside a block. It is a base exception: clean up and
 * let it pass.
 *
 * Source: builtins.GeneratorExit, CPython 3.14.
 */
export class GeneratorExit extends Error {
  static {
    describe(this, "GeneratorExit", true);
  }
}

/**
 * An operation is not allowed in the current state, such as entering a context that is entered already.
 *
 * Source: builtins.RuntimeError, CPython 3.14.
 */
export class RuntimeError extends Error {
  static {
    describe(this, "RuntimeError");
  }
}

/**
 * An argument has the right type, but a value that is not allowed.
 *
 * Source: builtins.ValueError, CPython 3.14.
 */
export class ValueError extends Error {
  static {
    describe(this, "ValueError");
  }
}

/**
 * A context variable has no value and no default, and its `get()` was called without a fallback.
 *
 * Source: builtins.LookupError, CPython 3.14.
 */
export class LookupError extends Error {
  static {
    describe(this, "LookupError");
  }
}

/**
 * A deadline passed. The web's `DOMException` of the same name is another class.
 *
 * Source: builtins.TimeoutError (asyncio.TimeoutError), CPython 3.14.
 */
export class TimeoutError extends Error {
  static {
    describe(this, "TimeoutError");
  }
}

/**
 * The state of a future or task does not allow the operation, such as `result()` of a pending future.
 *
 * Source: asyncio.InvalidStateError, CPython 3.14 Lib/asyncio/exceptions.py.
 */
export class InvalidStateError extends Error {
  static {
    describe(this, "InvalidStateError");
  }
}

/**
 * An async iterator has no more values: its `anext()` throws it.
 *
 * Source: builtins.StopAsyncIteration, CPython 3.14.
 */
export class StopAsyncIteration extends Error {
  static {
    describe(this, "StopAsyncIteration");
  }
}

/**
 * What can be thrown. `BaseException` and `Exception` are classes to match with: every error is a `BaseException`, and
 * every error that does not carry the base mark is an `Exception`, the user's own classes included.
 *
 * @module
 */

import { isError } from "../values/is-error.ts";
import { nameErrorClass } from "../text/names.ts";
import { toText } from "../text/repr.ts";

const baseMark: unique symbol = Symbol.for("yieldstar.BaseException") as never;

/** Names a class of errors, and gives it its side of the mark. */
function describe(errorClass: abstract new (...args: never[]) => Error, name: string, isBase?: boolean): void {
  nameErrorClass(errorClass, name);
  if (isBase !== undefined) Object.defineProperty(errorClass.prototype, baseMark, { value: isBase });
}

/** A class's own `instanceof`, for classes that inherit a `Symbol.hasInstance` which must not speak for them. */
const ordinaryHasInstance = Function.prototype[Symbol.hasInstance];

/**
 * Matches every error: `error instanceof BaseException` is true for anything that can be caught as an exception in
 * Python. A class that extends it is not matched by `Exception`, so that it passes handlers for ordinary errors.
 *
 * Source: builtins.BaseException, CPython 3.14.
 */
export class BaseException extends Error {
  /**
   * A class of errors whose prototype holds `true` under this symbol is one of base exceptions, which `Exception` does
   * not match, whatever it extends. The symbol is the same in every copy of this package.
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
 * Matches ordinary errors: every `Error` but `CancelledError`, `KeyboardInterrupt`, `SystemExit`, `GeneratorExit` and
 * classes that extend `BaseException`. Since JavaScript's `catch` catches everything, a handler for ordinary errors
 * begins with `if (!(error instanceof Exception)) throw error;`.
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
    // A Proxy that throws.
    return false;
  }
}

/**
 * Thrown into a coroutine at its current `yield*` when its task is cancelled. It is a base exception: let it through.
 *
 * Source: asyncio.CancelledError, CPython 3.14 Lib/asyncio/exceptions.py.
 */
export class CancelledError extends Error {
  static {
    describe(this, "CancelledError", true);
  }

  /** What was given to `cancel(msg)`: one element of any type, or none. */
  readonly args: readonly unknown[];

  /** @param args - the cancel message, if there is one; `message` is its text */
  constructor(...args: readonly unknown[]) {
    super(args.length === 0 ? undefined : toText(args[0]));
    this.args = args;
  }
}

/**
 * A `CancelledError` without a stack: it would show the loop's own frames, and capturing them costs ten times as much
 * as making the error. Even a limit of zero costs twice as much as none.
 */
export function createCancelledError(message: unknown): CancelledError {
  const { stackTraceLimit } = errors;
  try {
    errors.stackTraceLimit = undefined;
  } catch {
    // `Error` is frozen: it costs more then.
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
 * The user asked the program to end (Ctrl-C). Thrown in a task it leaves the loop at once; `run()` rejects with it.
 *
 * Source: builtins.KeyboardInterrupt, CPython 3.14.
 */
export class KeyboardInterrupt extends Error {
  static {
    describe(this, "KeyboardInterrupt", true);
  }
}

/**
 * The program asks to end. Thrown in a task it leaves the loop at once; `run()` rejects with it.
 *
 * Source: builtins.SystemExit, CPython 3.14.
 */
export class SystemExit extends Error {
  static {
    describe(this, "SystemExit", true);
  }

  /** The exit status: a number, a text to print, or `undefined` for success. */
  readonly code: number | string | undefined;
  /** What the error was made with. */
  readonly args: readonly unknown[];

  /** @param code - the exit status; `message` is its text */
  constructor(code?: number | string) {
    super(code === undefined ? "" : String(code));
    this.code = code;
    this.args = code === undefined ? [] : [code];
  }
}

/**
 * What a context manager is told when its coroutine is closed while it waits inside the block.
 *
 * Source: builtins.GeneratorExit, CPython 3.14.
 */
export class GeneratorExit extends Error {
  static {
    describe(this, "GeneratorExit", true);
  }
}

/**
 * An operation was used in a way its protocol forbids.
 *
 * Source: builtins.RuntimeError, CPython 3.14.
 */
export class RuntimeError extends Error {
  static {
    describe(this, "RuntimeError");
  }
}

/**
 * An argument has the right type and a value that cannot be used.
 *
 * Source: builtins.ValueError, CPython 3.14.
 */
export class ValueError extends Error {
  static {
    describe(this, "ValueError");
  }
}

/**
 * A context variable has no value and no default.
 *
 * Source: builtins.LookupError, CPython 3.14.
 */
export class LookupError extends Error {
  static {
    describe(this, "LookupError");
  }
}

/**
 * A deadline passed. It is not the web's `DOMException` of the same name.
 *
 * Source: builtins.TimeoutError (asyncio.TimeoutError), CPython 3.14.
 */
export class TimeoutError extends Error {
  static {
    describe(this, "TimeoutError");
  }
}

/**
 * A future's or task's state does not allow the operation.
 *
 * Source: asyncio.InvalidStateError, CPython 3.14 Lib/asyncio/exceptions.py.
 */
export class InvalidStateError extends Error {
  static {
    describe(this, "InvalidStateError");
  }
}

/**
 * An asynchronous iterator has no further value.
 *
 * Source: builtins.StopAsyncIteration, CPython 3.14.
 */
export class StopAsyncIteration extends Error {
  static {
    describe(this, "StopAsyncIteration");
  }
}

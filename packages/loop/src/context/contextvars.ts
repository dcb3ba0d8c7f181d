import {
  beginNested,
  endNested,
  enterContext,
  holder,
  outerTaskOrUndefined,
  ownCurrentContext,
  setOutermostContext,
} from "./ambient.ts";
import { markAsOurs, withOtherCopy } from "../copies/copies.ts";
import { LookupError, RuntimeError, ValueError } from "../errors/exceptions.ts";
import { readOptions } from "../arguments/options.ts";
import { repr, showAsText } from "../text/repr.ts";

type Values = Map<ContextVar<unknown>, unknown>;

/**
 * A mapping of context variables to their values. A task runs each of its steps in its own context. `new Context()` is
 * empty.
 *
 * Copying takes constant time: the copies share their values until one of them sets a variable.
 *
 * Source: contextvars.Context, CPython 3.14.
 */
export class Context {
  static {
    showAsText(this, "Context");
    markAsOurs(this);
  }

  /** `undefined` means an empty map: most contexts never hold a value. */
  #values: Values | undefined = undefined;
  /** Whether another context shares the values, so that a change needs a copy. */
  #shared = false;
  /** The snapshot of the values, until they change. */
  #snapshot: Context | undefined = undefined;
  /** @internal Whether several holders share it instead of a copy for each. A snapshot never changes. */
  _isSnapshot = false;
  /** @internal Whether an outer holder has entered it, so that no other may. */
  _entered = false;

  /**
   * Copies the context.
   *
   * @returns an independent context with the same values
   *
   * Source: contextvars.Context.copy, CPython 3.14.
   */
  copy(): Context {
    const copy = new Context();
    copy.#values = this.#values;
    copy.#shared = this.#shared = true;
    return copy;
  }

  /** @internal A context that new holders share instead of copies: the same object until a variable is set. */
  _toSnapshot(): Context {
    return this._isSnapshot ? this : (this.#snapshot ?? this.#makeSnapshot());
  }

  #makeSnapshot(): Context {
    this.#snapshot = this.copy();
    this.#snapshot._isSnapshot = true;
    return this.#snapshot;
  }

  /**
   * Calls `callback` in this context. The variables that it sets change here, and not in the caller's context.
   *
   * @param callback - a function without parameters, which is called once, now
   * @returns the callback's result; a coroutine that it returns runs later, in the context of the code that awaits it
   * @throws RuntimeError when this context is already entered
   * @throws whatever the callback throws
   *
   * Source: contextvars.Context.run, CPython 3.14.
   */
  run<T>(callback: () => T): T {
    const outer = beginNested();
    try {
      if (this._entered) throw explainEntered(this);
      enterContext({ _context: this, _task: outerTaskOrUndefined() });
      return callback();
    } finally {
      endNested(outer);
    }
  }

  /**
   * Returns the variable's value in this context.
   *
   * @param variable - the variable to look up
   * @param fallback - any value; `undefined` by default
   * @returns the value, or `fallback` if the context has none; the variable's own default does not count
   * @throws TypeError when `variable` is not a `ContextVar`
   *
   * Source: contextvars.Context.get, CPython 3.14.
   */
  get<T>(variable: ContextVar<T>): T | undefined;
  get<T, F>(variable: ContextVar<T>, fallback: F): T | F;
  get(variable: ContextVar<unknown>, fallback?: unknown): unknown {
    requireVariable(variable);
    return this._get(variable, fallback);
  }

  /**
   * Tells whether the variable has a value in this context: Python's `variable in context`.
   *
   * @param variable - the variable to look up
   * @throws TypeError when `variable` is not a `ContextVar`
   *
   * Source: contextvars.Context.__contains__, CPython 3.14.
   */
  has<T>(variable: ContextVar<T>): boolean {
    requireVariable(variable);
    return this.#values?.has(variable) === true;
  }

  /**
   * The number of variables that have a value: Python's `len(context)`.
   *
   * Source: contextvars.Context.__len__, CPython 3.14.
   */
  get size(): number {
    return this.#values?.size ?? 0;
  }

  /**
   * Returns an iterator over the variables that have a value, in the order in which they got one.
   *
   * Source: contextvars.Context.keys, CPython 3.14.
   */
  keys(): IterableIterator<ContextVar<unknown>> {
    return this.#current().keys();
  }

  /**
   * Returns an iterator over the values, in the order of `keys()`.
   *
   * Source: contextvars.Context.values, CPython 3.14.
   */
  values(): IterableIterator<unknown> {
    return this.#current().values();
  }

  /**
   * Returns an iterator over pairs of a variable and its value, in the order of `keys()`.
   *
   * Source: contextvars.Context.items, CPython 3.14.
   */
  items(): IterableIterator<[ContextVar<unknown>, unknown]> {
    return this.#current().entries();
  }

  /**
   * Iterates over the variables that have a value, as `keys()` does.
   *
   * Source: contextvars.Context.__iter__, CPython 3.14.
   */
  [Symbol.iterator](): IterableIterator<ContextVar<unknown>> {
    return this.keys();
  }

  /** Returns `<Context>`. */
  toString(): string {
    return "<Context>";
  }

  /** @internal */
  _get(variable: ContextVar<unknown>, fallback: unknown): unknown {
    const value = this.#values?.get(variable);
    return value !== undefined || this.#values?.has(variable) === true ? value : fallback;
  }

  /** @internal */
  _set(variable: ContextVar<unknown>, value: unknown): void {
    this.#own().set(variable, value);
  }

  /** @internal */
  _delete(variable: ContextVar<unknown>): void {
    this.#own().delete(variable);
  }

  /** The values as they are now: a variable that is set later does not change them, so that an iteration ends. */
  #current(): Values {
    this.#shared = true;
    return this.#values ?? new Map();
  }

  /** The values, which this context no longer shares. */
  #own(): Values {
    this.#snapshot = undefined;
    if (this.#values === undefined || this.#shared) {
      this.#values = new Map(this.#values);
      this.#shared = false;
    }
    return this.#values;
  }
}

setOutermostContext(new Context());

/** The current context, to read only: other holders may share it. */
function currentContext(): Context {
  return holder._context as Context;
}

/** @internal The context for a new holder. */
export function snapshotContext(): Context {
  return (holder._context as Context)._toSnapshot();
}

function requireVariable(variable: unknown): void {
  if (!(variable instanceof ContextVar)) refuseVariable(variable);
}

function refuseVariable(variable: unknown): never {
  throw new TypeError(withOtherCopy(`a ContextVar key was expected, got ${repr(variable)}`, variable));
}

/** @internal The error for entering a context that is entered already. */
export function explainEntered(context: Context): RuntimeError {
  return new RuntimeError(`cannot enter context: ${repr(context)} is already entered`);
}

/**
 * Copies the current context. Outside of every loop it is the outermost context.
 *
 * @returns an independent context with the same values
 *
 * Source: contextvars.copy_context, CPython 3.14.
 */
export function copyContext(): Context {
  return currentContext().copy();
}

/** The old value of a variable that had none. */
const missing: unique symbol = Symbol("<Token.MISSING>");

/**
 * Remembers the value of a variable before a `set`, so that `reset` can restore it. `using token = variable.set(value)`
 * resets the variable at the end of the block. Only `set` makes tokens.
 *
 * Source: contextvars.Token, CPython 3.14.
 */
export class Token<T> {
  static {
    showAsText(this, "Token");
  }

  /**
   * The `oldValue` of a token whose variable had no value.
   *
   * Source: contextvars.Token.MISSING, CPython 3.14.
   */
  static readonly MISSING: typeof missing = missing;

  /** @internal */
  declare readonly _var: ContextVar<T>;
  /** @internal */
  declare readonly _oldValue: T | typeof missing;
  /** @internal */
  readonly _context: Context;
  /** @internal */
  _used = false;

  /** @internal */
  constructor(variable: ContextVar<T>, oldValue: T | typeof missing, context: Context) {
    this._var = variable;
    this._oldValue = oldValue;
    this._context = context;
  }

  /**
   * The variable whose `set` made this token.
   *
   * Source: contextvars.Token.var, CPython 3.14.
   */
  get var(): ContextVar<T> {
    return this._var;
  }

  /**
   * The variable's value before the `set`, or `Token.MISSING` if it had none.
   *
   * Source: contextvars.Token.old_value, CPython 3.14.
   */
  get oldValue(): T | typeof missing {
    return this._oldValue;
  }

  /** Returns `<Token var=…>`, or `<Token used var=…>` after `reset`. */
  toString(): string {
    return `<Token${this._used ? " used" : ""} var=${repr(this.var)}>`;
  }

  /**
   * Resets the variable, as the end of Python's `with variable.set(value):` does.
   *
   * @throws RuntimeError when the token was used before
   * @throws ValueError when the current context is not the one in which the token was made
   *
   * Source: contextvars.Token.__exit__, CPython 3.14.
   */
  [Symbol.dispose](): void {
    this.var.reset(this);
  }
}

const variableDefaults = { default: undefined };

/**
 * A variable that has its own value in each context. A task sees the values that were current at its creation, and
 * those that it sets itself.
 *
 * Source: contextvars.ContextVar, CPython 3.14.
 */
export class ContextVar<T> {
  static {
    showAsText(this, "ContextVar");
    markAsOurs(this);
  }

  readonly #name: string;
  readonly #hasDefault: boolean;
  readonly #default: T | undefined;

  /**
   * @param name - the variable's name in texts
   * @param options - `default` is the value of `get()` where the variable has none; an explicit `undefined` counts
   * @throws TypeError when `name` is not a string, or `options` are wrong
   */
  constructor(name: string, options?: { readonly default?: T }) {
    if (typeof name !== "string") throw new TypeError("context variable name must be a str");
    const given = readOptions<{ readonly default?: T | undefined }>(options, variableDefaults, "ContextVar");
    this.#name = name;
    this.#hasDefault = options !== undefined && Object.hasOwn(options, "default");
    this.#default = given.default;
  }

  /**
   * The name that the constructor got. Variables with equal names are different variables.
   *
   * Source: contextvars.ContextVar.name, CPython 3.14.
   */
  get name(): string {
    return this.#name;
  }

  /**
   * Returns the value in the current context.
   *
   * @param fallback - any value
   * @returns the value; if there is none, `fallback` if it is passed, or else the variable's default
   * @throws LookupError when there is no value, no `fallback` and no default
   *
   * Source: contextvars.ContextVar.get, CPython 3.14.
   */
  get(): T;
  get<F>(fallback: F): T | F;
  get(...fallback: [unknown?]): unknown {
    const value = currentContext()._get(this, missing);
    if (value !== missing) return value;
    if (fallback.length > 0) return fallback[0];
    if (this.#hasDefault) return this.#default;
    throw new LookupError(repr(this));
  }

  /**
   * Sets the value in the current context.
   *
   * @param value - any value, also `undefined`
   * @returns a token, with which `reset` restores the old value
   *
   * Source: contextvars.ContextVar.set, CPython 3.14.
   */
  set(value: T): Token<T> {
    const variable = this as ContextVar<unknown>;
    const context = ownCurrentContext() as Context;
    const token = new Token<T>(this, context._get(variable, missing) as T | typeof missing, context);
    context._set(variable, value);
    return token;
  }

  /**
   * Restores the value that the variable had before the `set` that returned `token`, or removes it if there was none.
   *
   * @param token - a token of this variable, made in the current context and not used before
   * @throws TypeError when `token` is not a `Token`
   * @throws RuntimeError when the token was used before
   * @throws ValueError when another variable made it, or it was made in another context
   *
   * Source: contextvars.ContextVar.reset, CPython 3.14.
   */
  reset(token: Token<T>): void {
    const variable = this as ContextVar<unknown>;
    const context = currentContext();
    if (token?._var !== this || token._used || token._context !== context) refuseToken(token, variable);
    token._used = true;
    if (token._oldValue === missing) context._delete(variable);
    else context._set(variable, token._oldValue);
  }

  /** Returns `<ContextVar name=…>`, with ` default=…` if it has a default. */
  toString(): string {
    return `<ContextVar name=${repr(this.name)}${this.#hasDefault ? ` default=${repr(this.#default)}` : ""}>`;
  }
}

function refuseToken(token: unknown, variable: ContextVar<unknown>): never {
  if (!(token instanceof Token)) throw new TypeError(`expected an instance of Token, got ${repr(token)}`);
  if (token._used) throw new RuntimeError(`${repr(token)} has already been used once`);
  const other = token._var === variable ? "in a different Context" : "by a different ContextVar";
  throw new ValueError(`${repr(token)} was created ${other}`);
}

import {
  beginNested,
  endNested,
  enterContext,
  holder,
  outerTaskOrUndefined,
  ownCurrentContext,
  setOutermostContext,
} from "./ambient.ts";
import { markAsOurs } from "../copies/copies.ts";
import { withOtherCopy } from "../copies/copies.ts";
import { LookupError, RuntimeError, ValueError } from "../errors/exceptions.ts";
import { readOptions } from "../arguments/options.ts";
import { repr, showAsText } from "../text/repr.ts";

type Values = Map<ContextVar<unknown>, unknown>;

/**
 * A mapping of context variables to their values. A task runs each of its steps in its own context.
 *
 * Copying is constant-time: the copies share their values until one of them sets a variable.
 *
 * Source: contextvars.Context, CPython 3.14.
 */
export class Context {
  static {
    showAsText(this, "Context");
    markAsOurs(this);
  }

  /** `undefined` stands for an empty one: most contexts never hold a value. */
  #values: Values | undefined = undefined;
  /** The values are shared with another context and must be copied before they are changed. */
  #shared = false;
  #snapshot: Context | undefined = undefined;
  /** @internal It stands in for the copies that its holders have not needed yet, and so never changes. */
  _isSnapshot = false;
  /** @internal */
  _entered = false;

  /** Returns a context with the same values, independent from now on. */
  copy(): Context {
    const copy = new Context();
    copy.#values = this.#values;
    copy.#shared = this.#shared = true;
    return copy;
  }

  /** @internal What a holder can begin with instead of a copy: the same object until a variable is set. */
  _toSnapshot(): Context {
    return this._isSnapshot ? this : (this.#snapshot ?? this.#makeSnapshot());
  }

  #makeSnapshot(): Context {
    this.#snapshot = this.copy();
    this.#snapshot._isSnapshot = true;
    return this.#snapshot;
  }

  /**
   * Calls `callback` in this context: what it sets stays here, and its caller's context is untouched.
   *
   * @returns what the callback returns
   * @throws RuntimeError when this context is already entered
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
   * Returns the variable's value in this context, or `fallback` if it was never set here.
   *
   * @throws TypeError when `variable` is no `ContextVar`
   */
  get<T>(variable: ContextVar<T>): T | undefined;
  get<T, F>(variable: ContextVar<T>, fallback: F): T | F;
  get(variable: ContextVar<unknown>, fallback?: unknown): unknown {
    requireVariable(variable);
    return this._get(variable, fallback);
  }

  /**
   * Tells whether the variable was set in this context.
   *
   * @throws TypeError when `variable` is no `ContextVar`
   */
  has<T>(variable: ContextVar<T>): boolean {
    requireVariable(variable);
    return this.#values?.has(variable) === true;
  }

  /** How many variables are set. */
  get size(): number {
    return this.#values?.size ?? 0;
  }

  /** The variables that are set. */
  keys(): IterableIterator<ContextVar<unknown>> {
    return this.#own().keys();
  }

  /** Their values, in the order of `keys()`. */
  values(): IterableIterator<unknown> {
    return this.#own().values();
  }

  /** Pairs of variable and value. */
  items(): IterableIterator<[ContextVar<unknown>, unknown]> {
    return this.#own().entries();
  }

  /** The variables that are set. */
  [Symbol.iterator](): IterableIterator<ContextVar<unknown>> {
    return this.keys();
  }

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

  /** The values, for this context alone. */
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

/** The context of the caller, which another holder may share: to be read, and not to be changed. */
function currentContext(): Context {
  return holder._context as Context;
}

/** @internal What a new holder begins with. */
export function snapshotContext(): Context {
  return currentContext()._toSnapshot();
}

function requireVariable(variable: unknown): void {
  if (!(variable instanceof ContextVar)) refuseVariable(variable);
}

function refuseVariable(variable: unknown): never {
  throw new TypeError(withOtherCopy(`a ContextVar key was expected, got ${repr(variable)}`, variable));
}

/** @internal What entering a context that is entered ends with. */
export function explainEntered(context: Context): RuntimeError {
  return new RuntimeError(`cannot enter context: ${repr(context)} is already entered`);
}

/**
 * Returns a copy of the current context.
 *
 * Source: contextvars.copy_context, CPython 3.14.
 */
export function copyContext(): Context {
  return currentContext().copy();
}

/** Marks "this variable had no value" in a token. */
const missing: unique symbol = Symbol("<Token.MISSING>");

/**
 * Remembers what a variable held before a `set`, so that `reset` can put it back. `using token = variable.set(value)`
 * resets at the end of the block.
 *
 * Source: contextvars.Token, CPython 3.14.
 */
export class Token<T> {
  static {
    showAsText(this, "Token");
  }

  /** The `oldValue` of a token whose variable had no value. */
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

  /** The variable that was set. */
  get var(): ContextVar<T> {
    return this._var;
  }

  /** Its value before, or `Token.MISSING`. */
  get oldValue(): T | typeof missing {
    return this._oldValue;
  }

  toString(): string {
    return `<Token${this._used ? " used" : ""} var=${repr(this.var)}>`;
  }

  /** Resets the variable: the end of Python's `with variable.set(value):`. */
  [Symbol.dispose](): void {
    this.var.reset(this);
  }
}

const variableDefaults = { default: undefined };

/**
 * A variable whose value belongs to a context: a task sees what was set where it was created, and what it sets itself.
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
   * @param name - what the variable is called where it is printed
   * @param options - `default` is what `get()` returns where the variable was not set; `undefined` is a default too
   * @throws TypeError when `name` is no string
   */
  constructor(name: string, options?: { readonly default?: T }) {
    if (typeof name !== "string") throw new TypeError("context variable name must be a str");
    const given = readOptions<{ readonly default?: T | undefined }>(options, variableDefaults, "ContextVar");
    this.#name = name;
    this.#hasDefault = options !== undefined && Object.hasOwn(options, "default");
    this.#default = given.default;
  }

  /** The name given at creation, for people. */
  get name(): string {
    return this.#name;
  }

  /**
   * Returns the value in the current context; else `fallback`, if one is given; else the variable's default.
   *
   * @throws LookupError when there is none of the three
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

  /** Sets the value in the current context, and returns a token for `reset`. */
  set(value: T): Token<T> {
    const variable = this as ContextVar<unknown>;
    const context = ownCurrentContext() as Context;
    const token = new Token<T>(this, context._get(variable, missing) as T | typeof missing, context);
    context._set(variable, value);
    return token;
  }

  /**
   * Puts back what the variable held before the `set` that gave `token`.
   *
   * @throws TypeError when `token` is no `Token`
   * @throws RuntimeError when the token was used before
   * @throws ValueError when it belongs to another variable or was made in another context
   */
  reset(token: Token<T>): void {
    const variable = this as ContextVar<unknown>;
    const context = currentContext();
    if (token?._var !== this || token._used || token._context !== context) refuseToken(token, variable);
    token._used = true;
    if (token._oldValue === missing) context._delete(variable);
    else context._set(variable, token._oldValue);
  }

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

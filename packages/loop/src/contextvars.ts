import { LookupError, RuntimeError, ValueError } from "./exceptions.ts";
import { repr, showAsText } from "./repr.ts";

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
    showAsText(this);
  }

  /** `undefined` stands for an empty one: most contexts never hold a value. */
  #values: Values | undefined = undefined;
  /** The values are shared with another context and must be copied before they are changed. */
  #shared = false;
  /** @internal */
  _entered = false;

  /** Returns a context with the same values, independent from now on. */
  copy(): Context {
    const copy = new Context();
    copy.#values = this.#values;
    copy.#shared = this.#shared = true;
    return copy;
  }

  /**
   * Calls `callback` in this context: what it sets stays here, and its caller's context is untouched.
   *
   * @returns what the callback returns
   * @throws RuntimeError when this context is already entered
   */
  run<T>(callback: () => T): T {
    const outer = enterContext(this);
    try {
      return callback();
    } finally {
      leaveContext(this, outer);
    }
  }

  /** Returns the variable's value in this context, or `fallback` if it was never set here. */
  get<T>(variable: ContextVar<T>): T | undefined;
  get<T, F>(variable: ContextVar<T>, fallback: F): T | F;
  get(variable: ContextVar<unknown>, fallback?: unknown): unknown {
    return this.#values?.has(variable) === true ? this.#values.get(variable) : fallback;
  }

  /** Tells whether the variable was set in this context. */
  has<T>(variable: ContextVar<T>): boolean {
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
  _set(variable: ContextVar<unknown>, value: unknown): void {
    this.#own().set(variable, value);
  }

  /** @internal */
  _delete(variable: ContextVar<unknown>): void {
    this.#own().delete(variable);
  }

  /** The values, for this context alone. */
  #own(): Values {
    if (this.#values === undefined || this.#shared) {
      this.#values = new Map(this.#values);
      this.#shared = false;
    }
    return this.#values;
  }
}

/** The context that runs now. Outside every task and callback it is one that lives as long as the program. */
let current: Context = new Context();
current._entered = true;

/** @internal The context that runs now, itself and not a copy. */
export function currentContext(): Context {
  return current;
}

/** @internal Makes `context` the current one and returns the one it replaces, which `leaveContext` puts back. */
export function enterContext(context: Context): Context {
  if (context._entered) throw new RuntimeError(`cannot enter context: ${context.toString()} is already entered`);
  const outer = current;
  context._entered = true;
  current = context;
  return outer;
}

/** @internal */
export function leaveContext(context: Context, outer: Context): void {
  context._entered = false;
  current = outer;
}

/**
 * Returns a copy of the current context.
 *
 * Source: contextvars.copy_context, CPython 3.14.
 */
export function copyContext(): Context {
  return current.copy();
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
    showAsText(this);
  }

  /** The `oldValue` of a token whose variable had no value. */
  static readonly MISSING: typeof missing = missing;

  /** The variable that was set. */
  readonly var: ContextVar<T>;
  /** Its value before, or `Token.MISSING`. */
  readonly oldValue: T | typeof missing;
  /** @internal */
  readonly _context: Context;
  /** @internal */
  _used = false;

  /** @internal */
  constructor(variable: ContextVar<T>, oldValue: T | typeof missing, context: Context) {
    this.var = variable;
    this.oldValue = oldValue;
    this._context = context;
  }

  toString(): string {
    return `<Token${this._used ? " used" : ""} var=${this.var.toString()}>`;
  }

  /** Resets the variable: the end of Python's `with variable.set(value):`. */
  [Symbol.dispose](): void {
    this.var.reset(this);
  }
}

/**
 * A variable whose value belongs to a context: a task sees what was set where it was created, and what it sets itself.
 *
 * Source: contextvars.ContextVar, CPython 3.14.
 */
export class ContextVar<T> {
  static {
    showAsText(this);
  }

  /** The name given at creation, for people. */
  readonly name: string;
  readonly #hasDefault: boolean;
  readonly #default: T | undefined;

  /**
   * @param name - what the variable is called where it is printed
   * @param options - `default` is what `get()` returns where the variable was not set
   */
  constructor(name: string, options: { readonly default?: T } = {}) {
    this.name = name;
    this.#hasDefault = Object.hasOwn(options, "default");
    this.#default = options.default;
  }

  /**
   * Returns the value in the current context; else `fallback`, if one is given; else the variable's default.
   *
   * @throws LookupError when there is none of the three
   */
  get(): T;
  get<F>(fallback: F): T | F;
  get(...fallback: [unknown?]): unknown {
    if (current.has(this)) return current.get(this);
    if (fallback.length > 0) return fallback[0];
    if (this.#hasDefault) return this.#default;
    throw new LookupError(this.toString());
  }

  /** Sets the value in the current context, and returns a token for `reset`. */
  set(value: T): Token<T> {
    const variable = this as ContextVar<unknown>;
    const token = new Token<T>(this, current.get(this, missing), current);
    current._set(variable, value);
    return token;
  }

  /**
   * Puts back what the variable held before the `set` that gave `token`.
   *
   * @throws RuntimeError when the token was used before
   * @throws ValueError when it belongs to another variable or was made in another context
   */
  reset(token: Token<T>): void {
    if (token._used) throw new RuntimeError(`${token.toString()} has already been used once`);
    if (token.var !== this) throw new ValueError(`${token.toString()} was created by a different ContextVar`);
    if (token._context !== current) throw new ValueError(`${token.toString()} was created in a different Context`);
    token._used = true;
    const variable = this as ContextVar<unknown>;
    if (token.oldValue === missing) current._delete(variable);
    else current._set(variable, token.oldValue);
  }

  toString(): string {
    return `<ContextVar name=${repr(this.name)}${this.#hasDefault ? ` default=${repr(this.#default)}` : ""}>`;
  }
}

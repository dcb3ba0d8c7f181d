import { LookupError, RuntimeError, ValueError } from "./exceptions.ts";
import { repr, showAsText } from "./repr.ts";
import type { Task } from "./task.ts";

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
      enterContext({ _context: this, _task: outerHolder._task });
      return callback();
    } finally {
      endNested(outer);
    }
  }

  /** Returns the variable's value in this context, or `fallback` if it was never set here. */
  get<T>(variable: ContextVar<T>): T | undefined;
  get<T, F>(variable: ContextVar<T>, fallback: F): T | F;
  get(variable: ContextVar<unknown>, fallback?: unknown): unknown {
    const value = this.#values?.get(variable);
    return value !== undefined || this.#values?.has(variable) === true ? value : fallback;
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
    this.#snapshot = undefined;
    if (this.#values === undefined || this.#shared) {
      this.#values = new Map(this.#values);
      this.#shared = false;
    }
    return this.#values;
  }
}

/**
 * @internal Who runs in a context: a task, a handle. It begins with a snapshot, and gets a context of its own only when a
 * variable is set in it or somebody asks for it: few ever do.
 */
export interface ContextHolder {
  _context: Context;
  /** The task whose step it is, or is part of. */
  readonly _task: Task<unknown> | undefined;
}

/** Who runs now. Outside every task and callback it is one that lives as long as the program. Nobody else has its context. */
const outermost: ContextHolder = { _context: new Context(), _task: undefined };
let holder = outermost;
/** Inside of whom those were entered that run now, or ran last. */
let outerHolder = outermost;

/** @internal The task whose step is running. */
export function currentTaskOrUndefined(): Task<unknown> | undefined {
  return holder._task;
}

/** @internal What a new holder begins with. */
export function snapshotContext(): Context {
  return holder._context._toSnapshot();
}

/** Where scheduling methods take a context from. */
export interface ContextOptions {
  /** The context the callback runs in; a copy of the current one by default. */
  readonly context?: Context | undefined;
}

/** @internal What a callback runs in that was scheduled with `options`. */
export function contextFrom(options: ContextOptions | undefined): Context {
  return options?.context ?? snapshotContext();
}

/** @internal The holder's own context. */
export function ownContext(owner: ContextHolder): Context {
  if (owner._context._isSnapshot) {
    owner._context = owner._context.copy();
  }
  return owner._context;
}

/** @internal What entering a context that is entered ends with. */
export function explainEntered(context: Context): RuntimeError {
  return new RuntimeError(`cannot enter context: ${repr(context)} is already entered`);
}

/**
 * @internal From here on others are entered inside of whoever runs now; returns what `endNested` takes. Only the innermost
 * may have a snapshot, since one that got its own context from further in could not be told entered.
 */
export function beginNested(): ContextHolder {
  if (holder !== outermost) ownContext(holder)._entered = true;
  const outer = outerHolder;
  outerHolder = holder;
  return outer;
}

/** @internal */
export function endNested(outer: ContextHolder): void {
  if (outerHolder !== outermost) outerHolder._context._entered = false;
  holder = outerHolder;
  outerHolder = outer;
}

/**
 * @internal Has `next` run in its context, which is not entered. It need not be left: whoever runs next enters in its turn,
 * and `endNested` puts back who ran before them all.
 */
export function enterContext(next: ContextHolder): void {
  holder = next;
}

/** @internal To be called before others are told of what has run: they run outside of it. */
export function leaveContext(): void {
  holder = outerHolder;
}

/** @internal The task inside whose step a loop runs, which is another loop's or should not. */
export function outerTaskOrUndefined(): Task<unknown> | undefined {
  return outerHolder._task;
}

/**
 * Returns a copy of the current context.
 *
 * Source: contextvars.copy_context, CPython 3.14.
 */
export function copyContext(): Context {
  return holder._context.copy();
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
    return `<Token${this._used ? " used" : ""} var=${repr(this.var)}>`;
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
    showAsText(this, "ContextVar");
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
    const value = holder._context.get(this, missing);
    if (value !== missing) return value;
    if (fallback.length > 0) return fallback[0];
    if (this.#hasDefault) return this.#default;
    throw new LookupError(repr(this));
  }

  /** Sets the value in the current context, and returns a token for `reset`. */
  set(value: T): Token<T> {
    const variable = this as ContextVar<unknown>;
    const context = ownContext(holder);
    const token = new Token<T>(this, context.get(this, missing), context);
    context._set(variable, value);
    return token;
  }

  /**
   * Puts back what the variable held before the `set` that gave `token`.
   *
   * @throws RuntimeError when the token was used before
   * @throws ValueError when it belongs to another variable or was made in another context
   */
  reset(token: Token<T>): void {
    if (token._used) throw new RuntimeError(`${repr(token)} has already been used once`);
    if (token.var !== this) throw new ValueError(`${repr(token)} was created by a different ContextVar`);
    const context = holder._context;
    if (token._context !== context) throw new ValueError(`${repr(token)} was created in a different Context`);
    token._used = true;
    const variable = this as ContextVar<unknown>;
    if (token.oldValue === missing) context._delete(variable);
    else context._set(variable, token.oldValue);
  }

  toString(): string {
    return `<ContextVar name=${repr(this.name)}${this.#hasDefault ? ` default=${repr(this.#default)}` : ""}>`;
  }
}

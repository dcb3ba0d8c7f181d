/** Context variables. A task points to a snapshot, which is copied when either side sets a variable. */

/** Something with a context: a task, or the world outside. */
export interface Holder {
  context: Context;
}

class Context {
  /** Who may write into it: `undefined` once several share it. */
  declare owner: Holder | undefined;
  declare readonly values: Map<ContextVar<unknown>, unknown>;

  constructor(owner: Holder | undefined, values: Map<ContextVar<unknown>, unknown>) {
    this.owner = owner;
    this.values = values;
  }
}

export type { Context };

const outside: Holder = { context: new Context(undefined, new Map()) };

/** Whose step runs. */
export let current: Holder = outside;

export function enter(holder: Holder): void {
  current = holder;
}

/** Outside all tasks. */
export function leave(): void {
  current = outside;
}

/** Shares the current context. */
export function snapshot(): Context {
  const { context } = current;
  context.owner = undefined;
  return context;
}

export class ContextVar<T> {
  declare private context: Context | undefined;
  declare private value: T | undefined;

  constructor() {
    this.context = undefined;
    this.value = undefined;
  }

  /** Looks into the map only in another context than last time. */
  get(): T {
    const { context } = current;
    if (this.context !== context) {
      this.value = context.values.get(this) as T;
      this.context = context;
    }
    return this.value as T;
  }

  set(value: T): void {
    if (current.context.owner !== current) current.context = new Context(current, new Map(current.context.values));
    const { context } = current;
    context.values.set(this, value);
    this.context = context;
    this.value = value;
  }
}

import type { Emission, Suspension } from "@yieldstar/loop";
import { CoroutineObject } from "@yieldstar/loop/internal";

/** What an async generator's body is given to hand values out with: `yield* emit(value)` is Python's `yield value`. */
export interface Emit {
  <T, Sent = unknown>(value: T): Emitting<T, Sent>;
  (): Emitting<undefined, unknown>;
}

/** What `yield*` takes to hand out one value; its result is what `asend` sends back. */
export interface Emitting<T, Sent> {
  [Symbol.iterator](): Iterator<Emission<T>, Sent, unknown>;
}

/** What the body of an async generator may yield. */
export type BodyYield = Suspension | Emission<unknown>;

/** The values that a body hands out, by what it yields. */
export type EmittedBy<Y> = Y extends Emission<infer T> ? T : never;

/** A value on its way out, which no task may take for something to wait for. */
export class Emitted {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }

  toString(): string {
    return "<value of an async generator>";
  }
}

class EmitOnce extends CoroutineObject<unknown> {
  declare private _emitted: Emitted | undefined;

  constructor(value: unknown) {
    super();
    this._emitted = new Emitted(value);
  }

  next(sent: unknown): IteratorResult<never, unknown> {
    const emitted = this._emitted;
    if (emitted === undefined) return { done: true, value: sent };
    this._emitted = undefined;
    // The generator's own step takes it before a task could.
    return { done: false, value: emitted as never };
  }

  override toString(): string {
    return "<value of emit()>";
  }
}

/** The one `emit` that all bodies are given. */
export const emit: Emit = (value?: unknown) => new EmitOnce(value) as unknown as Emitting<never, never>;

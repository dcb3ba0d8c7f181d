import type { Emission, Suspension } from "@yieldstar/loop";
import { beginEmission, CoroutineObject } from "@yieldstar/loop/internal";

/** The function that an async generator's body emits values with: `yield* emit(value)` is Python's `yield value`. */
export interface Emit {
  <T, Sent = unknown>(value: T): Emitting<T, Sent>;
  (): Emitting<undefined, unknown>;
}

/** The result of `emit(value)`, for `yield*`. The result of this `yield*` is the value that `asend` sends. */
export interface Emitting<T, Sent> {
  [Symbol.iterator](): Iterator<Emission<T>, Sent, unknown>;
}

/** The values that the body of an async generator can yield: those of `yield* emit(…)` and of awaiting. */
export type BodyYield = Suspension | Emission<unknown>;

/** The type of the values that a body emits, by the type `Y` of its yields. */
export type EmittedBy<Y> = Y extends Emission<infer T> ? T : never;

/** A value that a body emits. A task refuses to await it. */
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
    // The generator's step takes it, so that it never reaches a task.
    const step = { done: false, value: emitted as never } as const;
    beginEmission(step);
    return step;
  }

  override toString(): string {
    return "<value of emit()>";
  }
}

/** All bodies get this function. */
export const emit: Emit = (value?: unknown) => new EmitOnce(value) as unknown as Emitting<never, never>;

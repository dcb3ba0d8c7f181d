import type { Coroutine, Emission, Suspension } from "../coroutines/coroutine.ts";
import { callBody } from "../coroutines/start-body.ts";
import { explainBody, WithBlock } from "./with-block.ts";

/**
 * An object that `asyncWith` enters and exits: its methods are Python's `__aenter__` and `__aexit__`.
 *
 * The type `Swallows` includes `true` if `aexit` may swallow an error: the result of `asyncWith` may then be
 * `undefined`.
 *
 * Source: contextlib.AbstractAsyncContextManager, CPython 3.14 Lib/contextlib.py.
 */
export interface AsyncContextManager<T, Swallows extends boolean | void = boolean | void> {
  /** Enters the manager. Returns a coroutine of the value that the body gets. */
  aenter(): Coroutine<T>;
  /**
   * Exits the manager, however the body ended.
   *
   * @param error - the error that the body threw, a `GeneratorExit` if the coroutine was closed, or else `undefined`
   * @returns a coroutine; if it returns `true`, the block swallows the error
   */
  aexit(error: Error | undefined): Coroutine<Swallows>;
}

type Manager = AsyncContextManager<unknown>;

/** The value that entering a manager gives. */
export type Entered<M> = M extends { aenter(): Coroutine<infer T> } ? T : never;

/** The values that entering each manager of a tuple gives. */
export type AllEntered<M extends readonly unknown[]> = { -readonly [K in keyof M]: Entered<M[K]> };

/** The result of a block: `R`, or `undefined` too if the manager may swallow an error. */
export type BlockResult<M, R> = M extends { aexit(error: Error | undefined): Coroutine<infer S> }
  ? true extends S
    ? R | undefined
    : R
  : never;

/**
 * Runs `body` inside one context manager, or several: Python's `async with manager as value:`.
 *
 * @param managers - a manager, or an array of managers, which are entered in order and exited in reverse
 * @param body - a generator function; its argument is the value that `aenter` returned, or the array of these values
 * @returns a coroutine of the body's result, or of `undefined` if a manager swallowed an error
 * @throws the error of the body, or the error that a manager throws instead
 * @throws TypeError when `body` is no function; when awaited, if `body` makes no coroutine, a manager lacks `aenter` or
 * `aexit`, or one of these returns a value that cannot be awaited
 *
 * Cancellation is thrown into the body at its `yield*`, and passes through the managers like any error.
 *
 * Source: the `async with` statement, CPython 3.14.
 */
export function asyncWith<const M extends readonly Manager[], R, Y extends Suspension | Emission<unknown>>(
  managers: M,
  body: (values: AllEntered<M>) => Generator<Y, R, unknown>,
): Generator<Suspension | Y, BlockResult<M[number], R>, unknown>;
export function asyncWith<M extends Manager, R, Y extends Suspension | Emission<unknown>>(
  manager: M,
  body: (value: Entered<M>) => Generator<Y, R, unknown>,
): Generator<Suspension | Y, BlockResult<M, R>, unknown>;
export function asyncWith<R>(
  managers: Manager | readonly Manager[],
  body: (value: never) => Generator<unknown, R, unknown>,
): Coroutine<R | undefined> {
  if (typeof body !== "function") throw new TypeError(explainBody(body));
  const run = body as (value: unknown) => Coroutine<R>;
  return Array.isArray(managers) ? nest(managers, [], run) : enter(managers as Manager, run);
}

/** Enters the first manager and, inside it, the others. */
function nest<R>(
  managers: readonly Manager[],
  values: readonly unknown[],
  body: (values: readonly unknown[]) => Coroutine<R>,
): Coroutine<R | undefined> {
  const [first, ...rest] = managers;
  if (first === undefined) return callBody(body, values, explainBody);
  return enter<R | undefined>(first, (value) => nest(rest, [...values, value], body));
}

function enter<R>(manager: Manager, body: (value: unknown) => Coroutine<R>): Coroutine<R | undefined> {
  return new WithBlock(manager, body).asCoroutine();
}

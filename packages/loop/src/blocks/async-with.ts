import type { Coroutine, Emission, Suspension } from "../coroutines/coroutine.ts";
import { explainBody, start, WithBlock } from "./with-block.ts";

/**
 * What `asyncWith` enters and exits: an object with Python's `__aenter__` and `__aexit__`.
 *
 * `aexit` is told the error that leaves the block, or `undefined`. One that returns `true` swallows the error; its type
 * says whether it may, so that `asyncWith` knows whether there always is a result.
 *
 * Source: contextlib.AbstractAsyncContextManager, CPython 3.14 Lib/contextlib.py.
 */
export interface AsyncContextManager<T, Swallows extends boolean | void = boolean | void> {
  aenter(): Coroutine<T>;
  aexit(error: Error | undefined): Coroutine<Swallows>;
}

type Manager = AsyncContextManager<unknown>;

/** What entering a manager gives. */
export type Entered<M> = M extends { aenter(): Coroutine<infer T> } ? T : never;

/** What entering each manager of a tuple gives. */
export type AllEntered<M extends readonly unknown[]> = { -readonly [K in keyof M]: Entered<M[K]> };

/** The result of a block, which is missing where a manager swallowed an error. */
export type BlockResult<M, R> = M extends { aexit(error: Error | undefined): Coroutine<infer S> }
  ? true extends S
    ? R | undefined
    : R
  : never;

/**
 * Runs `body` inside one context manager, or several: Python's `async with manager as value:`.
 *
 * @param managers - one, or an array of them, which are entered in order and left in reverse
 * @param body - a generator function, given what the manager's `aenter` returned, or an array of that
 * @returns what the body returns, or `undefined` where a manager swallowed an error
 * @throws what the body throws, or what a manager makes of it
 * @throws TypeError when a manager has no `aenter` and `aexit`
 *
 * Cancellation is thrown into the body where it waits, and passes through the managers like any error.
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

/** Enters the first of `managers` and, inside it, the rest. */
function nest<R>(
  managers: readonly Manager[],
  values: readonly unknown[],
  body: (values: readonly unknown[]) => Coroutine<R>,
): Coroutine<R | undefined> {
  const [first, ...rest] = managers;
  if (first === undefined) return start(body, values);
  return enter<R | undefined>(first, (value) => nest(rest, [...values, value], body));
}

function enter<R>(manager: Manager, body: (value: unknown) => Coroutine<R>): Coroutine<R | undefined> {
  return new WithBlock(manager, body).asCoroutine();
}

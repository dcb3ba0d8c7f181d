/**
 * The stores of Node's `AsyncLocalStorage`. A task or callback runs with the stores that were current at its creation.
 *
 * Capturing the stores costs a tenth of the cost of a task, and Node offers no cheaper way to find out whether there
 * are any. So tasks follow the stores only after the program has asked for it, or has created a task outside of a loop
 * with a store set.
 *
 * @module
 */

/** Node's `AsyncResource`: runs functions with the stores that were current at its creation. */
export interface Stores {
  runInAsyncScope<A extends unknown[], R>(callback: (...args: A) => R, thisArg: undefined, ...args: A): R;
}

type StoresConstructor = new (type: string, options: object) => Stores;

/** A task or a handle, which may keep stores. */
interface StoresHolder {
  _stores: Stores | undefined;
}

/** Undefined where the host has no `AsyncLocalStorage`, as in a page. */
const AsyncResource = findAsyncResource();
/** One object for all calls of the constructor, which otherwise makes one each time. */
const options = {};
/** Runs the tasks and callbacks that were created before the stores were followed. */
const outermost = AsyncResource && new AsyncResource("yieldstar", options);
/** The symbols of the properties in which Node keeps the ids of a resource. */
const idSymbols = AsyncResource && findIdSymbols(AsyncResource);

/** Whether tasks and callbacks follow the stores. Until then they cost nothing. */
export let isFollowing = false;

/**
 * Makes tasks and callbacks follow the stores of Node's `AsyncLocalStorage`, and so the spans of OpenTelemetry: each
 * one created from now on runs with the stores that were current at its creation.
 *
 * Call it once, before the first task, if the program sets a store inside a coroutine. It is not needed if a store is
 * set when the program calls `run`, `toPromise` or `loop.createTask` outside of a loop. A task or callback that was
 * created before the stores were followed sees those that were current when this package was loaded.
 *
 * @returns whether they follow the stores: `false` where the host has no `AsyncLocalStorage`, as in a page
 *
 * Source: none, since Python has no such stores.
 */
export function followAsyncLocalStorage(): boolean {
  isFollowing = AsyncResource !== undefined;
  return isFollowing;
}

/**
 * Begins to follow the stores if one is set. It takes longer than creating a task, so only code outside of a loop calls
 * it.
 */
export function followIfCurrent(): void {
  if (isFollowing || AsyncResource === undefined) return;
  const stores = bySymbol(new AsyncResource("yieldstar", options));
  // Node keeps the stores under symbols beside those of the ids: all under one, or each under its own. A store has any
  // type.
  for (const symbol of Object.getOwnPropertySymbols(stores)) {
    if (idSymbols?.has(symbol) !== true && stores[symbol] !== undefined) isFollowing = true;
  }
}

/** Returns the current stores. Call it only while they are followed. */
export function captureStores(): Stores {
  return new (AsyncResource as StoresConstructor)("yieldstar", options);
}

/** Makes `holder` keep the current stores, if they are followed. Returns `holder`. */
export function keepStores<H extends StoresHolder>(holder: H): H {
  if (isFollowing) holder._stores = captureStores();
  return holder;
}

/** Returns the stores in which `holder` runs. Call it only while they are followed. */
export function storesOf(holder: StoresHolder): Stores {
  return holder._stores ?? (outermost as Stores);
}

/** Compares two resources made at one place: they have the same stores, but different ids. */
function findIdSymbols(Resource: StoresConstructor): ReadonlySet<symbol> {
  const one = bySymbol(new Resource("yieldstar", { triggerAsyncId: 1 }));
  const other = bySymbol(new Resource("yieldstar", { triggerAsyncId: 2 }));
  return new Set(Object.getOwnPropertySymbols(one).filter((symbol) => !Object.is(one[symbol], other[symbol])));
}

function bySymbol(resource: Stores): Readonly<Record<symbol, unknown>> {
  return resource as unknown as Readonly<Record<symbol, unknown>>;
}

function findAsyncResource(): StoresConstructor | undefined {
  const { process } = globalThis as { process?: Partial<NodeJS.Process> };
  return process?.getBuiltinModule?.("node:async_hooks")?.AsyncResource;
}

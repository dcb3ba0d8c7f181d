/**
 * The stores of Node's `AsyncLocalStorage`: what is current when a task or callback is made is current when it runs.
 *
 * To take hold of them costs a tenth of what a task does, and nothing tells for less whether there are any. So that is
 * done only once a program has said, or shown, that it uses them.
 *
 * @module
 */

/** Runs functions where the stores are current that were when it was made: Node's `AsyncResource`. */
export interface Stores {
  runInAsyncScope<A extends unknown[], R>(callback: (...args: A) => R, thisArg: undefined, ...args: A): R;
}

type StoresConstructor = new (type: string, options: object) => Stores;

/** Whoever has stores of its own. */
interface StoresHolder {
  _stores: Stores | undefined;
}

/** Where there is none, as in a page, there are no stores either. */
const AsyncResource = findAsyncResource();
/** Given to the constructor, which else makes them anew each time. */
const options = {};
/** For what was made before the stores were followed. */
const outermost = AsyncResource && new AsyncResource("yieldstar", options);
/** The symbols under which Node keeps the ids of a resource, on the resource itself. */
const idSymbols = AsyncResource && findIdSymbols(AsyncResource);

/** Whether any store is, or was, followed: until then nothing here costs anything. */
export let isFollowing = false;

/**
 * Has tasks and callbacks follow the stores of `AsyncLocalStorage`, and so the spans of OpenTelemetry, from now on: each
 * runs where those are current that were when it was made. A program that sets a store inside a coroutine calls it once,
 * before its first task. One that makes its tasks from outside, by `run`, `toPromise` or `loop.createTask` with a store
 * set, need not.
 *
 * @returns whether they are followed; not where there is no `AsyncLocalStorage`, as in a page
 */
export function followAsyncLocalStorage(): boolean {
  isFollowing = AsyncResource !== undefined;
  return isFollowing;
}

/** Follows the stores from now on if any is current. It takes longer than to make a task, so it is for outside a loop. */
export function followIfCurrent(): void {
  if (isFollowing || AsyncResource === undefined) return;
  const stores = bySymbol(new AsyncResource("yieldstar", options));
  // Node keeps them, or each of them, under symbols beside the ids. A store can be of any type.
  for (const symbol of Object.getOwnPropertySymbols(stores)) {
    if (idSymbols?.has(symbol) !== true && stores[symbol] !== undefined) isFollowing = true;
  }
}

/** The stores that are current. Only while they are followed. */
export function captureStores(): Stores {
  return new (AsyncResource as StoresConstructor)("yieldstar", options);
}

/** Has `holder` keep the stores that are current, if they are followed. */
export function keepStores<H extends StoresHolder>(holder: H): H {
  if (isFollowing) holder._stores = captureStores();
  return holder;
}

/** What to run in for a `holder` that has kept its stores. Only while they are followed. */
export function storesOf(holder: StoresHolder): Stores {
  return holder._stores ?? (outermost as Stores);
}

/** Two resources that are made at the same place have the same stores, but never the same ids. */
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

import type { Future } from "./future.ts";

/**
 * A future whose `cancel` passes the request on to the futures that it waits for: a task, or the future of a `gather`.
 * They wait for each other in chains of any length, and in circles. If each `cancel` called the next one, the stack
 * would overflow.
 */
export interface Relay extends Future<unknown> {
  /** @internal Begins a request. Returns `false`, which refuses it, if this future is done. */
  _beginCancel(): boolean;
  /** @internal Returns the future to pass the request on to, by its index; `undefined` after the last one. */
  _cancelTarget(index: number): Future<unknown> | undefined;
  /**
   * @internal Ends a request that was passed on to all targets; returns whether this future accepts it.
   *
   * @param isAccepted - whether a target accepted it
   * @param isClosed - whether a target waits for this future, directly or through others: no other code can wake them
   */
  _endCancel(msg: unknown, isAccepted: boolean, isClosed: boolean): boolean;
  /**
   * @internal Whether this future, as a task does, leaves a circle in which a request came round. If not, as that of a
   * `gather`, the relay that passed the request on to it has to.
   */
  readonly _breaksCircles: boolean;
}

/** A request to a relay that waits for the answers of its targets. */
interface Request {
  readonly relay: Relay;
  asked: number;
  isAccepted: boolean;
  isClosed: boolean;
}

/**
 * The `cancel` methods that only call `passCancelOn`. Another one, of a subclass, is called, and may call one of these.
 */
const relaying = new Set<unknown>();
/** The relays whose answer is outstanding. */
const open = new Set<Relay>();
/** Whether the `cancel` of a subclass led back to an open relay. */
let hasMetOpen = false;

/** Declares that the own `cancel` of a class only calls `passCancelOn`. */
export function declareRelay({ prototype }: { readonly prototype: { readonly cancel: unknown } }): void {
  relaying.add(prototype.cancel);
}

/**
 * Does what CPython's recursive `cancel` does, without recursion. In a circle each future is asked once.
 *
 * @returns whether `first` accepts the request
 */
export function passCancelOn(first: Relay, msg: unknown): boolean {
  if (open.has(first)) {
    hasMetOpen = true;
    return false;
  }
  if (!first._beginCancel()) return false;
  const requests: Request[] = [];
  try {
    let current = push(requests, first);
    for (;;) {
      const target = current.relay._cancelTarget(current.asked++);
      if (target !== undefined) {
        const next = ask(current, target, msg);
        if (next !== undefined) current = push(requests, next);
        continue;
      }
      const { relay, isAccepted, isClosed } = current;
      requests.pop();
      open.delete(relay);
      const answer = relay._endCancel(msg, isAccepted, isClosed);
      const outer = requests.at(-1);
      if (outer === undefined) return answer;
      if (answer) outer.isAccepted = true;
      if (isClosed && !relay._breaksCircles) outer.isClosed = true;
      current = outer;
    }
  } finally {
    for (const { relay } of requests) open.delete(relay);
  }
}

function push(requests: Request[], relay: Relay): Request {
  const request: Request = { relay, asked: 0, isAccepted: false, isClosed: false };
  open.add(relay);
  requests.push(request);
  return request;
}

/** Passes a request on to `target`. Returns `target` if it has to ask targets of its own first. */
function ask(request: Request, target: Future<unknown>, msg: unknown): Relay | undefined {
  if (open.has(target as Relay)) {
    request.isClosed = true;
  } else if (relaying.has((target as { readonly cancel: unknown }).cancel)) {
    return (target as Relay)._beginCancel() ? (target as Relay) : undefined;
  } else {
    if (target.cancel(msg)) request.isAccepted = true;
    if (hasMetOpen) request.isClosed = true;
    hasMetOpen = false;
  }
  return undefined;
}

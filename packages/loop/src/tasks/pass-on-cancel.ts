import type { Future } from "./future.ts";

/**
 * A future whose `cancel` asks those that it waits for: a task, a gathering. They wait for each other in chains of any
 * length, and in circles, where a method that calls the next one's would need a stack without end.
 */
export interface Relay extends Future<unknown> {
  /** @internal Notes the request; returns `false`, with nothing changed, when it is done. */
  _beginCancel(): boolean;
  /** @internal Whom to ask next: all of them in turn, then `undefined`. */
  _cancelTarget(index: number): Future<unknown> | undefined;
  /**
   * @internal All have been asked; returns whether the request is accepted.
   *
   * @param isAccepted - whether one of them has accepted it
   * @param isClosed - whether one of them is itself waiting, in the end, for this one: nobody else can wake them
   */
  _endCancel(msg: unknown, isAccepted: boolean, isClosed: boolean): boolean;
  /** @internal Whether it is a circle's to break: else it is for the next task on the way to it. */
  readonly _breaksCircles: boolean;
}

/** A relay that waits for the answers of those it asks. */
interface Request {
  readonly relay: Relay;
  asked: number;
  isAccepted: boolean;
  isClosed: boolean;
}

/** The methods that do nothing but call `passCancelOn`. A subclass's own is called, and may call these in its turn. */
const relaying = new Set<unknown>();
/** Those whose answer is outstanding. */
const open = new Set<Relay>();
/** Whether a method of a subclass has led back to one of these. */
let hasMetOpen = false;

/** Says that a class's own `cancel` does nothing but call `passCancelOn`. */
export function declareRelay({ prototype }: { readonly prototype: { readonly cancel: unknown } }): void {
  relaying.add(prototype.cancel);
}

/** Does what CPython's recursive `cancel` does, without a stack. In a circle each is asked once. */
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

/** Asks `target`; returns it if it has to ask others first. */
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

import { Future } from "../tasks/future.ts";
import { Handle } from "../scheduling/handle.ts";
import { Ending, type Passing } from "../scheduling/passing.ts";
import type { Runnable } from "../scheduling/ready-queue.ts";
import { Task } from "../tasks/task.ts";
import { textLimits } from "../text/text-limits.ts";

/** A future, or what stands between those that end together and those that they end. */
type Node = Future<unknown> | Ending;

/** What may end when a node does. Mostly there is one, and a million of arrays would take a second. */
type Woken = Node | Node[] | undefined;

/** Among the places on the path: it was gone through before. */
const leftBehind = -1;

/**
 * Finds tasks that wait for each other, be it for a future that others end: through `gather`, `shield`, `wait`,
 * `asCompleted` or a group. It goes from each task to those that its end would wake, depth first and without recursion, and
 * takes a time that is proportional to the number of tasks and callbacks.
 *
 * @param tasks - those that are pending
 * @returns a few cycles, each as the tasks of it: each waits for the next, and the last for the first
 */
export function findCycles(tasks: Iterable<Task<unknown>>): Task<unknown>[][] {
  const cycles: Task<unknown>[][] = [];
  const places = new Map<Node, number>();
  const path: Node[] = [];
  /** For each on the path, where it has not led to yet. */
  const ahead: Woken[] = [];
  const enter = (node: Node): void => {
    places.set(node, path.length);
    path.push(node);
    ahead.push(wokenBy(node));
  };
  for (const task of tasks) {
    if (!places.has(task)) enter(task);
    while (path.length > 0) {
      const next = takeLast(ahead);
      if (next === undefined) {
        ahead.pop();
        places.set(path.pop() as Node, leftBehind);
        continue;
      }
      const place = places.get(next);
      if (place === undefined) enter(next);
      else if (place !== leftBehind) cycles.push(waitingOrder(path, place));
      if (cycles.length === textLimits.deadlock.cycles) return cycles;
    }
  }
  return cycles;
}

/** Takes one of those that the last on the path leads to. */
function takeLast(ahead: Woken[]): Node | undefined {
  const last = ahead.length - 1;
  const woken = ahead[last];
  if (Array.isArray(woken)) return woken.pop();
  ahead[last] = undefined;
  return woken;
}

/** Each future of the path ends the next; so each waits for the one before it, and the first, at `begin`, for the last. */
function waitingOrder(path: readonly Node[], begin: number): Task<unknown>[] {
  const [first, ...rest] = path.slice(begin).filter((each) => each instanceof Task);
  return first === undefined ? [] : [first, ...rest.reverse()];
}

function wokenBy(node: Node): Woken {
  if (node instanceof Ending) return node.futures() as Future<unknown>[];
  const waiters = node._waiterList();
  const [first] = waiters;
  if (first === undefined) return undefined;
  return waiters.length === 1 ? endsOf(first) : waiters.flatMap((waiter) => endsOf(waiter) ?? []);
}

function endsOf(waiter: Runnable): Woken {
  if (waiter instanceof Task) return waiter as Task<unknown>;
  return waiter instanceof Handle && waiter._callback !== undefined ? endsOfCallback(waiter._callback) : undefined;
}

/** A callback of the user's may be anything that can be called, a Proxy that throws included. */
function endsOfCallback(callback: Passing<never>): Woken {
  try {
    const ends = callback._ends;
    return ends instanceof Future || ends instanceof Ending ? ends : undefined;
  } catch {
    return undefined;
  }
}

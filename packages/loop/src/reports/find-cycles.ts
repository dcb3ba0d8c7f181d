import { Future } from "../tasks/future.ts";
import { Handle } from "../scheduling/handle.ts";
import { Ending, type Passing } from "../scheduling/passing.ts";
import type { Runnable } from "../scheduling/ready-queue.ts";
import { Task } from "../tasks/task.ts";
import { textLimits } from "../text/text-limits.ts";

/** A future; or the `Ending` of a callback, which leads from a future to the futures that the callback may end. */
type Node = Future<unknown> | Ending;

/** The nodes that may end when a node does. Mostly there is one: a million arrays would take a second. */
type Woken = Node | Node[] | undefined;

/** Instead of a place on the path: the search has left the node for good. */
const leftBehind = -1;

/**
 * Finds tasks that wait for each other, also through `gather`, `shield`, `wait`, `asCompleted` or a group, where a task
 * waits for a future that other tasks end. It goes from each task to the tasks that its end would wake, depth first and
 * without recursion. It takes time in proportion to the number of tasks and callbacks.
 *
 * @param tasks - the pending tasks
 * @returns a few cycles of tasks; in each, a task waits for the next one, and the last for the first
 */
export function findCycles(tasks: Iterable<Task<unknown>>): Task<unknown>[][] {
  const cycles: Task<unknown>[][] = [];
  const places = new Map<Node, number>();
  const path: Node[] = [];
  /** For each node on the path: the nodes after it where the search has not gone yet. */
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

/** Removes and returns a node after the last one on the path. */
function takeLast(ahead: Woken[]): Node | undefined {
  const last = ahead.length - 1;
  const woken = ahead[last];
  if (Array.isArray(woken)) return woken.pop();
  ahead[last] = undefined;
  return woken;
}

/**
 * The tasks of a cycle on the path, in the order in which they wait. Each node ends the next one, so each waits for the
 * one before it, and the first, at `begin`, waits for the last.
 */
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

/** A callback of the user's may be anything that can be called, such as a Proxy that throws. */
function endsOfCallback(callback: Passing<never>): Woken {
  try {
    const ends = callback._ends;
    return ends instanceof Future || ends instanceof Ending ? ends : undefined;
  } catch {
    return undefined;
  }
}

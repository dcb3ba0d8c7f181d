import { explainOtherCopy } from "../copies/copies.ts";
import { iscoroutine } from "../coroutines/coroutine.ts";
import { Future } from "./future.ts";
import { isPromiseLike } from "../values/is-promise.ts";
import { hintToWrap } from "../text/hints.ts";
import { repr, withHint } from "../text/repr.ts";

const starHint = "write yield* with a star";

/**
 * Returns why `task` cannot wait for what its coroutine yielded. A task waits only for a future that its coroutine has
 * awaited, that belongs to its loop, and that is not the task itself.
 */
export function explainBadYield(task: Future<unknown>, yielded: unknown): string {
  try {
    if (yielded instanceof Future) return explainBadFuture(task, yielded);
    if (iscoroutine(yielded)) {
      const text = `yield was used instead of yield from for generator in task ${repr(task)} with ${repr(yielded)}`;
      return withHint(text, starHint);
    }
    return explainValue(yielded);
  } catch {
    // `yielded` may be a Proxy that throws at every question.
    return `Task got bad yield: ${repr(yielded)}`;
  }
}

function explainValue(yielded: unknown): string {
  const text = `Task got bad yield: ${repr(yielded)}`;
  const other = explainOtherCopy(yielded);
  if (other !== undefined) return withHint(text, other);
  if (!isPromiseLike(yielded)) return text;
  return withHint(text, hintToWrap("yield* fromPromise(promise)"));
}

function explainBadFuture(task: Future<unknown>, future: Future<unknown>): string {
  if (future === task) return `Task cannot await on itself: ${repr(task)}`;
  if (future.getLoop() !== task.getLoop())
    return `Task ${repr(task)} got Future ${repr(future)} attached to a different loop`;
  return withHint(`yield was used instead of yield from in task ${repr(task)} with ${repr(future)}`, starHint);
}

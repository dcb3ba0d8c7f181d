import type { Fault } from "./mutants.ts";

/** Faults that a change could bring in. The fuzzer has to find each. */
export const faults: readonly Fault[] = [
  {
    name: "equal deadlines run in the wrong order",
    file: "loop/scheduling/timer-heap",
    from: "timer._sequence > (timers[parent] as Timer)._sequence",
    to: "timer._sequence < (timers[parent] as Timer)._sequence",
  },
  {
    name: "the rebuilt heap of timers is no heap",
    file: "loop/scheduling/timer-heap",
    from: "(kept - 2) >> arityBits; index >= 0",
    to: "(kept - 2) >> arityBits; index > 0",
  },
  {
    name: "a handle that is scheduled in an iteration runs in the same iteration",
    file: "loop/scheduling/scheduler",
    from: "for (let left = count; left > 0; left -= 1)",
    to: "for (let left = count; ready.length > 0; left -= 1)",
  },
  {
    name: "requests to cancel are not counted",
    file: "loop/tasks/task",
    from: "this._cancelRequests += 1",
    to: "this._cancelRequests = 1",
  },
  {
    name: "uncancel does not withdraw an undelivered cancel",
    file: "loop/tasks/task",
    from: "if (this._cancelRequests === 0) {\n        this._flags &= ~mustCancel;",
    to: "if (this._cancelRequests === 0) {",
  },
  {
    name: "a cancel in the last step is lost",
    file: "loop/tasks/task",
    from: "if ((this._flags & (mustCancel | stateMask)) === 0) this._succeed(result);",
    to: "if (this._cancelRequests < 1000) this._succeed(result);",
  },
  {
    name: "a cancel does not reach the awaited future",
    file: "loop/tasks/task",
    from: "waitsFor !== undefined && waitsFor.cancel(msg), false",
    to: "waitsFor !== undefined && waitsFor.cancel(), false",
  },
  {
    name: "a context and its copy share each change",
    file: "loop/context/contextvars",
    from: "copy.#shared = this.#shared = true;",
    to: "",
  },
  {
    name: "a cancelled gather forgets that it was cancelled",
    file: "loop/combinators/gather",
    from: "if (isAccepted) this.#cancelRequested = true;",
    to: "",
  },
  {
    name: "gather waits for the others after an exception",
    file: "loop/combinators/gather",
    from: "else if (!this.#returnExceptions && !child._hasSucceeded())",
    to: "else if (!this.#returnExceptions && this.#pending === 0 && !child._hasSucceeded())",
  },
  {
    name: "shield passes the cancellation on",
    file: "loop/combinators/shield",
    from: "inner.removeDoneCallback(copyOutcome);",
    to: "inner.removeDoneCallback(copyOutcome);\n    if (outer.cancelled()) inner.cancel();",
  },
  {
    name: "FIRST_EXCEPTION counts a cancellation as an exception",
    file: "loop/combinators/wait",
    from: "return future._hasFailed();",
    to: "return future._hasFailed() || future._isCancelled();",
  },
  {
    name: "as_completed throws its timeout only once",
    file: "loop/combinators/as-completed",
    from: "      this.#done.put(undefined);\n    }\n    this.#todo.clear();",
    to: "    }\n    this.#done.put(undefined);\n    this.#todo.clear();",
  },
  {
    name: "a task group withdraws its cancel of the parent too late",
    file: "taskgroup/task-group",
    from: "this.#parentCancelRequested && parent.uncancel() === 0",
    to: "this.#parentCancelRequested && parent.cancelling() === 0",
  },
  {
    name: "a task group does not abort when its body fails",
    file: "taskgroup/task-group",
    from: "if (error !== undefined && !this.#aborting) this.#abort();",
    to: "if (error instanceof CancelledError && !this.#aborting) this.#abort();",
  },
  {
    name: "a task group that fails loses a cancellation from outside",
    file: "taskgroup/task-group",
    from: "if (parent.cancelling() > 0) {",
    to: "if (parent.cancelling() > 1000) {",
  },
  {
    name: "a task group wraps an interrupt in a group",
    file: "taskgroup/task-group",
    from: "if (leavesLoop(exception)) this.#baseError ??= exception;",
    to: "",
  },
  {
    name: "except* drops the errors that no clause takes",
    file: "taskgroup/except-star",
    from: "return part === undefined ? members : [...members, part];",
    to: "return part === undefined || members.length > 0 ? members : [part];",
  },
  {
    name: "a timeout treats a cancellation from outside as its own",
    file: "loop/blocks/cancel-scope",
    from: "uncancel() <= this._requestsAtEntry;",
    to: "uncancel() <= this._requestsAtEntry + 1;",
  },
  {
    name: "a deadline that was moved still counts",
    file: "timeout/timeout",
    from: "this._handle?.cancel();\n    this._handle = handle;",
    to: "this._handle = handle;",
  },
  {
    name: "wait_for with a timeout of zero starts a coroutine",
    file: "timeout/wait-for",
    from: "timeout !== null && timeout <= 0",
    to: "timeout !== null && timeout < 0",
  },
  {
    name: "a newcomer takes a lock before the waiting tasks",
    file: "sync/lock",
    from: "lock.#isLocked || lock.#waits.hasUncancelled",
    to: "lock.#isLocked",
  },
  {
    name: "a cancelled waiter keeps the turn at a lock",
    file: "sync/lock",
    from: "if (error instanceof CancelledError && !lock.#isLocked) lock.#waits.wakeHead();",
    to: "",
  },
  {
    name: "a cancelled waiter keeps the turn at a semaphore",
    file: "sync/semaphore",
    from: "if (error instanceof CancelledError && wasWoken) semaphore.#value += 1;",
    to: "",
  },
  {
    name: "an event wakes only one task",
    file: "sync/event",
    from: "this.#waits.wakeAll();",
    to: "this.#waits.wake(1);",
  },
  {
    name: "a condition gives up the lock when it is cancelled",
    file: "sync/condition",
    from: "return yield* this.#waits.wait();\n      } finally {\n        yield* this.#reacquire();",
    to:
      "var wait = this.#waits.wait();\n        return yield* wait;\n      } finally {\n" +
      "        if (wait._turn.done() && !wait._isCancelled()) yield* this.#reacquire();",
  },
  {
    name: "a barrier never lets the next round in",
    file: "sync/barrier",
    from: 'if (this.#state === "resetting" || this.#state === "draining") this.#state = "filling";',
    to: 'if (this.#state === "draining") this.#state = "filling";',
  },
  {
    name: "a cancelled getter keeps the wake-up of a queue",
    file: "sync/queue",
    from: "if (wasWoken && !queue.empty()) queue.#getters.popAndWake();",
    to: "",
  },
  {
    name: "a queue that is shut down leaves its putters waiting",
    file: "sync/queue",
    from: "this.#putters.popAndWakeAll();",
    to: "",
  },
  {
    name: "an async generator is not closed by the loop",
    file: "loop/loops/asyncgens",
    from: "this.#open.add(asyncgen);",
    to: "",
  },
];

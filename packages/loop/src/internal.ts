/**
 * The names that our own packages share, by room. They are no part of the contract: any release may change them.
 *
 * @module
 */

export { isClass } from "./values/is-class.ts";
export { isErrorClass } from "./values/is-error.ts";
export { isPromiseLike } from "./values/is-promise.ts";

export { hintToCall, withHintToAwait } from "./text/hints.ts";
export { reprFloat } from "./text/literals.ts";
export { className, nameClass, nameErrorClass, nameOf, typeName } from "./text/names.ts";
export { printOnce, showAsText, toText, withHint } from "./text/repr.ts";
export { andMore, cut, textLimits } from "./text/text-limits.ts";

export { chain, leavesLoop, toException } from "./errors/thrown.ts";
export { fromWebError } from "./errors/web-errors.ts";

export { readOptions } from "./arguments/options.ts";
export { requireCount, requireNumber, requireWholeNumber } from "./arguments/require-number.ts";
export { requireDeadline } from "./arguments/require-seconds.ts";

export { iterate } from "./blocks/with-block.ts";
export { CoroutineObject } from "./coroutines/coroutine-object.ts";
export { immediate } from "./coroutines/immediate.ts";
export { nameOfType } from "./coroutines/name-of-type.ts";

export { requireCallback } from "./scheduling/callbacks.ts";
export { Fifo } from "./scheduling/fifo.ts";
export { passing } from "./scheduling/passing.ts";

export { reportFromOutside } from "./reports/reports.ts";

export { CancelScope, type ScopeWords } from "./blocks/cancel-scope.ts";
export { TimedScope } from "./blocks/timed-scope.ts";

export { beginEmission, endEmission, Frame } from "./coroutines/frame.ts";
export { resume, resumeThrowing } from "./coroutines/resume.ts";
export { markForLibrary } from "./coroutines/mark.ts";
export { noteDriven, prepareBody, startBody } from "./coroutines/start-body.ts";
export { VirtualClock } from "./hosts/virtual-clock.ts";

export { Completion } from "./loops/completion.ts";

export { shutdown } from "./running/shutdown.ts";

export { onAbort } from "./promises/on-abort.ts";
export { readToPromiseOptions } from "./promises/to-promise.ts";

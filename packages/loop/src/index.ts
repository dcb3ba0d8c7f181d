export { abortOnCancel } from "./abort-on-cancel.ts";
export { AsCompleted, asCompleted } from "./as-completed.ts";
export { followAsyncLocalStorage } from "./async-stores.ts";
export { asyncWith } from "./async-with.ts";
export { BaseEventLoop } from "./base-event-loop.ts";
export { Completion } from "./completion.ts";
export { CancelOnAbort, cancelOnAbort } from "./cancel-on-abort.ts";
export { closeCoroutine, isawaitable, iscoroutine } from "./coroutine.ts";
export { Context, ContextVar, copyContext, Token } from "./contextvars.ts";
export { DeadlockError } from "./deadlock.ts";
export { createEagerTaskFactory, eagerTaskFactory } from "./eager.ts";
export { createTask, ensureFuture } from "./ensure-future.ts";
export { EventLoop, newEventLoop } from "./event-loop.ts";
export {
  BaseException,
  CancelledError,
  chain,
  Exception,
  GeneratorExit,
  InvalidStateError,
  KeyboardInterrupt,
  LookupError,
  RuntimeError,
  StopAsyncIteration,
  SystemExit,
  TimeoutError,
  toException,
  ValueError,
} from "./exceptions.ts";
export { Fifo } from "./fifo.ts";
export { fromPromise } from "./from-promise.ts";
export { Future, isFuture } from "./future.ts";
export { gather } from "./gather.ts";
export { immediate } from "./immediate.ts";
export { isErrorClass } from "./is-error.ts";
export { isPromiseLike } from "./is-promise.ts";
export { Handle, requireCallback, TimerHandle } from "./handle.ts";
export { BrowserHost } from "./hosts/browser-host.ts";
export { NodeHost } from "./hosts/node-host.ts";
export { VirtualHost } from "./hosts/virtual-host.ts";
export { nameOfType } from "./name-of-type.ts";
export { reprFloat } from "./literals.ts";
export { className, nameClass, nameErrorClass, nameOf, typeName } from "./names.ts";
export { onAbort } from "./on-abort.ts";
export { readOptions } from "./options.ts";
export { passing } from "./passing.ts";
export { hintToCall, printOnce, repr, showAsText, toText } from "./repr.ts";
export { andMore, cut, textLimits } from "./text-limits.ts";
export { reportFromOutside } from "./reports.ts";
export { run } from "./run.ts";
export { Runner } from "./runner.ts";
export { allTasks, currentTask, getEventLoop, getRunningLoop, setEventLoop } from "./running.ts";
export { shield } from "./shield.ts";
export { shutdown } from "./shutdown.ts";
export { sleep } from "./sleep.ts";
export { Task } from "./task.ts";
export { readToPromiseOptions, toPromise } from "./to-promise.ts";
export { ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, wait } from "./wait.ts";
export { fromWebError } from "./web-errors.ts";

export type { AsCompletedOptions } from "./as-completed.ts";
export type { AllEntered, AsyncContextManager, BlockResult, Entered } from "./async-with.ts";
export type { ContextOptions } from "./contextvars.ts";
export type { Awaitable, Coroutine, Emission, Suspension } from "./coroutine.ts";
export type { TaskConstructor } from "./eager.ts";
export type { StackFrame } from "./debug.ts";
export type { FromPromiseOptions } from "./from-promise.ts";
export type { LoopOptions } from "./future.ts";
export type { EventLoopOptions } from "./event-loop.ts";
export type { GatherOptions, Result, Results, ResultsOrErrors } from "./gather.ts";
export type { ClosableAsyncgen } from "./asyncgens.ts";
export type { Host } from "./host.ts";
export type { ExceptionContext, ExceptionHandler } from "./reports.ts";
export type { RunnerOptions } from "./runner.ts";
export type { TaskFactory, TaskOptions } from "./task-options.ts";
export type { ToPromiseOptions } from "./to-promise.ts";
export type { ReturnWhen, WaitOptions } from "./wait.ts";

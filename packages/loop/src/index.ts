// `Disposable` and `Symbol.dispose`, for the programs whose `lib` does not have them.
/// <reference lib="esnext.disposable" preserve="true" />

/**
 * The public names of this package, by room, in the order of `packages/docs/architecture.md`.
 *
 * @module
 */

export { repr } from "./text/repr.ts";

export {
  BaseException,
  CancelledError,
  Exception,
  GeneratorExit,
  InvalidStateError,
  KeyboardInterrupt,
  LookupError,
  RuntimeError,
  StopAsyncIteration,
  SystemExit,
  TimeoutError,
  ValueError,
} from "./errors/exceptions.ts";

export { followAsyncLocalStorage } from "./context/async-stores.ts";
export type { ContextOptions } from "./context/context-options.ts";
export { Context, ContextVar, copyContext, Token } from "./context/contextvars.ts";

export type { StackFrame } from "./debug/stack-frames.ts";

export { closeCoroutine } from "./coroutines/close-coroutine.ts";
export { isawaitable, iscoroutine } from "./coroutines/coroutine.ts";
export type { Awaitable, Coroutine, Emission, Suspension } from "./coroutines/coroutine.ts";
export { coroutine } from "./coroutines/mark.ts";

export { Handle, TimerHandle } from "./scheduling/handle.ts";
export type { AbstractEventLoop } from "./scheduling/loop.ts";
export { getEventLoop, getRunningLoop, setEventLoop } from "./scheduling/running-loop.ts";

export { allTasks, currentTask } from "./tasks/current-task.ts";
export { createEagerTaskFactory, eagerTaskFactory } from "./tasks/eager-task-factory.ts";
export type { TaskConstructor } from "./tasks/eager-task-factory.ts";
export { createTask, ensureFuture } from "./tasks/ensure-future.ts";
export { Future, isFuture } from "./tasks/future.ts";
export type { LoopOptions } from "./tasks/loop-options.ts";
export { Task } from "./tasks/task.ts";
export type { TaskFactory } from "./tasks/task-factory.ts";
export type { TaskOptions } from "./tasks/task-options.ts";

export { DeadlockError } from "./reports/deadlock.ts";
export type { ExceptionContext, ExceptionHandler } from "./reports/reports.ts";

export { AsCompleted, asCompleted } from "./combinators/as-completed.ts";
export type { AsCompletedOptions } from "./combinators/as-completed.ts";
export { gather } from "./combinators/gather.ts";
export type { GatherOptions, Result, Results, ResultsOrErrors } from "./combinators/gather.ts";
export { shield } from "./combinators/shield.ts";
export { sleep } from "./combinators/sleep.ts";
export { ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, wait } from "./combinators/wait.ts";
export type { ReturnWhen, WaitOptions } from "./combinators/wait.ts";

export { asyncWith } from "./blocks/async-with.ts";
export type { AllEntered, AsyncContextManager, BlockResult, Entered } from "./blocks/async-with.ts";

export { BrowserHost } from "./hosts/browser-host.ts";
export type { Host } from "./hosts/host.ts";
export { NodeHost } from "./hosts/node-host.ts";
export { VirtualHost } from "./hosts/virtual-host.ts";

export type { ClosableAsyncgen } from "./loops/asyncgens.ts";
export { BaseEventLoop } from "./loops/base-event-loop.ts";
export { EventLoop, newEventLoop } from "./loops/event-loop.ts";
export type { EventLoopOptions } from "./loops/event-loop.ts";

export { run } from "./running/run.ts";
export { Runner } from "./running/runner.ts";
export type { RunnerOptions } from "./running/runner.ts";

export { abortOnCancel } from "./promises/abort-on-cancel.ts";
export { CancelOnAbort, cancelOnAbort } from "./promises/cancel-on-abort.ts";
export { fromPromise } from "./promises/from-promise.ts";
export type { FromPromiseOptions } from "./promises/from-promise.ts";
export { toPromise } from "./promises/to-promise.ts";
export type { ToPromiseOptions } from "./promises/to-promise.ts";

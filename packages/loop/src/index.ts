export { asyncWith } from "./async-with.ts";
export { BaseEventLoop } from "./base-event-loop.ts";
export { Completion } from "./completion.ts";
export { closeCoroutine } from "./coroutine.ts";
export { Context, ContextVar, copyContext, Token } from "./contextvars.ts";
export { createTask, ensureFuture } from "./ensure-future.ts";
export { EventLoop, newEventLoop } from "./event-loop.ts";
export {
  BaseException,
  CancelledError,
  DeadlockError,
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
} from "./exceptions.ts";
export { Future } from "./future.ts";
export { gather } from "./gather.ts";
export { Handle, TimerHandle } from "./handle.ts";
export { NodeHost } from "./hosts/node-host.ts";
export { VirtualHost } from "./hosts/virtual-host.ts";
export { showAsText } from "./repr.ts";
export { run } from "./run.ts";
export { Runner } from "./runner.ts";
export { allTasks, currentTask, getEventLoop, getRunningLoop, setEventLoop } from "./running.ts";
export { shutdown } from "./shutdown.ts";
export { sleep } from "./sleep.ts";
export { Task } from "./task.ts";

export type { AllEntered, AsyncContextManager, BlockResult, Entered } from "./async-with.ts";
export type { Awaitable, Coroutine, Suspension } from "./coroutine.ts";
export type { LoopOptions } from "./ensure-future.ts";
export type { ContextOptions } from "./future.ts";
export type { GatherOptions, Result, Results, ResultsOrErrors } from "./gather.ts";
export type { Host } from "./host.ts";
export type { ExceptionContext, ExceptionHandler } from "./reports.ts";
export type { RunnerOptions } from "./runner.ts";
export type { TaskOptions } from "./task.ts";

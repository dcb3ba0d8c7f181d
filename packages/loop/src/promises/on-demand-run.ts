import type { AbstractEventLoop } from "../scheduling/loop.ts";
import { explainOtherLoop } from "../copies/copies.ts";
import { EventLoop } from "../loops/event-loop.ts";
import { DeadlockError } from "../reports/deadlock.ts";
import { RuntimeError } from "../errors/exceptions.ts";
import { leavesLoop, toException } from "../errors/thrown.ts";
import { firstFunctions } from "../hosts/host-functions.ts";
import { watchIdle } from "../scheduling/loop-ends.ts";
import { getRunningLoopOrUndefined } from "../context/ambient.ts";
import { soon } from "../hosts/soon.ts";

/** A call of promise code that waits for something on a loop. */
export interface PendingCall {
  /**
   * Cancels what is waited for, since it can never be done: `deadlock` is how the wait ends. Returns whether it could. Never
   * throws.
   */
  cancel(deadlock: DeadlockError): boolean;
  /** Told that the loop has ended its run before what is waited for was done. Never throws. */
  fail(reason: Error): void;
}

const runs = new WeakMap<AbstractEventLoop, OnDemandRun>();

/** The on-demand run of a loop. A loop that its program drives itself, such as a `VirtualTimeLoop`, has none. */
export function onDemandRunOf(loop: AbstractEventLoop): OnDemandRun | undefined {
  const run = runs.get(loop);
  if (run !== undefined || !(loop instanceof EventLoop)) return run;
  const made = new OnDemandRun(loop);
  runs.set(loop, made);
  return made;
}

/** Runs a loop that nobody else runs for as long as promise code waits for something on it. */
export class OnDemandRun {
  readonly #loop: EventLoop;
  readonly #waiting = new Set<PendingCall>();
  #state: "idle" | "starting" | "running" | "stopping" = "idle";
  #runsOn = false;

  constructor(loop: EventLoop) {
    this.#loop = loop;
    watchIdle(loop, () => this.#takeOver());
  }

  /** The loop runs on when nobody waits, and tells by itself when it may `rest`. */
  runOn(): void {
    this.#runsOn = true;
  }

  /** Somebody waits: a loop that is idle is run. */
  enter(call: PendingCall): void {
    this.#waiting.add(call);
    // One that waits in vain may have been let go of.
    if (this.#state === "running") this.#loop._wakeFromOutside();
    else this.#start();
  }

  get isAwaited(): boolean {
    return this.#waiting.size > 0;
  }

  /** The wait has ended. */
  leave(call: PendingCall): void {
    this.#waiting.delete(call);
    if (!this.#runsOn) this.rest();
  }

  /** Stops the loop if nobody waits. */
  rest(): void {
    if (this.#waiting.size > 0 || this.#state !== "running") return;
    this.#state = "stopping";
    this.#loop.stop();
  }

  /** Somebody else's run has ended. Promise code that awaits it goes on first: it may run the loop again, or close it. */
  #takeOver(): void {
    const { setTimeout } = firstFunctions;
    if (this.#state === "idle" && this.#waiting.size > 0) setTimeout(() => this.#start(), 0);
  }

  #start(): void {
    if (this.#state !== "idle" || this.#loop.isRunning()) return;
    this.#state = "starting";
    // Inside a step of another loop, of another copy perhaps: it must have ended before this one may begin.
    if (getRunningLoopOrUndefined() === undefined && explainOtherLoop() === undefined) this.#run();
    else soon(() => this.#run());
  }

  #run(): void {
    this.#state = "idle";
    if ((this.#waiting.size === 0 && !this.#runsOn) || this.#loop.isRunning()) return;
    if (this.#loop.isClosed()) {
      this.#failAll(new RuntimeError("Event loop is closed"));
      return;
    }
    let run: Promise<void>;
    try {
      run = this.#loop.runForever();
    } catch (thrown) {
      this.#end(toException(thrown));
      return;
    }
    this.#state = "running";
    void run.then(
      () => this.#end(undefined),
      (error: Error) => this.#end(error),
    );
  }

  #end(error: Error | undefined): void {
    const wasStopped = this.#state === "running" && error === undefined;
    this.#state = "idle";
    if (error instanceof DeadlockError && this.#waiting.size > 0) this.#cancelAll(error);
    else if (leavesLoop(error)) this.#loop._announceExit(error);
    else if (wasStopped) this.#failAll(new RuntimeError("Event loop stopped before Future completed."));
    else if (error !== undefined && !this.#failAll(error)) this.#report(error);
    // Such an error is one task's, and others go on. And somebody may have come while the loop was stopping.
    if (this.#waiting.size > 0 || (this.#runsOn && leavesLoop(error))) this.#start();
  }

  /** The cleanup of what is cancelled runs before its call is settled; of one that is stuck again, no more. */
  #cancelAll(deadlock: DeadlockError): void {
    for (const call of this.#waiting) {
      if (!call.cancel(deadlock)) call.fail(deadlock);
    }
  }

  /** Tells everyone who waits; returns whether there was anyone. */
  #failAll(error: Error): boolean {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const call of waiting) call.fail(error);
    return waiting.length > 0;
  }

  /** Tasks were left behind that can never go on. */
  #report(exception: Error): void {
    this.#loop.callExceptionHandler({ message: "Event loop ended with tasks pending", exception });
  }
}

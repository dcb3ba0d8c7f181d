import type { AbstractEventLoop } from "../scheduling/loop.ts";
import { explainOtherLoop } from "../copies/copies.ts";
import { EventLoop } from "../loops/event-loop.ts";
import { DeadlockError } from "../reports/deadlock.ts";
import { RuntimeError } from "../errors/exceptions.ts";
import { leavesLoop, toException } from "../errors/thrown.ts";
import { firstFunctions } from "../hosts/host-functions.ts";
import { watchIdle } from "../scheduling/loop-ends.ts";
import { currentLoop } from "../context/ambient.ts";
import { soon } from "../hosts/soon.ts";

/** A call of promise code that awaits a future of a loop. */
export interface PendingCall {
  /**
   * Cancels the future, which is in a deadlock, and ends the wait with `deadlock`. Returns whether it could. Never
   * throws.
   */
  cancel(deadlock: DeadlockError): boolean;
  /** Ends the wait with `reason`, since the loop's run has ended before the future was done. Never throws. */
  fail(reason: Error): void;
}

const runs = new WeakMap<AbstractEventLoop, OnDemandRun>();

/** Returns the on-demand run of a loop. A loop that the program runs itself, such as a `VirtualTimeLoop`, has none. */
export function onDemandRunOf(loop: AbstractEventLoop): OnDemandRun | undefined {
  const run = runs.get(loop);
  if (run !== undefined || !(loop instanceof EventLoop)) return run;
  const made = new OnDemandRun(loop);
  runs.set(loop, made);
  return made;
}

/** Runs a loop while promise code awaits a future of it, and no other code runs the loop. */
export class OnDemandRun {
  readonly #loop: EventLoop;
  readonly #waiting = new Set<PendingCall>();
  #state: "idle" | "starting" | "running" | "stopping" = "idle";
  #runsOn = false;

  constructor(loop: EventLoop) {
    this.#loop = loop;
    watchIdle(loop, () => this.#takeOver());
  }

  /** Keeps the loop running without a pending call: it calls `rest` itself. */
  runOn(): void {
    this.#runsOn = true;
  }

  /** Adds a call that waits, and runs the loop if it is idle. */
  enter(call: PendingCall): void {
    this.#waiting.add(call);
    // The host may have released the process, since no code awaited the loop.
    if (this.#state === "running") this.#loop._wakeFromOutside();
    else this.#start();
  }

  /** Whether a call waits. */
  get isAwaited(): boolean {
    return this.#waiting.size > 0;
  }

  /** Removes a call whose wait has ended. */
  leave(call: PendingCall): void {
    this.#waiting.delete(call);
    if (!this.#runsOn) this.rest();
  }

  /** Stops the loop if no call waits. */
  rest(): void {
    if (this.#waiting.size > 0 || this.#state !== "running") return;
    this.#state = "stopping";
    this.#loop.stop();
  }

  /**
   * Another run of the loop has ended. Promise code that awaits that run goes on first: it may run or close the loop.
   */
  #takeOver(): void {
    const { setTimeout } = firstFunctions;
    if (this.#state === "idle" && this.#waiting.size > 0) setTimeout(() => this.#start(), 0);
  }

  #start(): void {
    if (this.#state !== "idle" || this.#loop.isRunning()) return;
    this.#state = "starting";
    // The step of another loop, perhaps of another copy of the package, must end before this loop may run.
    if (currentLoop === undefined && explainOtherLoop() === undefined) this.#run();
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
    // Such an error belongs to one task, and the others go on. A call may also have come while the loop was stopping.
    if (this.#waiting.size > 0 || (this.#runsOn && leavesLoop(error))) this.#start();
  }

  /** The cleanup of a cancelled task runs before its call is settled, but only once: it may be in a deadlock again. */
  #cancelAll(deadlock: DeadlockError): void {
    for (const call of this.#waiting) {
      if (!call.cancel(deadlock)) call.fail(deadlock);
    }
  }

  /** Fails all calls. Returns whether there were any. */
  #failAll(error: Error): boolean {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const call of waiting) call.fail(error);
    return waiting.length > 0;
  }

  /** Reports the end of a run that left tasks pending, which can never go on. */
  #report(exception: Error): void {
    this.#loop.callExceptionHandler({ message: "Event loop ended with tasks pending", exception });
  }
}

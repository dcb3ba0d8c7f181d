import { onDemandRunOf } from "./on-demand-run.ts";
import { nameClass } from "../text/names.ts";
import { EventLoop } from "../loops/event-loop.ts";
import { soon } from "../hosts/soon.ts";

let background: BackgroundLoop | undefined;

/** The loop that calls of `toPromise` share, made when first needed. */
export function backgroundLoop(): EventLoop {
  if (background === undefined || background.isClosed()) {
    background = new BackgroundLoop();
    onDemandRunOf(background)?.runOn();
  }
  return background;
}

/**
 * A loop that also runs what the coroutines of promise code leave behind, and then stops: one that waits may hold the
 * process.
 */
class BackgroundLoop extends EventLoop {
  static {
    nameClass(this, "BackgroundLoop");
  }

  protected override beforeIdle(): void {
    super.beforeIdle();
    if (this.nextDeadline < Infinity || this.pendingTasks()[Symbol.iterator]().next().done !== true) return;
    // Once it is idle: a host that is asked for nothing forgets what it was asked for before.
    soon(() => onDemandRunOf(this)?.rest());
  }

  protected override isAwaited(): boolean {
    return onDemandRunOf(this)?.isAwaited === true;
  }
}

import { onDemandRunOf } from "./on-demand-run.ts";
import { nameClass } from "../text/names.ts";
import { EventLoop } from "../loops/event-loop.ts";
import { soon } from "../hosts/soon.ts";

let background: BackgroundLoop | undefined;

/** Returns the loop that calls of `toPromise` share. The first call makes it. */
export function backgroundLoop(): EventLoop {
  if (background === undefined || background.isClosed()) {
    background = new BackgroundLoop();
    onDemandRunOf(background)?.runOn();
  }
  return background;
}

/**
 * A loop that also runs the tasks which coroutines of promise code have left behind. Then it stops, since a waiting
 * loop may hold the process.
 */
class BackgroundLoop extends EventLoop {
  static {
    nameClass(this, "BackgroundLoop");
  }

  protected override beforeIdle(): void {
    super.beforeIdle();
    if (this.nextDeadline < Infinity || this.pendingTasks()[Symbol.iterator]().next().done !== true) return;
    // Later: the host's `awaitWakeUp` comes next, and would replace the request for the turn in which the loop stops.
    soon(() => onDemandRunOf(this)?.rest());
  }

  protected override isAwaited(): boolean {
    return onDemandRunOf(this)?.isAwaited === true;
  }
}

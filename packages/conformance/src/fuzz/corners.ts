import type { Future, Task } from "yieldstar";
import type { World } from "./world.ts";

/** Notes which corner case a call reaches, before the call is made. */
export function noteCall(world: World, target: object, method: string): void {
  if (method !== "cancel") return;
  if (target instanceof world.library.Task) noteCancel(world, target);
}

/** At which moment of its life a task is cancelled. */
function noteCancel(world: World, task: Task<unknown>): void {
  if (task.done()) {
    world.reach("cancel when done");
    return;
  }
  const notes = world.notesOf(task);
  if (task === world.library.currentTask(world.loop)) world.reach("cancel oneself");
  else if (!world.begun.has(task)) world.reach("cancel before the start");
  else if (notes.cleaningUp > 0) world.reach("cancel during cleanup");
  else if (notes.awaits instanceof world.library.Future && notes.awaits.done()) {
    world.reach("cancel after the awaited future is done");
  } else world.reach("cancel while waiting");
  if (task.cancelling() > 0) world.reach("cancel twice");
}

/** Notes the corner case of a deadline that is set now. */
export function noteDeadline(world: World, when: number | null, open: readonly { when(): number | null }[]): void {
  if (when === null) world.reach("timeout of no deadline");
  else if (when <= world.loop.time()) world.reach("past deadline");
  if (open.length > 0) world.reach("nested timeouts");
  if (when !== null && open.some((each) => each.when() === when)) world.reach("equal deadlines");
}

/** Notes how many coroutines that await each other a resume passes. */
export function noteDepth(world: World): void {
  const depth = world.notes?.depth ?? 0;
  for (const deep of [5, 10]) if (depth >= deep) world.reach(`sleep ${deep} coroutines deep`);
}

/** The awaited object, for `noteCancel`. */
export function awaited(world: World, value: unknown): Future<unknown> | undefined {
  return value instanceof world.library.Future ? value : undefined;
}

/**
 * An event of a task. Its state is `cancelled` when a `CancelledError` has reached it, and when it has ended with one.
 */
export type TaskState = "waiting" | "running" | "cancelled" | "cleaning up" | "done" | "failed";

/** A task enters a state. */
export interface TaskEvent {
  /** Counted from 0, in the order in which the tasks are made. */
  readonly task: number;
  readonly name: string;
  readonly state: TaskState;
  /** Whether the task has ended; its state says how. */
  readonly isEnd: boolean;
  /** The time, by `now`. */
  readonly at: number;
}

/** The time in seconds, by a clock that a page and its workers share. */
export function now(): number {
  return (performance.timeOrigin + performance.now()) / 1000;
}

/** What a task does. It is `cancelled` when a `CancelledError` has reached it, and when it has ended by one. */
export type TaskState = "waiting" | "running" | "cancelled" | "cleaning up" | "done" | "failed";

/** A task passes into a state. */
export interface TaskEvent {
  /** Counted from 0, in the order the tasks are made. */
  readonly task: number;
  readonly name: string;
  readonly state: TaskState;
  /** Whether the task has ended, and how is its state. */
  readonly isEnd: boolean;
  /** When, as `now` tells it. */
  readonly at: number;
}

/** The time in seconds, by a clock that a page and its workers have in common. */
export function now(): number {
  return (performance.timeOrigin + performance.now()) / 1000;
}

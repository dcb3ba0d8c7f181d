/** The members of a task that the list needs. */
interface Linked<T> {
  /** @internal */
  _previous: T | undefined;
  /** @internal */
  _next: T | undefined;
  /** @internal */
  _isDone(): boolean;
}

/**
 * The tasks of a loop that are not done, in the order in which they were created. The tasks themselves have the links:
 * a `Set` would cost as much as the rest of making a task and ending it.
 */
export class TaskList<T extends Linked<T>> implements Iterable<T> {
  #first: T | undefined;
  #last: T | undefined;

  add(task: T): void {
    const last = this.#last;
    if (last === undefined) this.#first = task;
    else last._next = task;
    task._previous = last;
    this.#last = task;
  }

  /** Removes `task`. Does nothing if the list does not have it. */
  delete(task: T): void {
    const { _previous: previous, _next: next } = task;
    if (previous !== undefined) previous._next = next;
    else if (this.#first === task) this.#first = next;
    if (next !== undefined) next._previous = previous;
    else if (this.#last === task) this.#last = previous;
    task._previous = task._next = undefined;
  }

  /** Leaves out a task that a method of `Future` ended from outside: it stays in the list until its next step. */
  *[Symbol.iterator](): Iterator<T> {
    for (let task = this.#first; task !== undefined; task = task._next) if (!task._isDone()) yield task;
  }
}

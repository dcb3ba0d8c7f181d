/** What a task holds for the list. */
interface Linked<T> {
  /** @internal */
  _previous: T | undefined;
  /** @internal */
  _next: T | undefined;
  /** @internal */
  _isDone(): boolean;
}

/**
 * The tasks of a loop that are not done, in the order they were created. The links stand in the tasks themselves: a `Set`
 * would cost as much as the rest of making a task and ending it.
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

  /** Takes `task` out. One that is not in it is left alone. */
  delete(task: T): void {
    const { _previous: previous, _next: next } = task;
    if (previous !== undefined) previous._next = next;
    else if (this.#first === task) this.#first = next;
    if (next !== undefined) next._previous = previous;
    else if (this.#last === task) this.#last = previous;
    task._previous = task._next = undefined;
  }

  /** Leaves out one that was ended from outside, by a method of `Future`: it is here until its next step. */
  *[Symbol.iterator](): Iterator<T> {
    for (let task = this.#first; task !== undefined; task = task._next) if (!task._isDone()) yield task;
  }
}

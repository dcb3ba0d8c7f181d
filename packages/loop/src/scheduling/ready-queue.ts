/** An entry of the ready queue: a handle, whose callback it runs, or a task, whose next step it runs. */
export interface Runnable {
  /** @internal Runs the callback or the step. Throws only an error that must leave the loop. */
  _run(): void;
  /** @internal The task whose step it is; `undefined` for a callback. */
  readonly _task?: object | undefined;
  toString(): string;
}

/** How many items fit into a chunk. */
const chunkSize = 256;

/** `chunkSize` items, and after them the next chunk. */
type Chunk = (Runnable | Chunk | undefined)[];

/**
 * A first-in-first-out queue, as a chain of chunks. The loop pushes and shifts at every step of a task.
 *
 * A ring that doubles would ask the kernel for each array of more than 128 kB, which costs a new loop with 10,000 tasks
 * several per cent, and it would never shrink.
 */
export class ReadyQueue implements Iterable<Runnable> {
  private _first: Chunk = createChunk();
  private _last: Chunk = this._first;
  /** The index of the oldest item in the first chunk. */
  private _head = 0;
  /** The index for the next item in the last chunk. */
  private _tail = 0;
  /** How many items fit into all chunks but the last. */
  private _offset = 0;
  /** The chunk that was emptied last. It becomes the next chunk that is needed. */
  private _spare: Chunk | undefined = undefined;

  get length(): number {
    return this._offset + this._tail - this._head;
  }

  push(item: Runnable): void {
    if (this._tail === chunkSize) this._extend();
    this._last[this._tail++] = item;
  }

  /** Removes and returns the oldest item. The queue must not be empty. */
  shift(): Runnable {
    if (this._head === chunkSize) this._advance();
    const head = this._head;
    const chunk = this._first;
    const item = chunk[head] as Runnable;
    chunk[head] = undefined;
    this._head = head + 1;
    return item;
  }

  /** Iterates over the items, and leaves them in the queue. */
  *[Symbol.iterator](): Iterator<Runnable> {
    let chunk = this._first;
    for (let place = this._head, left = this.length; left > 0; place += 1, left -= 1) {
      if (place === chunkSize) {
        chunk = chunk[chunkSize] as Chunk;
        place = 0;
      }
      yield chunk[place] as Runnable;
    }
  }

  clear(): void {
    this._first = this._last = createChunk();
    this._head = this._tail = this._offset = 0;
  }

  private _extend(): void {
    const chunk = this._spare ?? createChunk();
    this._spare = undefined;
    this._last[chunkSize] = chunk;
    this._last = chunk;
    this._tail = 0;
    this._offset += chunkSize;
  }

  private _advance(): void {
    const chunk = this._first;
    this._first = chunk[chunkSize] as Chunk;
    chunk[chunkSize] = undefined;
    this._spare = chunk;
    this._head = 0;
    this._offset -= chunkSize;
  }
}

function createChunk(): Chunk {
  return new Array<Runnable | Chunk | undefined>(chunkSize + 1);
}

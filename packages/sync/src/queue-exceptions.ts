/**
 * There is no item to be taken without waiting.
 *
 * Source: asyncio.QueueEmpty, CPython 3.14 Lib/asyncio/queues.py.
 */
export class QueueEmpty extends Error {
  static {
    Object.defineProperty(this.prototype, "name", { value: "QueueEmpty", writable: true, configurable: true });
  }
}

/**
 * There is no room for an item without waiting.
 *
 * Source: asyncio.QueueFull, CPython 3.14 Lib/asyncio/queues.py.
 */
export class QueueFull extends Error {
  static {
    Object.defineProperty(this.prototype, "name", { value: "QueueFull", writable: true, configurable: true });
  }
}

/**
 * The queue is shut down.
 *
 * Source: asyncio.QueueShutDown, CPython 3.14 Lib/asyncio/queues.py.
 */
export class QueueShutDown extends Error {
  static {
    Object.defineProperty(this.prototype, "name", { value: "QueueShutDown", writable: true, configurable: true });
  }
}

import { nameErrorClass } from "@yieldstar/loop/internal";

/**
 * There is no item to be taken without waiting.
 *
 * Source: asyncio.QueueEmpty, CPython 3.14 Lib/asyncio/queues.py.
 */
export class QueueEmpty extends Error {
  static {
    nameErrorClass(this, "QueueEmpty");
  }
}

/**
 * There is no room for an item without waiting.
 *
 * Source: asyncio.QueueFull, CPython 3.14 Lib/asyncio/queues.py.
 */
export class QueueFull extends Error {
  static {
    nameErrorClass(this, "QueueFull");
  }
}

/**
 * The queue is shut down.
 *
 * Source: asyncio.QueueShutDown, CPython 3.14 Lib/asyncio/queues.py.
 */
export class QueueShutDown extends Error {
  static {
    nameErrorClass(this, "QueueShutDown");
  }
}

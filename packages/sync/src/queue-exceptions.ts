import { nameErrorClass } from "@yieldstar/loop/internal";

/**
 * `getNowait` was called on an empty queue.
 *
 * Source: asyncio.QueueEmpty, CPython 3.14 Lib/asyncio/queues.py.
 */
export class QueueEmpty extends Error {
  static {
    nameErrorClass(this, "QueueEmpty");
  }
}

/**
 * `putNowait` was called on a full queue.
 *
 * Source: asyncio.QueueFull, CPython 3.14 Lib/asyncio/queues.py.
 */
export class QueueFull extends Error {
  static {
    nameErrorClass(this, "QueueFull");
  }
}

/**
 * A queue that is shut down refuses the call: any `put`, or a `get` once it is empty.
 *
 * Source: asyncio.QueueShutDown, CPython 3.14 Lib/asyncio/queues.py.
 */
export class QueueShutDown extends Error {
  static {
    nameErrorClass(this, "QueueShutDown");
  }
}

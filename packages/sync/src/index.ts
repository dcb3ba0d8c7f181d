export { Barrier, BrokenBarrierError } from "./barrier.ts";
export { Condition } from "./condition.ts";
export { Event } from "./event.ts";
export { LifoQueue } from "./lifo-queue.ts";
export { Lock } from "./lock.ts";
export { PriorityQueue } from "./priority-queue.ts";
export { QueueEmpty, QueueFull, QueueShutDown } from "./queue-exceptions.ts";
export { Queue } from "./queue.ts";
export { BoundedSemaphore, Semaphore } from "./semaphore.ts";

export type { Acquirable } from "./acquirable.ts";
export type { PriorityQueueOptions } from "./priority-queue.ts";

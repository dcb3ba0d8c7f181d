import type { Queue } from "yieldstar";
import { asyncio, type Workloads } from "../workload.ts";

const items = 100_000;
const maxsize = 16;
const nothing = () => {};

/** What people write on promises: the items, and the resolvers of the waiting functions. A wait cannot be cancelled. */
class PromiseQueue {
  readonly #items: number[] = [];
  readonly #getters: (() => void)[] = [];
  readonly #putters: (() => void)[] = [];

  async put(item: number): Promise<void> {
    while (this.#items.length >= maxsize) await new Promise<void>((resolve) => this.#putters.push(resolve));
    this.#items.push(item);
    this.#getters.shift()?.();
  }

  async get(): Promise<number> {
    while (this.#items.length === 0) await new Promise<void>((resolve) => this.#getters.push(resolve));
    const item = this.#items.shift() as number;
    this.#putters.shift()?.();
    return item;
  }
}

/** Items through a queue that is soon full. */
export const workloads: Workloads = {
  "": {
    title: "bounded queue: one producer, one consumer, room for 16",
    measures: "time",
    operations: items,
    expected: (items * (items - 1)) / 2,
    absent: { ring: "nothing in it waits for anything" },
    systems: {
      ...asyncio(({ run, createTask, Queue: QueueClass }) => {
        function* produce(queue: Queue<number>) {
          for (let item = 0; item < items; item += 1) yield* queue.put(item);
        }
        function* main() {
          const queue = new QueueClass<number>(maxsize);
          const producer = createTask(produce(queue));
          let sum = 0;
          for (let left = items; left > 0; left -= 1) sum += yield* queue.get();
          yield* producer;
          return sum;
        }
        return () => run(main());
      }),
      native: () => {
        async function produce(queue: PromiseQueue) {
          for (let item = 0; item < items; item += 1) await queue.put(item);
        }
        return async () => {
          const queue = new PromiseQueue();
          const producer = produce(queue);
          let sum = 0;
          for (let left = items; left > 0; left -= 1) sum += await queue.get();
          await producer;
          return sum;
        };
      },
      effect: ({ Effect, Fiber, Queue: Queues }) => {
        const main = Effect.gen(function* () {
          const queue = yield* Queues.bounded<number>(maxsize);
          const producer = yield* Effect.forkChild(
            Effect.gen(function* () {
              for (let item = 0; item < items; item += 1) yield* Queues.offer(queue, item);
            }),
          );
          let sum = 0;
          for (let left = items; left > 0; left -= 1) sum += yield* Queues.take(queue);
          yield* Fiber.join(producer);
          return sum;
        });
        return () => Effect.runPromise(main);
      },
      // Its queue has no bound: we add the wait for room by hand, in the cheapest way.
      effection: ({ run, spawn, action, createQueue }) => {
        function* main() {
          const queue = createQueue<number, never>();
          let held = 0;
          let hasRoom: (() => void) | undefined;
          const producer = yield* spawn(function* () {
            for (let item = 0; item < items; item += 1) {
              if (held >= maxsize) {
                yield* action<void>((resolve) => {
                  hasRoom = resolve;
                  return nothing;
                });
              }
              held += 1;
              queue.add(item);
            }
          });
          let sum = 0;
          for (let left = items; left > 0; left -= 1) {
            const next = yield* queue.next();
            sum += next.value;
            held -= 1;
            hasRoom?.();
            hasRoom = undefined;
          }
          yield* producer;
          return sum;
        }
        return () => run(main);
      },
      // A buffer has a bound, but a `put` beyond it throws instead of waiting. That never happens here: a `put` resumes
      // the function that waits for the item.
      "redux-saga": ({ runSaga, channel, buffers, effects: { fork, join, put, take } }) => {
        return () =>
          runSaga({}, function* main(): Generator<unknown, number, never> {
            const queue = channel<number>(buffers.fixed(maxsize));
            const producer = yield fork(function* produce() {
              for (let item = 0; item < items; item += 1) yield put(queue, item);
            });
            let sum = 0;
            for (let left = items; left > 0; left -= 1) sum += yield take(queue);
            yield join(producer);
            return sum;
          }).toPromise();
      },
      co: (co) => {
        function* produce(queue: PromiseQueue) {
          for (let item = 0; item < items; item += 1) yield queue.put(item);
        }
        function* main(): Generator<unknown, number, number> {
          const queue = new PromiseQueue();
          const producer = co(produce, queue);
          let sum = 0;
          for (let left = items; left > 0; left -= 1) sum += yield queue.get();
          yield producer;
          return sum;
        }
        return () => co(main);
      },
    },
  },
};

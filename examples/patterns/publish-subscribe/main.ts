// A broker with back-pressure: a publisher waits for the slowest subscriber that must not lose anything. Each
// subscription is a small queue that can be iterated. While a queue is full, `publish` waits, and the publisher slows
// down to its pace. The queue of a subscriber that wants only the latest news drops the older ones instead, and causes
// no delay.
import * as asyncio from "yieldstar";

type WhenFull = "wait" | "drop oldest";

class Subscription implements asyncio.AsyncIterator<string> {
  readonly #queue: asyncio.Queue<string>;
  readonly #whenFull: WhenFull;

  constructor(size: number, whenFull: WhenFull) {
    this.#queue = new asyncio.Queue(size);
    this.#whenFull = whenFull;
  }

  *put(message: string): asyncio.Coroutine {
    if (this.#whenFull === "drop oldest" && this.#queue.full()) this.#queue.getNowait();
    yield* this.#queue.put(message);
  }

  close(): void {
    this.#queue.shutdown();
  }

  aiter(): this {
    return this;
  }

  *anext(): asyncio.Coroutine<string> {
    try {
      return yield* this.#queue.get();
    } catch (error) {
      if (error instanceof asyncio.QueueShutDown) throw new asyncio.StopAsyncIteration();
      throw error;
    }
  }
}

class Broker {
  readonly #topics = new Map<string, Subscription[]>();

  subscribe(topic: string, size: number, whenFull: WhenFull = "wait"): Subscription {
    const subscription = new Subscription(size, whenFull);
    this.#topics.set(topic, [...(this.#topics.get(topic) ?? []), subscription]);
    return subscription;
  }

  *publish(topic: string, message: string): asyncio.Coroutine {
    const subscriptions = this.#topics.get(topic) ?? [];
    yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (group) {
      for (const subscription of subscriptions) group.createTask(subscription.put(message));
    });
  }

  close(): void {
    for (const subscriptions of this.#topics.values()) {
      for (const subscription of subscriptions) subscription.close();
    }
  }
}

function* read(name: string, subscription: Subscription, seconds: number): asyncio.Coroutine {
  yield* asyncio.asyncFor(subscription, function* (message) {
    yield* asyncio.sleep(seconds);
    console.log(`  ${name}: ${message}`);
  });
  console.log(`  ${name}: that was all`);
}

function* measure(broker: Broker): asyncio.Coroutine {
  const loop = asyncio.getRunningLoop();
  for (const degrees of [18, 19, 21, 24, 28, 33]) {
    const start = loop.time();
    yield* broker.publish("temperature", `${degrees} degrees`);
    if (degrees > 30) yield* broker.publish("alarm", `${degrees} degrees are too hot`);
    console.log(`${degrees} degrees published in ${(loop.time() - start).toFixed(1)} s`);
    yield* asyncio.sleep(0.1);
  }
  broker.close();
}

function* main(): asyncio.Coroutine {
  const broker = new Broker();
  yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (group) {
    group.createTask(read("display", broker.subscribe("temperature", 2), 0.02));
    group.createTask(read("archive", broker.subscribe("temperature", 1), 0.3));
    group.createTask(read("website", broker.subscribe("temperature", 1, "drop oldest"), 0.8));
    group.createTask(read("fire brigade", broker.subscribe("alarm", 1), 0.06));
    group.createTask(measure(broker));
  });
}

await asyncio.run(main());

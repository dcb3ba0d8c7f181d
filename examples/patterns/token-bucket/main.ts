// A token bucket allows short bursts and still keeps to a rate in the long run. It fills up at that rate, and each
// request takes tokens out. A request that finds too few leaves a debt and sleeps until it is paid: so no queue is
// needed, and later requests wait longer.
import * as asyncio from "yieldstar";

class TokenBucket {
  readonly #capacity: number;
  readonly #perSecond: number;
  #tokens: number;
  #filledAt = asyncio.getRunningLoop().time();

  constructor(capacity: number, perSecond: number) {
    this.#capacity = capacity;
    this.#perSecond = perSecond;
    this.#tokens = capacity;
  }

  *take(count: number): asyncio.Coroutine {
    const now = asyncio.getRunningLoop().time();
    const newTokens = (now - this.#filledAt) * this.#perSecond;
    this.#tokens = Math.min(this.#capacity, this.#tokens + newTokens);
    this.#filledAt = now;

    this.#tokens -= count;
    if (this.#tokens < 0) yield* asyncio.sleep(-this.#tokens / this.#perSecond);
  }
}

function* send(text: string, price: number, bucket: TokenBucket, start: number): asyncio.Coroutine {
  yield* bucket.take(price);
  console.log(`${(asyncio.getRunningLoop().time() - start).toFixed(1)} s: ${text}`);
}

function* main(): asyncio.Coroutine {
  const start = asyncio.getRunningLoop().time();
  const bucket = new TokenBucket(4, 5);

  console.log("a burst: four go out at once, the others at the rate");
  yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (group) {
    for (let number = 1; number < 8; number += 1) group.createTask(send(`letter ${number}`, 1, bucket, start));
  });

  console.log("after a pause there are tokens again, but not enough for both");
  yield* asyncio.sleep(0.7);
  yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (group) {
    group.createTask(send("a parcel, for three tokens", 3, bucket, start));
    group.createTask(send("a letter", 1, bucket, start));
  });

  console.log("after a long one the bucket is full, and not more than full");
  yield* asyncio.sleep(2);
  yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (group) {
    group.createTask(send("a parcel, for three tokens", 3, bucket, start));
    group.createTask(send("another parcel", 3, bucket, start));
  });
}

await asyncio.run(main());

# A token bucket allows short bursts and still keeps to a rate in the long run. It fills up at that rate, and each
# request takes tokens out. A request that finds too few leaves a debt and sleeps until it is paid: so no queue is
# needed, and later requests wait longer.
import asyncio


class TokenBucket:
    def __init__(self, capacity: int, per_second: float) -> None:
        self._capacity = capacity
        self._per_second = per_second
        self._tokens: float = capacity
        self._filled_at = asyncio.get_running_loop().time()

    async def take(self, count: int) -> None:
        now = asyncio.get_running_loop().time()
        new_tokens = (now - self._filled_at) * self._per_second
        self._tokens = min(self._capacity, self._tokens + new_tokens)
        self._filled_at = now

        self._tokens -= count
        if self._tokens < 0:
            await asyncio.sleep(-self._tokens / self._per_second)


async def send(text: str, price: int, bucket: TokenBucket, start: float) -> None:
    await bucket.take(price)
    print(f"{asyncio.get_running_loop().time() - start:.1f} s: {text}")


async def main() -> None:
    start = asyncio.get_running_loop().time()
    bucket = TokenBucket(capacity=4, per_second=5)

    print("a burst: four go out at once, the others at the rate")
    async with asyncio.TaskGroup() as group:
        for number in range(1, 8):
            group.create_task(send(f"letter {number}", 1, bucket, start))

    print("after a pause there are tokens again, but not enough for both")
    await asyncio.sleep(0.7)
    async with asyncio.TaskGroup() as group:
        group.create_task(send("a parcel, for three tokens", 3, bucket, start))
        group.create_task(send("a letter", 1, bucket, start))

    print("after a long one the bucket is full, and not more than full")
    await asyncio.sleep(2)
    async with asyncio.TaskGroup() as group:
        group.create_task(send("a parcel, for three tokens", 3, bucket, start))
        group.create_task(send("another parcel", 3, bucket, start))


asyncio.run(main())

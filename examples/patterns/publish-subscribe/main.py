# A broker with back-pressure: a publisher waits for the slowest subscriber that must not lose anything. Each
# subscription is a small queue that can be iterated. While a queue is full, `publish` waits, and the publisher slows
# down to its pace. The queue of a subscriber that wants only the latest news drops the older ones instead, and causes
# no delay.
import asyncio
from typing import Literal

type WhenFull = Literal["wait", "drop oldest"]


class Subscription:
    def __init__(self, size: int, when_full: WhenFull) -> None:
        self._queue: asyncio.Queue[str] = asyncio.Queue(size)
        self._when_full = when_full

    async def put(self, message: str) -> None:
        if self._when_full == "drop oldest" and self._queue.full():
            self._queue.get_nowait()
        await self._queue.put(message)

    def close(self) -> None:
        self._queue.shutdown()

    def __aiter__(self) -> Subscription:
        return self

    async def __anext__(self) -> str:
        try:
            return await self._queue.get()
        except asyncio.QueueShutDown:
            raise StopAsyncIteration from None


class Broker:
    def __init__(self) -> None:
        self._topics: dict[str, list[Subscription]] = {}

    def subscribe(self, topic: str, size: int, when_full: WhenFull = "wait") -> Subscription:
        subscription = Subscription(size, when_full)
        self._topics.setdefault(topic, []).append(subscription)
        return subscription

    async def publish(self, topic: str, message: str) -> None:
        async with asyncio.TaskGroup() as group:
            for subscription in self._topics.get(topic, []):
                group.create_task(subscription.put(message))

    def close(self) -> None:
        for subscriptions in self._topics.values():
            for subscription in subscriptions:
                subscription.close()


async def read(name: str, subscription: Subscription, seconds: float) -> None:
    async for message in subscription:
        await asyncio.sleep(seconds)
        print(f"  {name}: {message}")
    print(f"  {name}: that was all")


async def measure(broker: Broker) -> None:
    loop = asyncio.get_running_loop()
    for degrees in (18, 19, 21, 24, 28, 33):
        start = loop.time()
        await broker.publish("temperature", f"{degrees} degrees")
        if degrees > 30:
            await broker.publish("alarm", f"{degrees} degrees are too hot")
        print(f"{degrees} degrees published in {loop.time() - start:.1f} s")
        await asyncio.sleep(0.1)
    broker.close()


async def main() -> None:
    broker = Broker()
    async with asyncio.TaskGroup() as group:
        group.create_task(read("display", broker.subscribe("temperature", 2), 0.02))
        group.create_task(read("archive", broker.subscribe("temperature", 1), 0.3))
        group.create_task(read("website", broker.subscribe("temperature", 1, "drop oldest"), 0.8))
        group.create_task(read("fire brigade", broker.subscribe("alarm", 1), 0.06))
        group.create_task(measure(broker))


asyncio.run(main())

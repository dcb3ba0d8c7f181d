"""Items through a queue that is soon full."""

import asyncio

ITEMS = 100_000
MAXSIZE = 16


async def queue() -> int:
    items: asyncio.Queue[int] = asyncio.Queue(MAXSIZE)

    async def produce() -> None:
        for item in range(ITEMS):
            await items.put(item)

    producer = asyncio.create_task(produce())
    total = 0
    for _ in range(ITEMS):
        total += await items.get()
    await producer
    return total


workloads = {"": queue}

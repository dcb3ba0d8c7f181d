"""A coroutine that another awaits without a task of its own."""

import asyncio
CALLS = 100_000


async def one() -> int:
    return 1


async def waiting_one() -> int:
    await asyncio.sleep(0)
    return 1


async def direct_await() -> int:
    total = 0
    for _ in range(CALLS):
        total += await one()
    return total


async def waiting() -> int:
    total = 0
    for _ in range(CALLS):
        total += await waiting_one()
    return total


workloads = {"": direct_await, "waiting": waiting}

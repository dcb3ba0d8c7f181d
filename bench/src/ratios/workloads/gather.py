"""Coroutines that run at the same time, and whose results are wanted in their order."""

import asyncio

COROUTINES = 10_000


async def trivial() -> int:
    async def same(number: int) -> int:
        return number

    return sum(await asyncio.gather(*(same(number) for number in range(COROUTINES))))


async def yielding() -> int:
    async def same(number: int) -> int:
        await asyncio.sleep(0)
        return number

    return sum(await asyncio.gather(*(same(number) for number in range(COROUTINES))))


workloads = {"trivial": trivial, "yielding": yielding}

"""Spawning a task and joining it, one after another."""

import asyncio
from collections.abc import Awaitable, Callable

TASKS = 20_000


async def trivial() -> int:
    return 1


async def yielding() -> int:
    await asyncio.sleep(0)
    return 1


def spawning(child: Callable[[], Awaitable[int]]) -> Callable[[], Awaitable[int]]:
    async def run() -> int:
        total = 0
        for _ in range(TASKS):
            task = asyncio.create_task(child())
            total += await task
        return total

    return run


workloads = {"trivial": spawning(trivial), "yielding": spawning(yielding)}

"""Children that do not outlive the block, and of which none goes on when another has failed."""

import asyncio

CHILDREN = 10_000


async def trivial() -> int:
    count = 0

    async def child() -> None:
        nonlocal count
        count += 1

    async with asyncio.TaskGroup() as group:
        for _ in range(CHILDREN):
            group.create_task(child())
    return count


async def yielding() -> int:
    count = 0

    async def child() -> None:
        nonlocal count
        await asyncio.sleep(0)
        count += 1

    async with asyncio.TaskGroup() as group:
        for _ in range(CHILDREN):
            group.create_task(child())
    return count


workloads = {"trivial": trivial, "yielding": yielding}

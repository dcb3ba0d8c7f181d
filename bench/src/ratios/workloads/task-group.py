"""Children that end before the block does, and that are cancelled when one of them fails."""

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

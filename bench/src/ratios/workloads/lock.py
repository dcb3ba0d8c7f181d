"""A lock that every task wants. A lock that lets two tasks in loses a turn."""

import asyncio

TASKS = 100
TURNS = 500


async def lock() -> int:
    guard = asyncio.Lock()
    count = 0

    async def worker() -> None:
        nonlocal count
        for _ in range(TURNS):
            async with guard:
                seen = count
                await asyncio.sleep(0)
                count = seen + 1

    async with asyncio.TaskGroup() as group:
        for _ in range(TASKS):
            group.create_task(worker())
    return count


workloads = {"": lock}

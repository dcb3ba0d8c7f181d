"""Giving up control and being resumed, with a thousand others."""

import asyncio

TASKS = 1_000
YIELDS = 100


async def switch() -> int:
    count = 0

    async def worker() -> None:
        nonlocal count
        for _ in range(YIELDS):
            await asyncio.sleep(0)
            count += 1

    async with asyncio.TaskGroup() as group:
        for _ in range(TASKS):
            group.create_task(worker())
    return count


# Every iteration of CPython's loop asks the host.
workloads = {"": switch, "host": switch}

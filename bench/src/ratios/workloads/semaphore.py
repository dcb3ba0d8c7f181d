"""A semaphore over many tasks. Tasks that find more inside than it allows are not counted."""

import asyncio

TASKS = 10_000
PERMITS = 10


async def semaphore() -> int:
    gate = asyncio.Semaphore(PERMITS)
    inside = 0
    count = 0

    async def worker() -> None:
        nonlocal inside, count
        async with gate:
            inside += 1
            await asyncio.sleep(0)
            if inside <= PERMITS:
                count += 1
            inside -= 1

    async with asyncio.TaskGroup() as group:
        for _ in range(TASKS):
            group.create_task(worker())
    return count


workloads = {"": semaphore}

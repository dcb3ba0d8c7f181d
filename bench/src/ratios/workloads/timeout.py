"""Blocks with a deadline."""

import asyncio

QUIET = 5_000
FIRING = 2_000


async def quiet() -> int:
    count = 0
    for _ in range(QUIET):
        async with asyncio.timeout(5):
            await asyncio.sleep(0)
            count += 1
    return count


async def firing() -> int:
    loop = asyncio.get_running_loop()
    fired = 0

    async def block() -> None:
        nonlocal fired
        try:
            async with asyncio.timeout(0.001):
                await loop.create_future()
        except TimeoutError:
            fired += 1

    async with asyncio.TaskGroup() as group:
        for _ in range(FIRING):
            group.create_task(block())
    return fired


workloads = {"quiet": quiet, "firing": firing}

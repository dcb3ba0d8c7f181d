"""The memory that a task holds. The run calls `weigh` when all objects exist."""

import asyncio
from collections.abc import Callable

TASKS = 20_000
SECONDS = 1000


async def sleeping(weigh: Callable[[], None]) -> int:
    started = 0

    async def sleeper() -> None:
        nonlocal started
        started += 1
        await asyncio.sleep(SECONDS)

    sleepers = [asyncio.create_task(sleeper()) for _ in range(TASKS)]
    await asyncio.sleep(0)
    weigh()
    for task in sleepers:
        task.cancel()
    await asyncio.wait(sleepers)
    return started


async def waiting(weigh: Callable[[], None]) -> int:
    started = 0

    async def waiter(future: asyncio.Future[None]) -> None:
        nonlocal started
        started += 1
        await future

    loop = asyncio.get_running_loop()
    futures = [loop.create_future() for _ in range(TASKS)]
    waiters = [asyncio.create_task(waiter(future)) for future in futures]
    await asyncio.sleep(0)
    weigh()
    for future in futures:
        future.set_result(None)
    await asyncio.wait(waiters)
    return started


workloads = {"sleeping": sleeping, "waiting": waiting}

"""Coroutines that await one another. Only the innermost one ever waits; every resume walks the chain."""

import asyncio
from collections.abc import Awaitable, Callable

RESUMES = 100_000


async def level(depth: int) -> int:
    if depth > 1:
        return await level(depth - 1)
    count = 0
    while count < RESUMES:
        await asyncio.sleep(0)
        count += 1
    return count


def chain(frames: int) -> Callable[[], Awaitable[int]]:
    return lambda: level(frames)


workloads = {str(frames): chain(frames) for frames in (5, 10, 20, 100)}

"""A coroutine that another awaits without a task of its own, and that never waits."""

CALLS = 100_000


async def one() -> int:
    return 1


async def direct_await() -> int:
    total = 0
    for _ in range(CALLS):
        total += await one()
    return total


workloads = {"": direct_await}

"""Many timers at once."""

import asyncio

TASKS = 100_000
LONGEST = 0.05


def draw_delays() -> list[float]:
    """The same numbers in every system and every run: a linear congruential generator."""
    modulus = 2**32
    delays = []
    state = 1
    while len(delays) < TASKS:
        state = (state * 1_664_525 + 1_013_904_223) % modulus
        delays.append(state / modulus * LONGEST)
    return delays


DELAYS = draw_delays()


async def sleepers() -> int:
    count = 0

    async def sleeper(delay: float) -> None:
        nonlocal count
        await asyncio.sleep(delay)
        count += 1

    async with asyncio.TaskGroup() as group:
        for delay in DELAYS:
            group.create_task(sleeper(delay))
    return count


workloads = {"": sleepers}

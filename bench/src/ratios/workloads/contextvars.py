"""Every task sets a variable to its own numbers, and reads each ten times."""

import asyncio
from contextvars import ContextVar

TASKS = 100
ROUNDS = 50
SETS = 10
READS = 10

variable: ContextVar[int] = ContextVar("variable")


async def contextvars() -> int:
    total = 0

    async def worker(task: int) -> None:
        nonlocal total
        for _ in range(ROUNDS):
            for number in range(SETS):
                variable.set(task * SETS + number)
                if number == 0:
                    await asyncio.sleep(0)
                for _ in range(READS):
                    total += variable.get()

    async with asyncio.TaskGroup() as group:
        for task in range(TASKS):
            group.create_task(worker(task))
    return total


workloads = {"": contextvars}

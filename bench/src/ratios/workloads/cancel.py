"""Tasks that sleep and, when they are cancelled, clean up."""

import asyncio

TASKS = 10_000
DELAY = 1_000


class NoStopwatch:
    def start(self) -> None:
        pass

    def stop(self) -> None:
        pass


async def cancel(stopwatch) -> int:
    cleanups = 0

    async def sleeper() -> None:
        nonlocal cleanups
        try:
            await asyncio.sleep(DELAY)
        finally:
            cleanups += 1

    sleepers = [asyncio.create_task(sleeper()) for _ in range(TASKS)]
    await asyncio.sleep(0)
    stopwatch.start()
    for task in sleepers:
        task.cancel()
    await asyncio.wait(sleepers)
    stopwatch.stop()
    return cleanups


async def whole() -> int:
    return await cancel(NoStopwatch())


workloads = {"": whole, "cancel": cancel}

# A ticker that sleeps for a period falls behind; one that sleeps until the next tick keeps time. The work at each tick
# takes a while too, and the first ticker adds that to every period. The second one knows when the next tick is due, and
# waits only for the remaining time.
import asyncio

PERIOD = 0.4


class Clock:
    def __init__(self) -> None:
        self._start = asyncio.get_running_loop().time()

    def elapsed(self) -> float:
        return asyncio.get_running_loop().time() - self._start

    async def strike(self) -> None:
        print(f"  09:00:{self.elapsed():04.1f}")
        await asyncio.sleep(0.2)


async def drifting(ticks: int) -> None:
    clock = Clock()
    for _ in range(ticks):
        await asyncio.sleep(PERIOD)
        await clock.strike()


async def steady(ticks: int) -> None:
    clock = Clock()
    for tick in range(1, ticks + 1):
        await asyncio.sleep(tick * PERIOD - clock.elapsed())
        await clock.strike()


async def main() -> None:
    print("sleeping for a period")
    await drifting(4)
    print("sleeping until the next tick")
    await steady(4)


asyncio.run(main())

# A Barrier holds tasks until all of them have come, and then lets them go on together. Each gets a different number, so
# that one of them can be chosen for work that is done only once. The barrier can be reused at once.
import asyncio

STAGES = ["the bridge", "the summit"]


async def hike(name: str, pace: float, together: asyncio.Barrier) -> None:
    for stage in STAGES:
        await asyncio.sleep(pace)
        print(f"{name} has reached {stage}")
        number = await together.wait()
        if number == together.parties - 1:
            print(f"{name} was the last: all {together.parties} are here")


async def main() -> None:
    loop = asyncio.get_running_loop()
    start = loop.time()
    together = asyncio.Barrier(3)
    async with asyncio.TaskGroup() as group:
        group.create_task(hike("Mia", 0.2, together))
        group.create_task(hike("Noah", 0.6, together))
        group.create_task(hike("Olga", 0.4, together))
    print(f"{len(STAGES)} stages in {loop.time() - start:.1f} s, at the pace of the slowest")


asyncio.run(main())

# A supervisor restarts its worker when it fails, but not for ever. One bad job ends a worker, and its supervisor starts
# a new one after a pause, while the rest of the pool works on. If a worker fails again and again, a restart does not
# help: the supervisor fails too, and its task group ends the pool.
import asyncio


class BadJob(Exception):
    pass


class GivenUp(Exception):
    pass


async def work(name: str, seconds: float, jobs: asyncio.Queue[str]) -> None:
    while True:
        job = await jobs.get()
        await asyncio.sleep(seconds)
        if "cursed" in job:
            raise BadJob(f"cannot do {job}")
        print(f"  {name}: {job}")


async def supervise(name: str, seconds: float, jobs: asyncio.Queue[str], max_restarts: int) -> None:
    restarts = 0
    while True:
        try:
            await work(name, seconds, jobs)
        except asyncio.QueueShutDown:
            print(f"  {name}: nothing is left to do")
            return
        except BadJob as error:
            print(f"  {name}: failed, {error}")
            if restarts == max_restarts:
                raise GivenUp(f"{name} fails after {restarts} restarts, too") from error
            restarts += 1
            await asyncio.sleep(0.24 * restarts)
            print(f"  {name}: restart {restarts}")


async def run_pool(title: str, todo: list[str]) -> None:
    print(title)
    jobs: asyncio.Queue[str] = asyncio.Queue()
    for job in todo:
        jobs.put_nowait(job)
    jobs.shutdown()
    try:
        async with asyncio.TaskGroup() as group:
            for name, seconds in (("Ann", 0.24), ("Ben", 0.4), ("Cleo", 0.56)):
                group.create_task(supervise(name, seconds, jobs, max_restarts=2))
    except* GivenUp as errors:
        for error in errors.exceptions:
            print(f"  the pool is closed: {error}")
    print(f"  jobs left: {jobs.qsize()}")


async def main() -> None:
    await run_pool("two bad jobs", ["a", "b", "c", "a cursed d", "e", "f", "a cursed g", "h", "i"])
    await run_pool("nothing but bad jobs", [f"cursed {number}" for number in range(1, 10)])


asyncio.run(main())

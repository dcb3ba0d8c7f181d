# A job scheduler that runs urgent jobs first, and shuts down in phases. A PriorityQueue gives the smallest item; the
# number after the priority keeps jobs of the same priority in order. On shutdown it first refuses new jobs, then gives
# the accepted ones some time, and at last cancels the remaining ones, which may clean up.
import asyncio
from itertools import count
from typing import NamedTuple


class Job(NamedTuple):
    priority: int
    number: int
    title: str
    seconds: float


class Scheduler:
    def __init__(self, workers: int) -> None:
        self._jobs: asyncio.PriorityQueue[Job] = asyncio.PriorityQueue()
        self._numbers = count()
        self._workers = [asyncio.create_task(self._work(f"worker {number}")) for number in range(1, workers + 1)]

    def submit(self, priority: int, title: str, seconds: float) -> None:
        try:
            self._jobs.put_nowait(Job(priority, next(self._numbers), title, seconds))
        except asyncio.QueueShutDown:
            print(f"refused: {title}")

    async def _work(self, name: str) -> None:
        try:
            while True:
                job = await self._jobs.get()
                await self._run(name, job)
        except asyncio.QueueShutDown:
            print(f"{name}: goes home")

    async def _run(self, name: str, job: Job) -> None:
        print(f"{name}: {job.title}")
        try:
            await asyncio.sleep(job.seconds)
            print(f"{name}: done with it")
        except asyncio.CancelledError:
            await asyncio.sleep(0.1)
            print(f"{name}: stopped, and tidied up")
            raise

    async def shut_down(self, grace: float) -> None:
        print("shutdown, phase 1: no new jobs")
        self._jobs.shutdown()

        print("shutdown, phase 2: some time for the jobs that were accepted")
        _, busy = await asyncio.wait(self._workers, timeout=grace)

        print(f"shutdown, phase 3: {len(busy)} workers are stopped")
        while not self._jobs.empty():
            print(f"dropped: {self._jobs.get_nowait().title}")
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        print("shutdown: done")


async def main() -> None:
    scheduler = Scheduler(workers=2)
    scheduler.submit(3, "sort the cellar", 2.0)
    scheduler.submit(2, "answer letters", 0.3)
    scheduler.submit(2, "write a report", 0.4)
    scheduler.submit(1, "put out the fire", 0.5)
    scheduler.submit(3, "count the spoons", 0.5)
    await asyncio.sleep(0.2)
    scheduler.submit(1, "rescue the cat", 0.3)
    scheduler.submit(4, "dust the lamps", 0.7)
    scheduler.submit(5, "clean the windows", 0.7)
    await asyncio.sleep(0.5)
    async with asyncio.TaskGroup() as group:
        group.create_task(scheduler.shut_down(grace=1.0))
        await asyncio.sleep(0.1)
        scheduler.submit(1, "buy a new lamp", 0.1)


asyncio.run(main())

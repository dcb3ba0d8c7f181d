# Three workers share one queue of jobs, and a free worker takes the next. At the end `join` waits until `task_done` was
# called for every job that was put in: until all jobs are done, not just taken. The workers would wait for more jobs
# for ever, and so are cancelled.
import asyncio
from typing import NamedTuple


class Job(NamedTuple):
    title: str
    seconds: float


async def worker(name: str, jobs: asyncio.Queue[Job]) -> None:
    while True:
        job = await jobs.get()
        await asyncio.sleep(job.seconds)
        print(f"{name}: {job.title}")
        jobs.task_done()


async def main() -> None:
    loop = asyncio.get_running_loop()
    start = loop.time()
    jobs: asyncio.Queue[Job] = asyncio.Queue()
    jobs.put_nowait(Job("mow the lawn", 0.6))
    jobs.put_nowait(Job("water the roses", 0.2))
    jobs.put_nowait(Job("trim the hedge", 0.4))
    jobs.put_nowait(Job("paint the fence", 0.7))
    jobs.put_nowait(Job("feed the birds", 0.1))
    jobs.put_nowait(Job("clean the pond", 0.6))
    jobs.put_nowait(Job("sweep the path", 0.2))
    print(f"{jobs.qsize()} jobs are waiting")

    workers = [asyncio.create_task(worker(name, jobs)) for name in ("Ann", "Ben", "Cleo")]
    await jobs.join()
    print(f"all jobs are done after {loop.time() - start:.1f} s")

    for task in workers:
        task.cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    print(f"{sum(task.cancelled() for task in workers)} workers go home")


asyncio.run(main())

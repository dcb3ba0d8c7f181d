# How many iterations of the loop an `await` costs: none, if the awaited result is there already. A stopwatch counts
# them with a callback that schedules itself again and again. Each time a coroutine is suspended, to be resumed later,
# it loses an iteration, and only then can other tasks run in between.
import asyncio
from collections.abc import Awaitable


class Stopwatch:
    def __init__(self) -> None:
        self.iterations = 0
        self._loop = asyncio.get_running_loop()
        self._handle = self._loop.call_soon(self._count)

    def _count(self) -> None:
        self.iterations += 1
        self._handle = self._loop.call_soon(self._count)

    def stop(self) -> None:
        self._handle.cancel()


async def nothing() -> None:
    pass


async def nested(depth: int) -> None:
    if depth > 0:
        await nested(depth - 1)


async def pause(times: int) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


async def main() -> None:
    stopwatch = Stopwatch()

    async def measure(title: str, awaitable: Awaitable[object]) -> None:
        before = stopwatch.iterations
        await awaitable
        print(f"{stopwatch.iterations - before}  {title}")

    lock = asyncio.Lock()
    queue: asyncio.Queue[str] = asyncio.Queue()
    queue.put_nowait("a letter")
    event = asyncio.Event()
    task = asyncio.create_task(nothing())

    await measure("a coroutine", nothing())
    await measure("a coroutine in a coroutine, a hundred times", nested(100))
    await measure("a lock that is free", lock.acquire())
    await measure("a queue with something in it", queue.get())
    await measure("sleep(0)", asyncio.sleep(0))
    await measure("a task that is done", task)
    await measure("a new task: one for its step, one to come back", asyncio.create_task(nothing()))
    await measure("a new task that pauses three times", asyncio.create_task(pause(3)))
    await measure("gather: as a task, and one for its callback", asyncio.gather(nothing(), nothing()))
    asyncio.get_running_loop().call_soon(event.set)
    await measure("an event: one for the callback that sets it, one to come back", event.wait())
    stopwatch.stop()


asyncio.run(main())

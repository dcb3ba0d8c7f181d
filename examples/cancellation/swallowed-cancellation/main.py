# A task that swallows CancelledError ignores a request to stop. The careless worker treats every error as a lost answer
# and tries again: its parent's deadline passes without a TimeoutError, and a shutdown has to cancel until the worker
# stops trying. A worker that never stops would make it hang for ever. The cure is to catch less: `except Exception`
# lets CancelledError through.
import asyncio
from collections.abc import Coroutine


async def careless() -> None:
    for attempt in range(1, 4):
        try:
            return await asyncio.sleep(0.5)
        except BaseException:
            print(f"  attempt {attempt} failed, trying again")


async def careful() -> None:
    for attempt in range(1, 4):
        try:
            return await asyncio.sleep(0.5)
        except Exception:
            print(f"  attempt {attempt} failed, trying again")


async def run_with_deadline(worker: Coroutine[None, None, None]) -> None:
    loop = asyncio.get_running_loop()
    start = loop.time()
    try:
        async with asyncio.timeout(0.3):
            await worker
        print(f"  the deadline of 0.3 s was lost, it took {loop.time() - start:.1f} s")
    except TimeoutError:
        print(f"  TimeoutError after {loop.time() - start:.1f} s")


async def shut_down(worker: Coroutine[None, None, None]) -> None:
    task = asyncio.create_task(worker)
    await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.sleep(0.1)
    while not task.done():
        print("  shutdown: still running, asking again")
        task.cancel()
        await asyncio.sleep(0.1)
    print(f"  shutdown: {'cancelled' if task.cancelled() else 'ended, but not cancelled'}")


async def main() -> None:
    print("careless:")
    await run_with_deadline(careless())
    await shut_down(careless())
    print("careful:")
    await run_with_deadline(careful())
    await shut_down(careful())


asyncio.run(main())

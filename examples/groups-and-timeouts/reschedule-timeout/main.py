# A deadline can be moved while the block runs. This download may take as long as it likes, but no longer than half a
# second between two parts: there is no deadline until it is connected, and every part that comes moves the deadline.
import asyncio


async def download(idle: asyncio.Timeout) -> None:
    loop = asyncio.get_running_loop()
    await asyncio.sleep(0.7)
    print("connected")
    for number, seconds in enumerate([0.2, 0.2, 0.2, 5.0], start=1):
        idle.reschedule(loop.time() + 0.5)
        await asyncio.sleep(seconds)
        print(f"part {number}")


async def main() -> None:
    loop = asyncio.get_running_loop()
    start = loop.time()
    try:
        async with asyncio.timeout(None) as idle:
            await download(idle)
        print("complete")
    except TimeoutError:
        print(f"stalled: given up after {loop.time() - start:.1f} s")


asyncio.run(main())

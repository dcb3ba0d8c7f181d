# Two waits in sequence take as long as both together. Awaiting a coroutine runs it to its end before the next line, so
# the coffee starts only when the toast is ready.
import asyncio


async def prepare(what: str, seconds: float) -> str:
    print(f"{what}: started")
    await asyncio.sleep(seconds)
    print(f"{what}: ready")
    return what


async def main() -> None:
    loop = asyncio.get_running_loop()
    start = loop.time()

    toast = await prepare("toast", 0.4)
    coffee = await prepare("coffee", 0.8)

    print(f"{toast} and {coffee} after {loop.time() - start:.1f} s")


asyncio.run(main())

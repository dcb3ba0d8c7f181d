# `wait_for` gives a single await a deadline. In time, it returns the result; too late, it cancels the awaited task and
# raises TimeoutError, but only after the task has cleaned up: the caller can be sure that nothing runs on in the
# background.
import asyncio


async def load(page: str, seconds: float) -> str:
    try:
        await asyncio.sleep(seconds)
        return f"<h1>{page}</h1>"
    finally:
        await asyncio.sleep(0.2)
        print(f"{page}: connection closed")


async def show(page: str, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    start = loop.time()
    try:
        text = await asyncio.wait_for(load(page, seconds), 0.6)
        print(f"{page}: {text} after {loop.time() - start:.1f} s")
    except TimeoutError:
        print(f"{page}: timed out after {loop.time() - start:.1f} s")


async def main() -> None:
    await show("news", 0.1)
    await show("archive", 10)


asyncio.run(main())

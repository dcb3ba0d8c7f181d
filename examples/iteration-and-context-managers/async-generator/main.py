# Leaving an `async for` early does not close the async generator it reads from: `aclosing` does. Without it the
# `finally` runs only when the generator is collected, or when the loop ends; with it, the `finally` runs at the end of
# the block, and may even wait there.
import asyncio
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing


async def measure(station: str) -> AsyncGenerator[int]:
    print(f"{station}: connected")
    try:
        for level in (31, 34, 42, 58, 61, 55):
            await asyncio.sleep(0.1)
            print(f"{station}: {level} cm")
            yield level
    finally:
        await asyncio.sleep(0.1)
        print(f"{station}: disconnected")


async def changes(levels: AsyncIterable[int]) -> AsyncGenerator[int]:
    before: int | None = None
    async for level in levels:
        if before is not None:
            yield level - before
        before = level


async def main() -> None:
    async with aclosing(measure("river")) as levels:
        async for change in changes(levels):
            print(f"main: a change of {change} cm")
            if change > 10:
                break
    print("main: a flood is coming")

    highest = max([level async for level in measure("lake")])
    print(f"main: {highest} cm at most")


asyncio.run(main())

# An AsyncExitStack holds as many resources as turn out to be needed, and closes them in reverse order. When one of them
# fails to open, it still closes the open ones. A callback can clean up a resource that has no context manager.
import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager


@asynccontextmanager
async def connect(city: str) -> AsyncGenerator[str]:
    await asyncio.sleep(0.1)
    if city == "Atlantis":
        raise ConnectionError(f"{city} cannot be reached")
    print(f"  {city}: connected")
    try:
        yield f"the line to {city}"
    finally:
        await asyncio.sleep(0.1)
        print(f"  {city}: disconnected")


async def hang_up_sign() -> None:
    await asyncio.sleep(0.1)
    print("  the sign says: closed")


async def confer(cities: list[str]) -> None:
    async with AsyncExitStack() as stack:
        stack.push_async_callback(hang_up_sign)
        lines = [await stack.enter_async_context(connect(city)) for city in cities]
        print(f"  talking over {' and '.join(lines)}")


async def main() -> None:
    for cities in (["Lima", "Oslo"], ["Lima", "Oslo", "Atlantis", "Rome"]):
        print(f"a conference of {len(cities)} cities")
        try:
            await confer(cities)
            print("  it was a success")
        except ConnectionError as error:
            print(f"  it did not take place: {error}")


asyncio.run(main())

# Steps that need each other's results are chained by awaiting them in turn, and `gather` runs many such chains at once.
# Within a chain the second step begins when the first has ended; between chains there is no order at all. So the
# program takes as long as the longest chain, not as long as the longest first step plus the longest second step.
import asyncio


async def find_author(book: str, seconds: float) -> str:
    print(f"{book}: who wrote it?")
    await asyncio.sleep(seconds)
    return f"the author of {book}"


async def find_birthplace(author: str, seconds: float) -> str:
    print(f"{author}: born where?")
    await asyncio.sleep(seconds)
    return f"the birthplace of {author}"


async def trace(book: str, first: float, second: float) -> str:
    loop = asyncio.get_running_loop()
    start = loop.time()
    author = await find_author(book, first)
    place = await find_birthplace(author, second)
    print(f"{book}: traced in {loop.time() - start:.1f} s")
    return place


async def main() -> None:
    loop = asyncio.get_running_loop()
    start = loop.time()
    places = await asyncio.gather(
        trace("Emma", 0.6, 0.1),
        trace("Dracula", 0.1, 0.4),
        trace("Ulysses", 0.3, 0.6),
    )
    print(f"all are traced in {loop.time() - start:.1f} s:")
    for place in places:
        print(f"  {place}")


asyncio.run(main())

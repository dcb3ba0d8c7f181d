# The first exception ends a `gather`, but nothing ends the others: they run on. With `return_exceptions` nothing is
# raised, and exceptions are among the results, each in its place. To cancel the others, use a TaskGroup.
import asyncio


class OutOfPaper(Exception):
    pass


async def copy(document: str, pages: int, paper: int) -> int:
    for page in range(pages):
        await asyncio.sleep(0.1)
        if page == paper:
            raise OutOfPaper(f"{document} stops after {page} pages")
    print(f"  {document} is copied")
    return pages


async def main() -> None:
    print("gather, with the first exception raised")
    try:
        await asyncio.gather(copy("the letter", 2, 9), copy("the novel", 9, 3), copy("the thesis", 6, 9))
    except OutOfPaper as error:
        print(f"  caught: {error}")
    print("  main goes on, and so does the thesis")
    await asyncio.sleep(0.4)

    print("gather, with exceptions as results")
    results = await asyncio.gather(
        copy("the letter", 2, 9), copy("the novel", 9, 3), copy("the thesis", 6, 9), return_exceptions=True
    )
    for result in results:
        if isinstance(result, BaseException):
            print(f"  failed: {result}")
        else:
            print(f"  {result} pages")


asyncio.run(main())

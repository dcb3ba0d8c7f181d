# A special exception ends a TaskGroup early, and `except*` catches it. A task that fails makes its group cancel the
# others and end with a group of errors; here the "failure" is the answer that makes the others unnecessary. Errors of
# any other kind are not caught by `except* Found` and go on.
import asyncio


class Found(Exception):
    pass


async def search(shelf: str, seconds: float, has_book: bool) -> None:
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        print(f"shelf {shelf}: search called off")
        raise
    print(f"shelf {shelf}: searched")
    if has_book:
        raise Found(f"the book is on shelf {shelf}")


async def main() -> None:
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(search("A", 0.2, False))
            group.create_task(search("B", 0.5, True))
            group.create_task(search("C", 1.5, True))
        print("main: the book is nowhere")
    except* Found as found:
        for error in found.exceptions:
            print(f"main: {error}")


asyncio.run(main())

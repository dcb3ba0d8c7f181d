# An async iterable is a class whose `__aiter__` makes an iterator, and an iterator one whose `__anext__` awaits the
# next value. The catalogue can be read again and again, since each iteration makes a new reader with its own position.
# A reader fetches a page when it needs one, and raises StopAsyncIteration after the last one; another loop can go on
# with a reader that was left.
import asyncio


class Catalogue:
    def __init__(self, *titles: str) -> None:
        self._titles = titles

    def __aiter__(self) -> "Reader":
        return Reader(self)

    async def fetch_page(self, number: int) -> list[str]:
        await asyncio.sleep(0.1)
        page = self._titles[3 * number : 3 * number + 3]
        print(f"  (page {number}: {len(page)} titles)")
        return list(page)


class Reader:
    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._next_page = 0
        self._titles: list[str] = []

    def __aiter__(self) -> "Reader":
        return self

    async def __anext__(self) -> str:
        if not self._titles:
            self._titles = await self._catalogue.fetch_page(self._next_page)
            self._next_page += 1
        if not self._titles:
            raise StopAsyncIteration
        return self._titles.pop(0)


async def main() -> None:
    catalogue = Catalogue("Atlas", "Bestiary", "Calendar", "Dictionary", "Encyclopedia")

    print("all titles")
    async for title in catalogue:
        print(f"  {title}")

    print("up to the first long one")
    reader = aiter(catalogue)
    async for title in reader:
        print(f"  {title}")
        if len(title) > 6:
            break
    print("and on from there")
    print(f"  {await anext(reader)}")
    async for title in reader:
        print(f"  {title}")


asyncio.run(main())

# Tasks that each need two locks do not deadlock if all of them take the locks in the same order. Five philosophers sit
# around a table with one fork between each two of them. If everybody takes the left fork first, everybody has one and
# waits for the other for ever. If everybody takes the fork with the lower number first, the last one takes the right
# fork first, and the circle is broken.
import asyncio


class Fork(asyncio.Lock):
    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


async def dine(name: str, first: Fork, second: Fork) -> None:
    async with first:
        print(f"  {name} has fork {first.number}")
        await asyncio.sleep(0.1)
        async with second:
            print(f"  {name} has fork {second.number} too, and eats")
            await asyncio.sleep(0.2)


async def dinner(in_order: bool) -> None:
    loop = asyncio.get_running_loop()
    start = loop.time()
    a, b, c, d, e = Fork(1), Fork(2), Fork(3), Fork(4), Fork(5)
    seats = (("Arendt", a, b), ("Bacon", b, c), ("Camus", c, d), ("Descartes", d, e), ("Epicurus", e, a))
    async with asyncio.timeout(2), asyncio.TaskGroup() as table:
        for name, left, right in seats:
            if in_order and right.number < left.number:
                table.create_task(dine(name, right, left))
            else:
                table.create_task(dine(name, left, right))
    print(f"  all have eaten after {loop.time() - start:.1f} s")


async def main() -> None:
    print("first the left fork")
    try:
        await dinner(in_order=False)
    except TimeoutError:
        print("  nobody can eat: each waits for the fork that a neighbour has")

    print("first the fork with the lower number")
    await dinner(in_order=True)


asyncio.run(main())

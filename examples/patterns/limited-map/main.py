# A map that runs a few calls at a time, and returns the results in the order of the items. The group waits for all
# calls and ends them together if one fails; the semaphore limits how many run at a time; and the tasks, kept in a list,
# keep their order whichever ends first.
import asyncio
from collections.abc import Awaitable, Callable, Iterable


class BadItem(Exception):
    pass


async def map_limited[A, B](function: Callable[[A], Awaitable[B]], items: Iterable[A], limit: int) -> list[B]:
    places = asyncio.Semaphore(limit)

    async def call(item: A) -> B:
        async with places:
            return await function(item)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(call(item)) for item in items]
    return [task.result() for task in tasks]


async def cube(number: int) -> int:
    print(f"  {number}: begun")
    if number < 0:
        raise BadItem(f"{number} is too small")
    await asyncio.sleep(number / 10)
    print(f"  {number}: done")
    return number**3


async def main() -> None:
    loop = asyncio.get_running_loop()
    for limit in (2, 6):
        print(f"{limit} at a time")
        start = loop.time()
        results = await map_limited(cube, [4, 1, 6, 2], limit)
        print(f"  {', '.join(map(str, results))} after {loop.time() - start:.1f} s")

    print("with an error")
    try:
        await map_limited(cube, [3, 1, -5, 2], 2)
    except* BadItem as group:
        print(f"  {group.exceptions[0]}")


asyncio.run(main())

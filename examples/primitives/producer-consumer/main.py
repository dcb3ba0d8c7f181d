# A queue with room for one item slows a fast producer down to its consumer. While it is full, `put` waits, so that
# nothing piles up between the two. At the end `shutdown` says that nothing more will come: items in the queue can still
# be taken, and after that `get` raises QueueShutDown.
import asyncio


async def baker(shelf: asyncio.Queue[str]) -> None:
    for number in range(1, 6):
        await asyncio.sleep(0.1)
        loaf = f"loaf {number}"
        if shelf.full():
            print(f"baker: no room for {loaf}")
        await shelf.put(loaf)
        print(f"baker: {loaf} is on the shelf")
    shelf.shutdown()
    print("baker: closing time")


async def customer(shelf: asyncio.Queue[str]) -> None:
    try:
        while True:
            loaf = await shelf.get()
            print(f"customer: buys {loaf}")
            await asyncio.sleep(0.3)
    except asyncio.QueueShutDown:
        print("customer: the shop is closed and the shelf empty")


async def main() -> None:
    shelf: asyncio.Queue[str] = asyncio.Queue(maxsize=1)
    async with asyncio.TaskGroup() as group:
        group.create_task(baker(shelf))
        group.create_task(customer(shelf))


asyncio.run(main())

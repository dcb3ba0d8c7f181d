# An immediate `shutdown` of a queue discards its items, and ends every wait for it. The plain one says that nothing
# more will come, and lets the remaining items be worked off; this one is for an emergency. `put` and `get` raise
# QueueShutDown from now on, also in tasks that wait there, and `join` waits only for items that were already taken.
import asyncio

Belt = asyncio.Queue[str]


async def pack(belt: Belt) -> None:
    number = 0
    try:
        while True:
            number += 1
            await belt.put(f"parcel {number}")
            print(f"packer: parcel {number}")
    except asyncio.QueueShutDown:
        print(f"packer: parcel {number} stays here")


async def load(name: str, belt: Belt, seconds: float) -> None:
    try:
        while True:
            parcel = await belt.get()
            await asyncio.sleep(seconds)
            print(f"{name}: {parcel}")
            belt.task_done()
    except asyncio.QueueShutDown:
        print(f"{name}: nothing more to load")


async def guard(belt: Belt) -> None:
    await asyncio.sleep(1.0)
    print(f"guard: fire! {belt.qsize()} parcels are on the belt")
    belt.shutdown(immediate=True)
    print(f"guard: {belt.qsize()} parcels are on the belt")


async def main() -> None:
    belt = Belt(maxsize=2)
    async with asyncio.TaskGroup() as group:
        group.create_task(pack(belt))
        group.create_task(load("Ann", belt, 0.4))
        group.create_task(load("Ben", belt, 0.7))
        group.create_task(guard(belt))
        await asyncio.sleep(0)
        await belt.join()
        print("main: what was taken out is loaded")
    print("main: the hall is empty")


asyncio.run(main())

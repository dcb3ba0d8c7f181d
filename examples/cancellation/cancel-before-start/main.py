# A task that is cancelled before its first step never runs, not even its `finally`. The loop runs the first step in its
# next iteration; until then a coroutine has no place where an error could be thrown in. So work that must happen in any
# case belongs into a done callback, or into the code that made the task. An eager task has run its first step before it
# can be cancelled.
import asyncio


async def deliver(parcel: str) -> None:
    print("  messenger: sets out")
    try:
        await asyncio.sleep(0.2)
        print(f"  messenger: delivers {parcel}")
    finally:
        print("  messenger: comes back")


def note(task: asyncio.Task[None]) -> None:
    print(f"  office: {task.get_name()} is {'cancelled' if task.cancelled() else 'delivered'}")


async def main() -> None:
    print("cancelled at once")
    task = asyncio.create_task(deliver("a cake"), name="parcel 1")
    task.add_done_callback(note)
    task.cancel()
    await asyncio.wait([task])

    print("cancelled after the first step")
    task = asyncio.create_task(deliver("a clock"), name="parcel 2")
    task.add_done_callback(note)
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])

    print("eager, and cancelled at once")
    task = asyncio.create_task(deliver("a kite"), name="parcel 3", eager_start=True)
    task.add_done_callback(note)
    task.cancel()
    await asyncio.wait([task])

    print("not cancelled")
    task = asyncio.create_task(deliver("a drum"), name="parcel 4")
    task.add_done_callback(note)
    await asyncio.wait([task])


asyncio.run(main())

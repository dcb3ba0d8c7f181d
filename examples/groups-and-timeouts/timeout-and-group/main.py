# A deadline inside a task of a group ends only that task; a deadline around the group ends the whole group. Inside,
# each task handles its own TimeoutError, and the group does not notice. Around the group, the deadline cancels all
# tasks that are not done, and done tasks keep their results.
import asyncio

GUESTS = {"Ann": 0.1, "Ben": 0.9, "Cleo": 0.3, "Dan": 0.8}


async def ask(name: str, seconds: float) -> str:
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        print(f"  {name} still thinks about it")
        raise
    return f"{name} comes"


async def ask_in_time(name: str, seconds: float) -> str:
    try:
        async with asyncio.timeout(0.5):
            return await ask(name, seconds)
    except TimeoutError:
        return f"{name} is not counted on"


async def main() -> None:
    print("a deadline in each task")
    async with asyncio.TaskGroup() as group:
        replies = [group.create_task(ask_in_time(name, seconds)) for name, seconds in GUESTS.items()]
    for reply in replies:
        print(f"  {reply.result()}")

    print("a deadline around the group")
    replies = []
    try:
        async with asyncio.timeout(0.5), asyncio.TaskGroup() as group:
            replies.extend(group.create_task(ask(name, seconds)) for name, seconds in GUESTS.items())
    except TimeoutError:
        print("  no more replies are taken")
    for reply in replies:
        print(f"  {'no reply' if reply.cancelled() else reply.result()}")


asyncio.run(main())

# Awaiting a coroutine does not give up control; awaiting a task does. An awaited coroutine runs at once, like a called
# function, and gives up control only where it has to wait. A task is in the loop's queue instead: awaiting it lets all
# tasks run that are queued before it.
import asyncio


async def say(text: str) -> None:
    print(f"  {text}")


async def say_twice(text: str) -> None:
    print(f"  {text}, once")
    await asyncio.sleep(0)
    print(f"  {text}, twice")


async def main() -> None:
    print("Making a coroutine, or a task, runs nothing yet.")
    coroutine = say("the coroutine")
    task = asyncio.create_task(say("the first task"))

    print("Awaiting a coroutine runs it at once, before the task that was made earlier.")
    await coroutine
    await say("another coroutine")

    print("Awaiting a task gives up control, and the first task comes first.")
    await asyncio.create_task(say("the second task"))

    print("A task that is done has its result, and awaiting it gives up nothing.")
    third = asyncio.create_task(say("the third task"))
    await task

    print("A coroutine that waits gives up control, and so does main, which awaits it.")
    await say_twice("a coroutine")
    await third


asyncio.run(main())

# A Runner runs several programs on one loop, where `asyncio.run` makes a new one each time. The second run still has
# what the first one leaves behind: a task that has not ended, and the values in their common context. Between the runs
# the loop does nothing. The end of the block cancels the remaining tasks.
import asyncio
from contextvars import ContextVar

language: ContextVar[str] = ContextVar("language", default="English")


async def count() -> None:
    number = 0
    try:
        while True:
            number += 1
            print(f"  counter: {number}")
            await asyncio.sleep(0.2)
    finally:
        print(f"  counter: cancelled at {number}")


async def first() -> asyncio.Task[None]:
    language.set("Danish")
    counter = asyncio.create_task(count())
    await asyncio.sleep(0.3)
    return counter


async def second(counter: asyncio.Task[None]) -> str:
    print(f"  the counter is {'done' if counter.done() else 'still there'}")
    await asyncio.sleep(0.4)
    return language.get()


with asyncio.Runner() as runner:
    print("first run")
    task = runner.run(first())
    print("second run")
    spoken = runner.run(second(task))
    print(f"the language is {spoken}, and out here {language.get()}")
print("closed")

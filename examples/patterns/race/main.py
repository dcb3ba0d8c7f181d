# A race ends with its first finisher, returns its result, and leaves no other task running. It cancels and awaits the
# others in `finally`, so that they have cleaned up before the race returns. Since it is `finally`, the same happens
# when the winner has failed, and when the race itself is cancelled.
import asyncio
from collections.abc import Coroutine
from typing import Any


class Accident(Exception):
    pass


async def race[T](*runners: Coroutine[Any, Any, T]) -> T:
    tasks = [asyncio.create_task(runner) for runner in runners]
    try:
        for first in asyncio.as_completed(tasks):
            return await first
        raise ValueError("nobody runs in this race")
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def run(name: str, seconds: float, falls: bool = False) -> str:
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        print(f"  {name} stops")
        await asyncio.sleep(0.1)
        print(f"  {name} leaves the track")
        raise
    if falls:
        raise Accident(f"{name} has fallen")
    return name


async def main() -> None:
    print("a fair race")
    winner = await race(run("hare", 0.6), run("horse", 0.2), run("tortoise", 5))
    print(f"  the {winner} wins")

    print("a race with an accident")
    try:
        await race(run("hare", 0.6), run("horse", 0.2, falls=True))
    except Accident as accident:
        print(f"  the {accident}")

    print("a race that is called off")
    try:
        async with asyncio.timeout(0.3):
            await race(run("snail", 5), run("tortoise", 5))
    except TimeoutError:
        print("  it has grown dark")


asyncio.run(main())

# A sleep is nothing but a future whose result is set when the time has come. The time here is counted in turns,
# iterations of the loop. The watcher is a task that gives up control that many times, by a bare `yield`, and then wakes
# the sleeper. If the sleeper is cancelled, the watcher is cancelled too.
import asyncio
import types
from collections.abc import Generator


@types.coroutine
def next_turn() -> Generator[None]:
    yield


async def watch(turns: int, future: asyncio.Future[None]) -> None:
    for _ in range(turns):
        await next_turn()
    future.set_result(None)


async def sleep_turns(turns: int) -> None:
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    watcher = asyncio.create_task(watch(turns, future))
    try:
        await future
    finally:
        watcher.cancel()


async def nap(name: str, turns: int) -> None:
    print(f"{name} falls asleep for {turns} turns")
    try:
        await sleep_turns(turns)
        print(f"{name} wakes up")
    except asyncio.CancelledError:
        print(f"{name} is woken")
        raise


async def main() -> None:
    bear = asyncio.create_task(nap("the bear", 9))
    cat = asyncio.create_task(nap("the cat", 2))
    dog = asyncio.create_task(nap("the dog", 5))
    await sleep_turns(7)
    print("spring comes")
    bear.cancel()
    await asyncio.wait([bear, cat, dog])
    print("all are awake")


asyncio.run(main())

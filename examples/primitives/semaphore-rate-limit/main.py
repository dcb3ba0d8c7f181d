# A Semaphore keeps twenty requests from being sent all at once: no more than five run at any time. Each takes a place
# for as long as it lasts, and a request that finds no free place waits in line. Without the semaphore, this server
# would refuse most.
import asyncio
from collections.abc import Iterator


def random_numbers(seed: int) -> Iterator[int]:
    while True:
        seed = (75 * seed + 74) % 65537
        yield seed


class Server:
    def __init__(self) -> None:
        self.busy = 0

    async def answer(self, seconds: float) -> int:
        if self.busy == 5:
            return 503
        self.busy += 1
        await asyncio.sleep(seconds)
        self.busy -= 1
        return 200


async def request(server: Server, places: asyncio.Semaphore, seconds: float) -> int:
    async with places:
        return await server.answer(seconds)


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = Server()
    numbers = random_numbers(seed=3)
    durations = [(1 + next(numbers) % 3) / 10 for _ in range(20)]
    print("seconds:", *durations)

    for limit in (20, 5):
        places = asyncio.Semaphore(limit)
        start = loop.time()
        answers = await asyncio.gather(*(request(server, places, seconds) for seconds in durations))
        print(f"{limit} at a time, {loop.time() - start:.1f} s:", *answers)


asyncio.run(main())

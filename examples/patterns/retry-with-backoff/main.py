# Retrying with exponential backoff gives a busy server time, and jitter spreads the retries. After each failure a
# client waits up to twice as long as before. Clients that were refused together and wait equally long come back
# together, and only one of them is served each time; if each waits for a random part of that time, they spread out.
import asyncio
from collections.abc import Awaitable, Callable, Iterator


class Busy(Exception):
    pass


class Server:
    def __init__(self) -> None:
        self.is_busy = False
        self.turned_away = 0

    async def serve(self) -> None:
        if self.is_busy:
            self.turned_away += 1
            raise Busy("only one at a time")
        self.is_busy = True
        await asyncio.sleep(0.02)
        self.is_busy = False


def random_numbers(seed: int) -> Iterator[int]:
    while True:
        seed = (75 * seed + 74) % 65537
        yield seed


async def retry[T](call: Callable[[], Awaitable[T]], attempts: int, delay: Callable[[int], float]) -> T:
    for failures in range(1, attempts):
        try:
            return await call()
        except Busy:
            await asyncio.sleep(delay(failures))
    return await call()


async def visit(name: str, server: Server, delay: Callable[[int], float]) -> None:
    start = asyncio.get_running_loop().time()
    try:
        await retry(server.serve, 5, delay)
        outcome = "was served"
    except Busy:
        outcome = "gave up"
    print(f"  {name} {outcome} after {asyncio.get_running_loop().time() - start:.1f} s")


async def rush(title: str, delay: Callable[[int], float]) -> None:
    print(title)
    server = Server()
    async with asyncio.TaskGroup() as group:
        for name in ("Ada", "Bob", "Cid", "Dot", "Eve", "Fay"):
            group.create_task(visit(name, server, delay))
    print(f"  turned away: {server.turned_away} times")


async def main() -> None:
    numbers = random_numbers(seed=1)
    await rush("without jitter", lambda failures: 0.1 * 2**failures)
    await rush("with jitter", lambda failures: 0.1 * (1 + next(numbers) % 2**failures))


asyncio.run(main())

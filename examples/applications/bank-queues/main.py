# Three hundred customers of a bank, each a task: one line for all tellers is fairer than a line for each of them. The
# tellers are semaphores, and the same customers visit both banks: on average they wait as long, but one line never
# keeps a customer behind a slow one while another teller is free. Time is simulated: a minute ends after a few
# iterations of the loop, in which everybody can react, and so a day takes no time and always goes the same way.
import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple


class Customer(NamedTuple):
    arrival: int
    minutes: int


def customers_of_the_day(count: int) -> Iterator[Customer]:
    number, arrival = 1, 0
    for _ in range(count):
        number = (75 * number + 74) % 65537
        arrival += number % 5
        number = (75 * number + 74) % 65537
        yield Customer(arrival, 25 if number % 10 == 0 else 1 + number % 5)


class Clock:
    def __init__(self) -> None:
        self.now = 0
        self._sleepers: dict[int, list[asyncio.Future[None]]] = {}

    async def sleep_until(self, minute: int) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.setdefault(minute, []).append(future)
        await future

    async def run(self) -> None:
        while True:
            for _ in range(4):
                await asyncio.sleep(0)
            self.now += 1
            for future in self._sleepers.pop(self.now, []):
                future.set_result(None)


@dataclass
class Line:
    tellers: asyncio.Semaphore
    people: int = 0


async def visit(customer: Customer, lines: list[Line], clock: Clock) -> int:
    await clock.sleep_until(customer.arrival)
    line = min(lines, key=lambda line: line.people)
    line.people += 1
    async with line.tellers:
        wait = clock.now - customer.arrival
        await clock.sleep_until(clock.now + customer.minutes)
    line.people -= 1
    return wait


async def day(title: str, lines: list[Line]) -> None:
    clock = Clock()
    ticking = asyncio.create_task(clock.run())
    waits = await asyncio.gather(*(visit(customer, lines, clock) for customer in customers_of_the_day(300)))
    ticking.cancel()
    print(f"{title}, closed after {clock.now} minutes")
    print(f"  a customer waited {sum(waits) // len(waits)} minutes on average, {max(waits)} at most")
    for start in range(0, 70, 10):
        count = sum(start <= wait < start + 10 for wait in waits)
        print(f"  {start:2} |{'#' * ceil(count / 2)}")


async def main() -> None:
    await day("one line for three tellers", [Line(asyncio.Semaphore(3))])
    await day("a line for each of them", [Line(asyncio.Semaphore(1)) for _ in range(3)])


asyncio.run(main())

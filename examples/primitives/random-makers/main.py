# Random numbers are the same in every run if each task has its own source, made from a seed. Three tasks roll dice
# until they are content, each at its own speed, and their rolls come in whatever order they are ready. With one source
# for all, a roll would depend on which task happened to roll before.
import asyncio
from collections.abc import Iterator


def random_numbers(seed: int) -> Iterator[int]:
    while True:
        seed = 48271 * seed % 2147483647
        yield seed


async def roll_until(enough: int, seed: int, seconds: float, column: int) -> int:
    indent = " " * 12 * column
    for attempt, number in enumerate(random_numbers(seed), start=1):
        roll = 1 + number % 20
        print(f"{indent}{roll:2}{' !' if roll >= enough else ''}")
        if roll >= enough:
            return attempt
        await asyncio.sleep(seconds)
    raise AssertionError("random numbers have no end")


async def main() -> None:
    print("from 16     from 18     from 17")
    attempts = await asyncio.gather(
        roll_until(16, seed=1022, seconds=0.45, column=0),
        roll_until(18, seed=1000, seconds=0.2, column=1),
        roll_until(17, seed=1040, seconds=0.35, column=2),
    )
    print("rolls:", *attempts)


asyncio.run(main())

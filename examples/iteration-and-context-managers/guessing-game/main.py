# `asend` carries a value into an async generator, as the result of the `yield` where it is paused, and returns the next
# value. So two sides can talk: the generator guesses, and each hint decides what it tries next. When no number is left
# the generator ends, and `asend` raises StopAsyncIteration.
import asyncio
from collections.abc import AsyncGenerator


async def guess_number(low: int, high: int) -> AsyncGenerator[int, str]:
    while low <= high:
        await asyncio.sleep(0.1)
        guess = (low + high) // 2
        hint = yield guess
        if hint == "higher":
            low = guess + 1
        else:
            high = guess - 1
    print("  player: no number is left")


async def play(secret: float) -> None:
    print(f"the secret number is {secret}")
    player = guess_number(1, 100)
    try:
        guess = await anext(player)
        while guess != secret:
            hint = "higher" if guess < secret else "lower"
            print(f"  {guess}? {hint}")
            guess = await player.asend(hint)
        print(f"  {guess}? right!")
    except StopAsyncIteration:
        print("  master: I have cheated")
    finally:
        await player.aclose()


async def main() -> None:
    await play(63)
    await play(7.5)


asyncio.run(main())

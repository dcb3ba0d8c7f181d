# The smallest program is a coroutine that waits for another one. Each `await` is a place where a coroutine may be
# paused, and it gives what the awaited one returns; `asyncio.run` makes the event loop that runs them, and closes it.
import asyncio


async def greet(name: str) -> str:
    print("thinking ...")
    await asyncio.sleep(0.5)
    return f"Hello, {name}!"


async def main() -> None:
    greeting = await greet("world")
    print(greeting)


asyncio.run(main())

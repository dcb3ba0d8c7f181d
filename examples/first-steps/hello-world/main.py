# The smallest program is a coroutine that waits for another one. Each `await` is a place where a coroutine may pause,
# and its value is the result of the awaited coroutine; `asyncio.run` makes the event loop that runs both, and closes
# it.
import asyncio


async def greet(name: str) -> str:
    print("thinking ...")
    await asyncio.sleep(0.5)
    return f"Hello, {name}!"


async def main() -> None:
    greeting = await greet("world")
    print(greeting)


asyncio.run(main())

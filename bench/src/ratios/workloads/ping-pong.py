"""Two tasks that pass a number to and fro."""

import asyncio

ROUNDS = 50_000


async def ping_pong() -> int:
    loop = asyncio.get_running_loop()
    to_ping: asyncio.Future[int] = loop.create_future()
    to_pong: asyncio.Future[int] = loop.create_future()

    async def ping() -> int:
        nonlocal to_ping
        number = 0
        for _ in range(ROUNDS):
            to_ping = loop.create_future()
            to_pong.set_result(number + 1)
            number = await to_ping
        return number

    async def pong() -> None:
        nonlocal to_pong
        for _ in range(ROUNDS):
            number = await to_pong
            to_pong = loop.create_future()
            to_ping.set_result(number + 1)

    other = asyncio.create_task(pong())
    number = await ping()
    await other
    return number


workloads = {"": ping_pong}

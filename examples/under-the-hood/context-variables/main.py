# A context variable has a value of its own in each task, and need not be passed down as an argument. Here every
# connection sets its client, and `log` deep below knows which client it serves, although all connections run at the
# same time. A task sees the values that were set where it was created; its own values are seen only by itself and by
# the tasks that it creates.
import asyncio
from contextvars import ContextVar

client: ContextVar[str] = ContextVar("client", default="nobody")


def log(text: str) -> None:
    print(f"[{client.get()}] {text}")


async def read_request(seconds: float) -> str:
    log("connected")
    await asyncio.sleep(seconds)
    return "a page"


async def save_statistics() -> None:
    await asyncio.sleep(0.1)
    log("counted")


async def serve(address: str, seconds: float) -> None:
    client.set(address)
    wanted = await read_request(seconds)
    log(f"gets {wanted}")
    await asyncio.create_task(save_statistics())


async def main() -> None:
    client.set("the server")
    log("starts")
    async with asyncio.TaskGroup() as group:
        group.create_task(serve("10.0.0.1", 0.5))
        group.create_task(serve("10.0.0.2", 0.1))
        group.create_task(serve("10.0.0.3", 0.3))
    log("ends")


asyncio.run(main())
log("is left outside")

# A set keeps a background task while it runs, and a done callback removes it. Without the set the task could vanish
# during its work, since the loop holds its tasks only weakly; and the program could not await it at its end, where
# `asyncio.run` cancels tasks that still run.
import asyncio
from collections.abc import Coroutine
from typing import Any

background: set[asyncio.Task[None]] = set()


def in_background(coroutine: Coroutine[Any, Any, None]) -> None:
    task = asyncio.create_task(coroutine)
    background.add(task)
    task.add_done_callback(background.discard)


async def send_receipt(order: int, seconds: float) -> None:
    await asyncio.sleep(seconds)
    print(f"  the receipt for order {order} is sent")


async def take_order(order: int, seconds: float) -> None:
    await asyncio.sleep(0.2)
    print(f"order {order} is taken")
    in_background(send_receipt(order, seconds))


async def main() -> None:
    for order, seconds in enumerate((0.3, 0.7, 0.1), start=1):
        await take_order(order, seconds)

    print(f"the shop closes with {len(background)} receipts to be sent")
    await asyncio.wait(background)
    print(f"the lights go out with {len(background)} receipts to be sent")


asyncio.run(main())

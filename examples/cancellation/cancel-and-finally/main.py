# A cancelled task cleans up in `finally`, and may even wait there. A cancel is only a request: CancelledError is thrown
# into the task where it waits, and the task ends when that error leaves it. So await a task after you have cancelled
# it.
import asyncio


async def listen() -> None:
    print("connection: open")
    try:
        await asyncio.sleep(60)
        print("connection: a message")
    finally:
        print("connection: saying goodbye")
        await asyncio.sleep(0.3)
        print("connection: closed")


async def main() -> None:
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(listen())
    await asyncio.sleep(0.5)

    start = loop.time()
    task.cancel()
    print("main: asked the task to stop")
    try:
        await task
    except asyncio.CancelledError:
        print(f"main: it has stopped, {loop.time() - start:.1f} s later")


asyncio.run(main())

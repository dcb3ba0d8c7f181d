# `wait` returns which tasks are done and which are not, and the caller decides what to do. It returns when one task is
# done, when one has failed, when all are done, or when the time is over. It raises none of their exceptions, and
# cancels no task.
import asyncio


async def sail(seconds: float, leaks: bool = False) -> None:
    await asyncio.sleep(seconds)
    if leaks:
        raise OSError("has sunk")


async def race(title: str, return_when: str, timeout: float | None = None) -> None:
    print(title)
    boats = [
        asyncio.create_task(sail(0.2), name="Albatross"),
        asyncio.create_task(sail(0.4, leaks=True), name="Barnacle"),
        asyncio.create_task(sail(0.6), name="Cormorant"),
    ]
    done, pending = await asyncio.wait(boats, timeout=timeout, return_when=return_when)
    for boat in boats:
        if boat in pending:
            print(f"  {boat.get_name()} is at sea")
            continue
        error = boat.exception()
        print(f"  {boat.get_name()} {error or 'has arrived'}")
    print(f"  done: {len(done)}, pending: {len(pending)}")

    for boat in pending:
        boat.cancel()
    await asyncio.gather(*pending, return_exceptions=True)


async def main() -> None:
    await race("until one is done", asyncio.FIRST_COMPLETED)
    await race("until one has failed", asyncio.FIRST_EXCEPTION)
    await race("until all are done", asyncio.ALL_COMPLETED)
    await race("until all are done, but for 0.1 s at most", asyncio.ALL_COMPLETED, timeout=0.1)


asyncio.run(main())

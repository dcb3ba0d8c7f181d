# A Lock is fair: it goes to the task that has waited longest. Ann wants it back as soon as she has given it away, but
# Ben and Cleo wait in line, and she has to queue behind them. Dan stops waiting; the line closes behind him as if he
# had never been there.
import asyncio


async def phone(name: str, booth: asyncio.Lock, calls: int) -> None:
    for call in range(1, calls + 1):
        async with booth:
            print(f"{name}: call {call}")
            await asyncio.sleep(0.2)


async def phone_impatiently(name: str, booth: asyncio.Lock, patience: float) -> None:
    try:
        async with asyncio.timeout(patience):
            await booth.acquire()
    except TimeoutError:
        print(f"{name}: walks away")
        return
    print(f"{name}: call 1")
    booth.release()


async def main() -> None:
    booth = asyncio.Lock()
    async with asyncio.TaskGroup() as group:
        group.create_task(phone("Ann", booth, 3))
        group.create_task(phone("Ben", booth, 2))
        group.create_task(phone_impatiently("Dan", booth, 0.3))
        group.create_task(phone("Cleo", booth, 1))
    print(f"the booth is {'taken' if booth.locked() else 'free'}")


asyncio.run(main())

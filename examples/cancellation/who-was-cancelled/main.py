# A CancelledError does not say which task was cancelled: this one, or the task that it awaits. A request goes down the
# chain of waiting tasks to the one that awaits no task, and the error comes up again through all of them. `cancelling`
# tells the cases apart: it is zero if there is no request to end this task, and then it may go on without the other.
import asyncio


async def drive(seconds: float) -> str:
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        print("  driver: turns round")
        raise
    return "bread"


async def shop(driver: asyncio.Task[str]) -> str:
    me = asyncio.current_task()
    try:
        return await driver
    except asyncio.CancelledError:
        if me and me.cancelling():
            print("  shopper: I am to stop, and so the driver was too")
            raise
        print("  shopper: only the driver is to stop, I walk")
    await asyncio.sleep(0.3)
    return "rolls"


async def try_out(title: str, cancelled: str) -> None:
    print(title)
    driver = asyncio.create_task(drive(0.5), name="driver")
    shopper = asyncio.create_task(shop(driver), name="shopper")
    await asyncio.sleep(0.2)
    for task in (driver, shopper):
        if task.get_name() == cancelled:
            task.cancel()
    await asyncio.wait([shopper])
    print(f"  main: {'nothing' if shopper.cancelled() else shopper.result()} to eat")


async def main() -> None:
    await try_out("nobody is cancelled", "nobody")
    await try_out("the driver is cancelled", "driver")
    await try_out("the shopper is cancelled", "shopper")


asyncio.run(main())

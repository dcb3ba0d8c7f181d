# Two waits in tasks take as long as the longer one. A task runs by itself as soon as `main` waits for something;
# awaiting it gives its result. Keep each task in a variable: nothing awaits a task that was made and forgotten.
import asyncio


async def prepare(what: str, seconds: float) -> str:
    print(f"{what}: started")
    await asyncio.sleep(seconds)
    print(f"{what}: ready")
    return what


async def main() -> None:
    loop = asyncio.get_running_loop()
    start = loop.time()

    toast_task = asyncio.create_task(prepare("toast", 0.4))
    coffee_task = asyncio.create_task(prepare("coffee", 0.8))
    print("two tasks made, none started")

    toast = await toast_task
    coffee = await coffee_task

    print(f"{toast} and {coffee} after {loop.time() - start:.1f} s")


asyncio.run(main())

# A TaskGroup waits for its tasks by itself. The block ends when all of them have ended, and after it their results are
# there. If one task failed, the group would cancel the others and throw the error out of the block.
import asyncio


async def prepare(what: str, seconds: float) -> str:
    print(f"{what}: started")
    await asyncio.sleep(seconds)
    print(f"{what}: ready")
    return what


async def main() -> None:
    loop = asyncio.get_running_loop()
    start = loop.time()

    async with asyncio.TaskGroup() as group:
        toast = group.create_task(prepare("toast", 0.4))
        coffee = group.create_task(prepare("coffee", 0.8))
        print("end of the block")

    print(f"{toast.result()} and {coffee.result()} after {loop.time() - start:.1f} s")


asyncio.run(main())

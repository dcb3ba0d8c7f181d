# An eager task runs at once, in `create_task`, up to the first place where it has to wait. If the answer is there
# already, as in a cache, the task is done without an iteration of the loop. But its first step also runs before the
# next line of the code that made it: mind the order.
import asyncio

cache: dict[str, str] = {}


async def fetch(page: str) -> str:
    known = cache.get(page)
    if known is not None:
        print(f"  {page}: out of the cache")
        return known
    print(f"  {page}: asking for it")
    await asyncio.sleep(0.2)
    loaded = f"<h1>{page}</h1>"
    cache[page] = loaded
    print(f"  {page}: it has come")
    return loaded


async def fetch_both() -> None:
    tasks = [asyncio.create_task(fetch(page)) for page in ("old", "new")]
    print(f"  main: two tasks, {sum(task.done() for task in tasks)} of them done")
    print("  main:", *await asyncio.gather(*tasks))


async def main() -> None:
    for factory in (None, asyncio.eager_task_factory):
        print("ordinary tasks" if factory is None else "eager tasks")
        cache.clear()
        cache["old"] = "<h1>old</h1>"
        asyncio.get_running_loop().set_task_factory(factory)
        await fetch_both()

    print("a single eager task")
    asyncio.get_running_loop().set_task_factory(None)
    task = asyncio.create_task(fetch("new"), eager_start=True)
    print(f"  main: {task.result()}")


asyncio.run(main())

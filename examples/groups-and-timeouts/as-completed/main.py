# `as_completed` gives results as they come, the fastest first. A plain `for` gets coroutines, each of which returns the
# next result when it is awaited; an `async for` gets the very tasks that were passed in, each of them done, and so
# knows whose result it is.
import asyncio


async def ask(server: str, seconds: float) -> str:
    await asyncio.sleep(seconds)
    if server == "Bergen":
        raise ConnectionError("nobody answers")
    return f"the answer of {server}"


async def main() -> None:
    print("for: the next result, whoever gave it")
    for next_answer in asyncio.as_completed([ask("Aarhus", 0.5), ask("Cadiz", 0.3), ask("Delft", 0.1)]):
        print(f"  {await next_answer}")

    print("async for: the tasks themselves")
    servers: dict[asyncio.Future[str], str] = {
        asyncio.create_task(ask("Aarhus", 0.5)): "Aarhus",
        asyncio.create_task(ask("Bergen", 0.3)): "Bergen",
        asyncio.create_task(ask("Cadiz", 0.1)): "Cadiz",
    }
    async for task in asyncio.as_completed(servers):
        error = task.exception()
        print(f"  {servers[task]}: {error or task.result()}")

    print("with a timeout: for what has not come by then, it raises TimeoutError")
    try:
        for next_answer in asyncio.as_completed([ask("Delft", 0.1), ask("Evora", 60)], timeout=0.3):
            print(f"  {await next_answer}")
    except TimeoutError:
        print("  somebody is too slow")


asyncio.run(main())

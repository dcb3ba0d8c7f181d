# A cache that loads a value only once when several callers want it at the same time, and finishes even if the first
# caller has gone. The load is a separate task, which all callers await behind a `shield`: so a cancelled caller does
# not cancel the load for the others. A failed load is forgotten, and the next caller tries again.
import asyncio
from collections.abc import Awaitable, Callable


class Cache[V]:
    def __init__(self, load: Callable[[str], Awaitable[V]]) -> None:
        self._load = load
        self._tasks: dict[str, asyncio.Task[V]] = {}

    async def get(self, key: str) -> V:
        task = self._tasks.get(key)
        if task is None:
            task = asyncio.create_task(self._load_or_forget(key))
            self._tasks[key] = task
        return await asyncio.shield(task)

    async def _load_or_forget(self, key: str) -> V:
        try:
            return await self._load(key)
        except BaseException:
            del self._tasks[key]
            raise


class NotFound(Exception):
    pass


class Database:
    def __init__(self) -> None:
        self._rows = {"ada": "Ada, 36", "bob": "Bob, 41"}
        self.reads = 0

    async def read(self, key: str) -> str:
        self.reads += 1
        print(f"  database: reads {key}")
        await asyncio.sleep(0.3)
        if key not in self._rows:
            raise NotFound(f"there is no {key}")
        return self._rows[key]

    def insert(self, key: str, row: str) -> None:
        self._rows[key] = row


async def ask(name: str, key: str, cache: Cache[str], patience: float = 10) -> None:
    try:
        async with asyncio.timeout(patience):
            row = await cache.get(key)
        print(f"  {name} gets {row}")
    except TimeoutError:
        print(f"  {name} does not wait any longer")
    except NotFound as error:
        print(f"  {name} hears that {error}")


async def main() -> None:
    database = Database()
    cache = Cache(database.read)

    print("three ask at the same time, and the first one goes")
    await asyncio.gather(ask("Xenia", "ada", cache, patience=0.1), ask("Yuri", "ada", cache), ask("Zoe", "ada", cache))

    print("the answer is kept, and so is an answer that no task waited for")
    await ask("Xenia", "ada", cache)
    await ask("Yuri", "bob", cache, patience=0.1)
    await asyncio.sleep(0.4)
    await ask("Zoe", "bob", cache, patience=0.1)

    print("a failure is not kept")
    await asyncio.gather(ask("Xenia", "cyd", cache), ask("Yuri", "cyd", cache))
    database.insert("cyd", "Cyd, 28")
    await ask("Zoe", "cyd", cache)
    print(f"{database.reads} reads for 9 questions")


asyncio.run(main())

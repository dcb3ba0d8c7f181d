# A read-write lock, built on a Condition: many tasks may read at the same time, but a writer is alone. Readers are
# counted, and a writer keeps the Condition's own lock while writing, so that no other task gets in. New readers also
# wait while a writer waits: otherwise some task might always be reading, and the writer would never have a turn.
import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass


class ReadWriteLock:
    def __init__(self) -> None:
        self._changed = asyncio.Condition()
        self._readers = 0
        self._waiting_writers = 0

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[None]:
        async with self._changed:
            await self._changed.wait_for(lambda: self._waiting_writers == 0)
            self._readers += 1
        try:
            yield
        finally:
            async with self._changed:
                self._readers -= 1
                self._changed.notify_all()

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[None]:
        async with self._changed:
            self._waiting_writers += 1
            try:
                await self._changed.wait_for(lambda: self._readers == 0)
            finally:
                self._waiting_writers -= 1
                self._changed.notify_all()
            yield


@dataclass
class Timetable:
    train: int


async def read(name: str, arrival: float, timetable: Timetable, lock: ReadWriteLock) -> None:
    await asyncio.sleep(arrival)
    print(f"{name} comes")
    async with lock.reading():
        print(f"  {name} begins to read")
        await asyncio.sleep(0.4)
        print(f"  {name} has read that the train leaves at {timetable.train}")


async def write(name: str, arrival: float, hour: int, timetable: Timetable, lock: ReadWriteLock) -> None:
    await asyncio.sleep(arrival)
    print(f"{name} comes")
    async with lock.writing():
        print(f"  {name} begins to write")
        await asyncio.sleep(0.3)
        timetable.train = hour
        print(f"  {name} has written {hour}")


async def main() -> None:
    lock = ReadWriteLock()
    timetable = Timetable(train=7)
    async with asyncio.TaskGroup() as group:
        group.create_task(read("Una", 0.0, timetable, lock))
        group.create_task(read("Vito", 0.1, timetable, lock))
        group.create_task(write("the clerk", 0.2, 8, timetable, lock))
        group.create_task(read("Wanda", 0.3, timetable, lock))
        group.create_task(read("Xaver", 0.7, timetable, lock))


asyncio.run(main())

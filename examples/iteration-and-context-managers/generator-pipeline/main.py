# A pipeline of async generators works on demand: each stage asks the one before it for the next value. So a line is
# read only when the end of the pipeline wants more, and only a stage that collects values stores any. When the end has
# enough, `aclosing` in each stage closes the stage before, back to the source, which closes its file.
import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import NamedTuple

log = """\
09:00 info started
09:01 error disk is full
this is not an entry
09:02 error disk is still full
09:03 info somebody deletes the films
09:05 error printer is on fire
09:06 error paper is gone
09:07 error printer is gone
09:08 info closed
"""


class Entry(NamedTuple):
    time: str
    level: str
    text: str


async def read_lines(name: str) -> AsyncGenerator[str]:
    print(f"{name}: opened")
    try:
        for line in log.splitlines():
            await asyncio.sleep(0.1)
            print(f"read: {line}")
            yield line
    finally:
        await asyncio.sleep(0.1)
        print(f"{name}: closed")


async def parse(lines: AsyncGenerator[str]) -> AsyncGenerator[Entry]:
    async with aclosing(lines):
        async for line in lines:
            time, level, text = line.split(" ", 2)
            if level in ("info", "error"):
                yield Entry(time, level, text)
            else:
                print("  parse: skipped")


async def select(level: str, entries: AsyncGenerator[Entry]) -> AsyncGenerator[Entry]:
    async with aclosing(entries):
        async for entry in entries:
            if entry.level == level:
                print(f"  select: {entry.text}")
                yield entry


async def in_batches[T](size: int, items: AsyncGenerator[T]) -> AsyncGenerator[list[T]]:
    batch: list[T] = []
    async with aclosing(items):
        async for item in items:
            batch.append(item)
            if len(batch) == size:
                yield batch
                batch = []
    if batch:
        yield batch


async def main() -> None:
    errors = select("error", parse(read_lines("server.log")))
    mails = 0
    async with aclosing(in_batches(2, errors)) as batches:
        async for batch in batches:
            mails += 1
            print(f"    mail {mails}: {', '.join(f'{entry.text} at {entry.time}' for entry in batch)}")
            if mails == 2:
                break
    print("two mails a day are enough")


asyncio.run(main())

# Several `except*` clauses divide the errors of a group among them, and errors that no clause takes go on. Unlike
# `except`, more than one of them may run, each with the matching errors that no clause before it took. They may await.
# The rest keeps the message of its group.
import asyncio


class Unreachable(Exception):
    pass


class BadFormat(Exception):
    pass


class BadEncoding(Exception):
    pass


class NoPermission(Exception):
    pass


async def load(source: str, seconds: float, error: type[Exception] | None = None) -> str:
    await asyncio.sleep(seconds)
    if error:
        raise error(source)
    return source


async def load_all() -> None:
    results = await asyncio.gather(
        load("harbour", 0.1),
        load("airport", 0.4, Unreachable),
        load("station", 0.2, BadEncoding),
        load("palace", 0.1, NoPermission),
        load("lighthouse", 0.3, Unreachable),
        load("museum", 0.1, BadFormat),
        return_exceptions=True,
    )
    errors = [result for result in results if isinstance(result, Exception)]
    print(f"{len(results) - len(errors)} loaded, {len(errors)} not")
    if errors:
        raise ExceptionGroup("some sources failed", errors)


async def load_and_repair() -> None:
    try:
        await load_all()
    except* Unreachable as unreachable:
        for error in unreachable.exceptions:
            print(f"trying again: {error}")
            await asyncio.sleep(0.1)
    except* (BadFormat, BadEncoding) as damaged:
        for defect in damaged.exceptions:
            print(f"sending back: {defect}")
    print("this is printed only if nothing is left over")


async def main() -> None:
    try:
        await load_and_repair()
    except ExceptionGroup as group:
        print(f"left over: {group.message}")
        for error in group.exceptions:
            print(f"  {type(error).__name__}: {error}")


asyncio.run(main())

# An async context manager is a class with `__aenter__` and `__aexit__`, or a generator that yields once; both do the
# same. If entering fails, neither the block nor the exit runs. The exit gets the block's error, and may swallow it: the
# class by returning true, the generator by catching it. An error in the exit replaces the block's error.
import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import TracebackType


class KilnError(Exception):
    pass


class CrackedPot(Exception):
    pass


async def heat(fault: str) -> str:
    await asyncio.sleep(0.1)
    if fault == "heating":
        raise KilnError("the kiln stays cold")
    print("    the kiln is hot")
    return "a pot"


async def cool(fault: str) -> None:
    await asyncio.sleep(0.1)
    if fault == "cooling":
        raise KilnError("the kiln stays hot")
    print("    the kiln is cold")


class Kiln:
    def __init__(self, fault: str) -> None:
        self._fault = fault

    async def __aenter__(self) -> str:
        return await heat(self._fault)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        await cool(self._fault)
        return isinstance(error, CrackedPot)


@asynccontextmanager
async def kiln(fault: str) -> AsyncGenerator[str]:
    pot = await heat(fault)
    try:
        yield pot
    except CrackedPot:
        pass
    finally:
        await cool(fault)


async def fire(manager: AbstractAsyncContextManager[str], fault: str) -> None:
    print(f"  fault: {fault}")
    try:
        async with manager as pot:
            if fault != "none":
                raise CrackedPot
            print(f"    {pot} is fired")
        print("    the block has ended")
    except KilnError as error:
        print(f"    KilnError: {error}")


async def main() -> None:
    forms: dict[str, Callable[[str], AbstractAsyncContextManager[str, bool | None]]] = {
        "a class": Kiln,
        "a generator": kiln,
    }
    for title, form in forms.items():
        print(title)
        for fault in ("none", "heating", "the pot", "cooling"):
            await fire(form(fault), fault)


asyncio.run(main())

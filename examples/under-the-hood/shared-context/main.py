# A task sets context variables in its own copy of the context, unless it is given a context to run in. Its values are
# gone with the copy, and need no cleanup. Tasks or calls that belong together get the same context, here that of a
# visitor, and each sees the values that the others have set.
import asyncio
from contextvars import ContextVar, copy_context

language: ContextVar[str] = ContextVar("language", default="English")
GREETINGS = {"English": "Hello", "Danish": "Goddag", "Italian": "Buongiorno", "Welsh": "Helo"}


async def choose(name: str) -> None:
    await asyncio.sleep(0.1)
    language.set(name)


def greet(who: str) -> None:
    print(f"  {who}: {GREETINGS[language.get()]}!")


async def greet_later(who: str) -> None:
    await asyncio.sleep(0.1)
    greet(who)


async def main() -> None:
    print("a task of its own, and a coroutine of main's")
    await asyncio.create_task(choose("Danish"))
    greet("main")
    await choose("Italian")
    greet("main")

    print("tasks in the context of a visitor")
    visitor = copy_context()
    await asyncio.create_task(choose("Welsh"), context=visitor)
    await asyncio.create_task(greet_later("visitor"), context=visitor)
    greet("main")

    print("calls in that context")
    visitor.run(greet, "visitor")
    token = visitor.run(language.set, "Danish")
    asyncio.get_running_loop().call_soon(greet, "visitor", context=visitor)
    await asyncio.sleep(0)
    visitor.run(language.reset, token)
    visitor.run(greet, "visitor")
    print(f"  main speaks {language.get()}, the visitor {visitor[language]}")


asyncio.run(main())

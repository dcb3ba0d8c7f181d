# Nested groups of tasks give nested groups of errors. A group that fails inside another one is a single error there:
# the outer group cancels and awaits its other tasks, and adds errors of their cleanup. An error that is handled inside
# does not affect the outer group.
import asyncio


class Mishap(Exception):
    pass


async def rest(name: str, last_words: str | None = None) -> None:
    try:
        await asyncio.sleep(5)
    except asyncio.CancelledError:
        print(f"{name}: packing up")
        await asyncio.sleep(0.1)
        if last_words:
            raise Mishap(last_words)
        raise


async def fail(seconds: float, text: str) -> None:
    await asyncio.sleep(seconds)
    raise Mishap(text)


async def river_camp() -> None:
    try:
        async with asyncio.TaskGroup() as camp:
            camp.create_task(fail(0.2, "the boat leaks"))
            camp.create_task(rest("fisher"))
    except* Mishap as group:
        print(f"river camp: {group.exceptions[0]}, but we can walk")


async def mountain_camp() -> None:
    async with asyncio.TaskGroup() as camp:
        camp.create_task(fail(0.6, "the tent is torn"))
        camp.create_task(rest("cook", "the soup is spilt"))
        camp.create_task(rest("guide"))


def print_tree(error: BaseException, indent: str = "  ") -> None:
    if not isinstance(error, BaseExceptionGroup):
        print(f"{indent}{error}")
        return
    print(f"{indent}{error.message}:")
    for member in error.exceptions:
        print_tree(member, indent + "  ")


async def main() -> None:
    try:
        async with asyncio.TaskGroup() as expedition:
            expedition.create_task(river_camp())
            expedition.create_task(mountain_camp())
            expedition.create_task(rest("radio operator", "the radio is wet"))
    except ExceptionGroup as group:
        print("the expedition is over")
        print_tree(group)


asyncio.run(main())

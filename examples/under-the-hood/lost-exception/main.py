# When a task fails and its result is never asked for, the loop reports the exception, but only late. It waits until the
# task is collected, and by then it is too late to react. A done callback can look at the exception at once, and an
# exception that it has looked at is not reported again.
import asyncio
from typing import Any


class MailError(Exception):
    pass


async def send_mail(name: str, address: str) -> None:
    await asyncio.sleep(0.2)
    if "@" not in address:
        raise MailError(f"{name} has no address")
    print(f"mail for {name}: sent")


def report(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    print(f"loop: {context['message']}: {context['exception']}")


def check(task: asyncio.Task[None]) -> None:
    error = task.exception()
    print(f"callback: {error or 'all is well'}")


async def main() -> None:
    asyncio.get_running_loop().set_exception_handler(report)
    forgotten = asyncio.create_task(send_mail("Ann", "nowhere"))
    for name, address in (("Ben", "ben@example.org"), ("Cleo", "nowhere")):
        asyncio.create_task(send_mail(name, address)).add_done_callback(check)

    await asyncio.sleep(0.5)
    print(f"main: the mail for Ann is {'done' if forgotten.done() else 'on its way'}, I suppose it went well")


asyncio.run(main())

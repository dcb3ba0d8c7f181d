# `current_task` returns the task that runs a function, and `all_tasks` the tasks that are not done. With meaningful
# names a log line shows which task wrote it, and at the end the program can list the tasks still at work, and cancel
# them. Done tasks are on no list.
import asyncio


def log(text: str) -> None:
    task = asyncio.current_task()
    print(f"[{task.get_name() if task else 'nobody'}] {text}")


def log_who_is_here() -> None:
    names = sorted(task.get_name() for task in asyncio.all_tasks())
    log(f"here are: {', '.join(names)}")


async def work(seconds: float) -> None:
    log("begins")
    try:
        await asyncio.sleep(seconds)
        log("is done")
    except asyncio.CancelledError:
        log("is sent home")
        raise


async def main() -> None:
    me = asyncio.current_task()
    if me:
        me.set_name("foreman")
    log("opens the yard")
    for name, seconds in (("roofer", 0.6), ("mason", 0.2), ("painter", 0.8), ("glazier", 0.1)):
        asyncio.create_task(work(seconds), name=name)
    log_who_is_here()

    asyncio.get_running_loop().call_later(0.3, log, "hears the bell")
    await asyncio.sleep(0.4)
    log_who_is_here()

    others = sorted(asyncio.all_tasks() - {me}, key=lambda task: task.get_name())
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    log_who_is_here()


asyncio.run(main())

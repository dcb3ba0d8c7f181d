# Debounce waits until events stop coming, throttle lets one through at a time. A search should start when the user has
# stopped typing, so each key postpones it: its timer is cancelled and set again. A preview should follow the typing,
# but not at every key: it appears at once, then there is a pause, and after the pause it shows the latest text, if that
# is new.
import asyncio
from collections.abc import Callable

type Listener = Callable[[str], None]


def debounce(quiet: float, listener: Listener) -> Listener:
    timer: asyncio.TimerHandle | None = None

    def on_event(text: str) -> None:
        nonlocal timer
        if timer is not None:
            timer.cancel()
        timer = asyncio.get_running_loop().call_later(quiet, listener, text)

    return on_event


def throttle(pause: float, listener: Listener) -> Listener:
    is_pausing = False
    latest: str | None = None

    def on_event(text: str) -> None:
        nonlocal is_pausing, latest
        if is_pausing:
            latest = text
            return
        listener(text)
        is_pausing = True
        asyncio.get_running_loop().call_later(pause, on_pause_over)

    def on_pause_over() -> None:
        nonlocal is_pausing, latest
        is_pausing = False
        if latest is not None:
            text, latest = latest, None
            on_event(text)

    return on_event


async def main() -> None:
    search = debounce(0.5, lambda text: print(f"    search for {text}"))
    preview = throttle(0.35, lambda text: print(f"  preview of {text}"))

    text = ""
    for key, seconds in (("k", 0.2), ("o", 0.2), ("a", 0.2), ("l", 0.2), ("a", 1.0), ("s", 0.2), ("!", 1.0)):
        text += key
        print(text)
        search(text)
        preview(text)
        await asyncio.sleep(seconds)


asyncio.run(main())

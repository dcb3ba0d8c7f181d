# Below the coroutines is a loop that only calls callbacks, soon or at a given time. A call of `run_forever` runs it
# until a callback calls `stop`; callbacks that were not called by then stay scheduled. Programs seldom need this: tasks
# and futures are built on it.
import asyncio


def count_down(loop: asyncio.AbstractEventLoop, number: int) -> None:
    if number == 0:
        print("lift-off")
        loop.stop()
        return
    print(number)
    loop.call_later(0.2, count_down, loop, number - 1)


def call_off(handle: asyncio.Handle) -> None:
    handle.cancel()
    print("no rain: the alarm is called off")


loop = asyncio.new_event_loop()
start = loop.time()
alarm = loop.call_later(0.5, print, "an alarm that must not be heard")
loop.call_later(0.3, call_off, alarm)
loop.call_later(0.9, print, "the second run: the smoke has gone")
loop.call_later(1.0, loop.stop)
loop.call_soon(count_down, loop, 3)
loop.call_soon(print, "all systems are ready")

loop.run_forever()
print(f"stopped after {loop.time() - start:.1f} s")
loop.run_forever()
loop.close()
print(f"alarm cancelled: {'yes' if alarm.cancelled() else 'no'}, loop closed: {'yes' if loop.is_closed() else 'no'}")

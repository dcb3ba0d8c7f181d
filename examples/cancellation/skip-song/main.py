# Code that cancels a task only to interrupt it withdraws the request with `uncancel`. The player's own "skip" button
# cancels the task during a song, and the task goes on with the next one. `uncancel` returns how many requests are left:
# if there are any, other code wants the task to end, and the player passes the CancelledError on.
import asyncio

SONGS = {"Morning": 0.3, "Noon": 0.5, "Evening": 0.3, "Night": 0.5}


class Player:
    def __init__(self) -> None:
        self._skipping = False
        self.task = asyncio.create_task(self._play())

    def skip(self) -> None:
        self._skipping = True
        self.task.cancel()

    async def _play(self) -> None:
        for title, seconds in SONGS.items():
            try:
                print(f"{title} begins")
                await asyncio.sleep(seconds)
                print(f"{title} ends")
            except asyncio.CancelledError:
                print(f"{title} is interrupted, requests: {self.task.cancelling()}")
                if not self._skipping or self.task.uncancel() > 0:
                    raise
                self._skipping = False
        print("no more songs")


async def main() -> None:
    print("-- skip two songs")
    player = Player()
    await asyncio.sleep(0.1)
    player.skip()
    await asyncio.sleep(0.2)
    player.skip()
    await player.task
    print(f"requests: {player.task.cancelling()}, cancelled: {'yes' if player.task.cancelled() else 'no'}")

    print("-- skip a song, and switch off at the same moment")
    player = Player()
    await asyncio.sleep(0.1)
    player.skip()
    player.task.cancel()
    await asyncio.wait([player.task])
    print(f"requests: {player.task.cancelling()}, cancelled: {'yes' if player.task.cancelled() else 'no'}")


asyncio.run(main())

# A server that is told to stop accepts no new requests, lets the open ones end within a grace period, and cancels the
# rest. A cancellation tells it to stop, and it does all this in `finally`: when it has ended, nothing of it is left
# running.
import asyncio


class Server:
    def __init__(self, grace: float) -> None:
        self._grace = grace
        self._requests: asyncio.Queue[tuple[str, float]] = asyncio.Queue()
        self._open: set[asyncio.Task[None]] = set()

    def request(self, name: str, seconds: float) -> None:
        self._requests.put_nowait((name, seconds))

    async def serve(self) -> None:
        try:
            while True:
                name, seconds = await self._requests.get()
                task = asyncio.create_task(self._answer(name, seconds))
                self._open.add(task)
                task.add_done_callback(self._open.discard)
        finally:
            await self._close()

    async def _answer(self, name: str, seconds: float) -> None:
        print(f"{name}: begun")
        try:
            await asyncio.sleep(seconds)
            print(f"{name}: answered")
        except asyncio.CancelledError:
            print(f"{name}: sorry, try again tomorrow")
            raise

    async def _close(self) -> None:
        self._requests.shutdown()
        print(f"server: stopping, {len(self._open)} requests are open")
        if self._open:
            _, late = await asyncio.wait(self._open, timeout=self._grace)
            print(f"server: the grace period is over for {len(late)} of them")
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


async def main() -> None:
    server = Server(grace=0.5)
    serving = asyncio.create_task(server.serve())
    for name, seconds in (("a page", 0.1), ("a picture", 0.6), ("a film", 5)):
        server.request(name, seconds)
    await asyncio.sleep(0.3)

    serving.cancel()
    await asyncio.sleep(0.1)
    try:
        server.request("another page", 0.1)
    except asyncio.QueueShutDown:
        print("another page: refused")
    await asyncio.wait([serving])
    print("main: the server has stopped")


asyncio.run(main())

# A chat room drops the client that is too slow, and the others never wait for it. Each client has an outbox and a task
# that sends from it, so a message is only put into all outboxes. Sending has a time limit: a client that does not take
# a message within it has to leave the room, and the others are told.
import asyncio


class Client:
    def __init__(self, name: str, seconds: float, patience: int) -> None:
        self.name = name
        self.outbox: asyncio.Queue[str] = asyncio.Queue()
        self._seconds = seconds
        self._patience = patience

    async def receive(self, message: str) -> None:
        self._patience -= 1
        await asyncio.sleep(self._seconds if self._patience >= 0 else 3600)
        print(f"  {self.name} reads: {message}")


class Room:
    def __init__(self) -> None:
        self._clients: list[Client] = []

    def say(self, message: str) -> None:
        print(message)
        for client in self._clients:
            client.outbox.put_nowait(message)

    async def serve(self, client: Client) -> None:
        self._clients.append(client)
        self.say(f"{client.name} comes in")
        reason = "leaves"
        try:
            while True:
                message = await client.outbox.get()
                async with asyncio.timeout(0.3):
                    await client.receive(message)
        except TimeoutError:
            reason = "does not answer"
        except asyncio.QueueShutDown:
            pass
        self._clients.remove(client)
        self.say(f"{client.name} {reason}")


async def main() -> None:
    room = Room()
    ann = Client("Ann", 0.1, patience=100)
    ben = Client("Ben", 0.15, patience=100)
    cleo = Client("Cleo", 0.2, patience=3)
    async with asyncio.TaskGroup() as group:
        for client in (ann, ben, cleo):
            group.create_task(room.serve(client))
            await asyncio.sleep(0.3)
        for message in ("Ann: hello, everybody", "Ben: hello, Ann", "Ann: where is Cleo?"):
            room.say(message)
            await asyncio.sleep(0.4)
        for client in (ben, ann):
            client.outbox.shutdown()
            await asyncio.sleep(0.3)


asyncio.run(main())

# A Future is a place for a result that other code will set. Three questions are asked over one line, and each asker
# awaits its own future; the task that listens passes each answer to the right future, in whatever order the answers
# come, and an exception to the futures that will never get one.
import asyncio


class Line:
    def __init__(self) -> None:
        self._waiting: dict[int, asyncio.Future[str]] = {}

    def send(self, number: int) -> asyncio.Future[str]:
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        return answer

    async def listen(self) -> None:
        for number, text in ((3, "tomorrow"), (1, "behind the station")):
            await asyncio.sleep(0.2)
            self._waiting.pop(number).set_result(text)
        await asyncio.sleep(0.2)
        for answer in self._waiting.values():
            answer.set_exception(ConnectionError("the line is dead"))


async def ask(line: Line, number: int, question: str) -> None:
    print(f"{number} asks: {question}")
    try:
        answer = await line.send(number)
        print(f"{number} hears: {answer}")
    except ConnectionError as error:
        print(f"{number} hears nothing: {error}")


async def main() -> None:
    line = Line()
    async with asyncio.TaskGroup() as group:
        group.create_task(line.listen())
        group.create_task(ask(line, 1, "where is Elm Street?"))
        group.create_task(ask(line, 2, "when does the train leave?"))
        group.create_task(ask(line, 3, "when does the ship arrive?"))


asyncio.run(main())

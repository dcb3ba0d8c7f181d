# The three queues differ only in which item comes next: the oldest, the newest, or the smallest. The same patients wait
# before three doctors, and one more comes while the second is treated. Tuples are compared element by element, so that
# among equally urgent patients the PriorityQueue takes the one who came first.
import asyncio
from typing import NamedTuple


class Patient(NamedTuple):
    urgency: int  # 1 is the highest
    arrival: int
    name: str


WAITING = (
    Patient(3, 1, "Ann with a cough"),
    Patient(2, 2, "Ben with a fever"),
    Patient(3, 3, "Cleo with a cold"),
    Patient(2, 4, "Dan with a burn"),
)
LATECOMER = Patient(1, 5, "Eve with a heart attack")


async def treat(title: str, queue: asyncio.Queue[Patient]) -> None:
    print(title)
    for patient in WAITING:
        queue.put_nowait(patient)
    treated = 0
    while not queue.empty():
        patient = await queue.get()
        treated += 1
        if treated == 2:
            queue.put_nowait(LATECOMER)
        await asyncio.sleep(0.1)
        print(f"  {treated}. {patient.name}")


async def main() -> None:
    await treat("Queue: first in, first out", asyncio.Queue())
    await treat("LifoQueue: last in, first out", asyncio.LifoQueue())
    await treat("PriorityQueue: the most urgent first", asyncio.PriorityQueue())


asyncio.run(main())

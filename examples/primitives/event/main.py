# An Event lets any number of tasks wait until something has happened. Setting it wakes all waiting tasks, in the order
# in which they came, and later tasks do not wait at all, until `clear` closes the gate again.
import asyncio


async def visit(name: str, arrival: float, gate: asyncio.Event) -> None:
    await asyncio.sleep(arrival)
    if not gate.is_set():
        print(f"{name} stands before a closed gate")
    await gate.wait()
    print(f"{name} walks through")


async def main() -> None:
    gate = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(visit("Ines", 0.0, gate))
        group.create_task(visit("Jon", 0.1, gate))
        group.create_task(visit("Kim", 0.4, gate))
        group.create_task(visit("Lou", 0.7, gate))

        await asyncio.sleep(0.3)
        print("the gate opens")
        gate.set()
        await asyncio.sleep(0.2)
        print("the gate closes")
        gate.clear()
        await asyncio.sleep(0.4)
        print("the gate opens again")
        gate.set()


asyncio.run(main())

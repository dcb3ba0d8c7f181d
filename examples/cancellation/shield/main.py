# `shield` lets a wait be cancelled without cancelling the awaited task. The order below must not be left half done: a
# customer may stop waiting for it, but the task runs on, and can be awaited again. Keep a reference to the task: the
# shield does not.
import asyncio


async def ship(order: str) -> str:
    try:
        print(f"{order}: packed")
        await asyncio.sleep(0.6)
        print(f"{order}: on its way")
        return "a tracking number"
    except asyncio.CancelledError:
        print(f"{order}: left half done")
        raise


async def main() -> None:
    print("without a shield")
    try:
        await asyncio.wait_for(ship("order 1"), 0.2)
    except TimeoutError:
        print("main: no patience")

    print("with a shield")
    shipment = asyncio.create_task(ship("order 2"))
    try:
        await asyncio.wait_for(asyncio.shield(shipment), 0.2)
    except TimeoutError:
        print(f"main: no patience, but the shipment {'is cancelled' if shipment.cancelled() else 'goes on'}")
    print(f"main: got {await shipment} after all")


asyncio.run(main())

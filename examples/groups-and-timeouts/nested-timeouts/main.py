# Each of two nested deadlines turns only its own cancellation into a TimeoutError. When the outer one passes first, the
# inner block gets a CancelledError, which its `except TimeoutError` does not take; the error goes on to the outer block
# and becomes a TimeoutError there. `expired` tells which deadline passed.
import asyncio


async def visit(whole: float, page: float) -> None:
    print(f"{page} s for the page, {whole} s for the whole visit")
    outer = asyncio.timeout(whole)
    inner = asyncio.timeout(page)
    try:
        async with outer:
            try:
                async with inner:
                    await asyncio.sleep(0.6)
                    print("  the page is here")
            except TimeoutError:
                print("  the page takes too long, looking into the archive")
                await asyncio.sleep(0.4)
                print("  an old copy is here")
    except TimeoutError:
        print("  the visit takes too long")
    print(f"  expired: page {'yes' if inner.expired() else 'no'}, visit {'yes' if outer.expired() else 'no'}")


async def main() -> None:
    await visit(whole=1.2, page=0.8)
    await visit(whole=1.2, page=0.3)
    await visit(whole=0.3, page=0.8)
    await visit(whole=0.5, page=0.3)


asyncio.run(main())

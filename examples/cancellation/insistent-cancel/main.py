# A second cancel interrupts even the cleanup that the first one began. So the program closes an editor with one cancel,
# gives it time to save, and cancels again only after that time. The error carries the message given to `cancel`, which
# tells the editor how urgent it is.
import asyncio


async def edit(document: str, size: float) -> None:
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError as request:
        print(f"  {document}: told '{request}', saving")
        try:
            await asyncio.sleep(size)
            print(f"  {document}: saved")
        except asyncio.CancelledError as order:
            print(f"  {document}: told '{order}', the changes are lost")
            raise
        raise


async def close(editor: asyncio.Task[None], patience: float) -> None:
    editor.cancel("please close")
    await asyncio.wait([editor], timeout=patience)
    if not editor.done():
        print(f"  main: {patience} s are over")
        editor.cancel("close now")
        await asyncio.wait([editor])
    print(f"  main: {'closed' if editor.cancelled() else 'left open'}")


async def main() -> None:
    for document, size in (("a letter", 0.2), ("a novel", 3)):
        print(f"closing {document}")
        editor = asyncio.create_task(edit(document, size))
        await asyncio.sleep(0.1)
        await close(editor, patience=0.5)


asyncio.run(main())

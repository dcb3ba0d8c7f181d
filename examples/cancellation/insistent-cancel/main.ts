// A second cancel interrupts even the cleanup that the first one began. So the program closes an editor with one
// cancel, gives it time to save, and cancels again only after that time. The error carries the message given to
// `cancel`, which tells the editor how urgent it is.
import * as asyncio from "yieldstar";

function* edit(document: string, size: number): asyncio.Coroutine {
  try {
    yield* asyncio.sleep(60);
  } catch (request) {
    if (!(request instanceof asyncio.CancelledError)) throw request;
    console.log(`  ${document}: told '${request.message}', saving`);
    try {
      yield* asyncio.sleep(size);
      console.log(`  ${document}: saved`);
    } catch (order) {
      if (!(order instanceof asyncio.CancelledError)) throw order;
      console.log(`  ${document}: told '${order.message}', the changes are lost`);
      throw order;
    }
    throw request;
  }
}

function* close(editor: asyncio.Task<void>, patience: number): asyncio.Coroutine {
  editor.cancel("please close");
  yield* asyncio.wait([editor], { timeout: patience });
  if (!editor.done()) {
    console.log(`  main: ${patience} s are over`);
    editor.cancel("close now");
    yield* asyncio.wait([editor]);
  }
  console.log(`  main: ${editor.cancelled() ? "closed" : "left open"}`);
}

function* main(): asyncio.Coroutine {
  for (const [document, size] of [
    ["a letter", 0.2],
    ["a novel", 3],
  ] as const) {
    console.log(`closing ${document}`);
    const editor = asyncio.createTask(edit(document, size));
    yield* asyncio.sleep(0.1);
    yield* close(editor, 0.5);
  }
}

await asyncio.run(main());

// A program in a page: the packages' types must need no types of Node, and no library besides ES2022 and DOM.

import { runVirtual } from "@yieldstar/testing";
import * as asyncio from "yieldstar";

function* main(signal: AbortSignal): asyncio.Coroutine<string> {
  return yield* asyncio.asyncWith(new asyncio.AsyncExitStack(), function* (stack) {
    stack.enterContext(new asyncio.ContextVar<string>("user").set("alpha"));
    yield* asyncio.once(signal, "abort");
    return "done";
  }) as asyncio.Coroutine<string>;
}

export const virtual: string = runVirtual(main(new AbortController().signal));
export const real: Promise<string> = asyncio.run(main(new AbortController().signal));

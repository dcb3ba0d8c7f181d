import type { Coroutine } from "@yieldstar/loop";
import { VirtualTimeLoop } from "@yieldstar/testing";
import type { Print } from "../../../src/same.ts";

/** A port for `sameScript` that runs `main` on a loop which `block` keeps busy, as `time.sleep` does in Python. */
export function blocking(main: (print: Print, block: (seconds: number) => void) => Coroutine): (print: Print) => void {
  return (print) => {
    let blockedUntil = 0;
    class BlockableLoop extends VirtualTimeLoop {
      override time(): number {
        return Math.max(super.time(), blockedUntil);
      }
    }
    const loop = new BlockableLoop();
    const block = (seconds: number): void => {
      blockedUntil = loop.time() + seconds;
    };
    loop.runUntilComplete(main(print, block));
    loop.close();
  };
}

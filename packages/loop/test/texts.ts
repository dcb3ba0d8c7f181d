import { Future } from "@yieldstar/loop";
import { VirtualTimeLoop } from "@yieldstar/testing";

/** The text of a future with `result`: it limits the numbers of members and of characters. */
export function abbreviated(result: unknown): string {
  const future = new Future<unknown>({ loop: new VirtualTimeLoop() });
  future.setResult(result);
  return String(future);
}

/** A chain of `levels` objects, each of which names the next twice. */
export function sharing(levels: number): object {
  let shared: object = {};
  for (let level = 0; level < levels; level += 1) shared = { left: shared, right: shared };
  return shared;
}

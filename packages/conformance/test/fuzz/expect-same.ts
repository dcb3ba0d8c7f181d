import type { Divergence } from "../../src/fuzz/compare.ts";
import { show } from "../../src/fuzz/show.ts";

/** Fails with both programs and both traces. */
export function expectSame(divergence: Divergence | undefined): void {
  if (divergence !== undefined) throw new Error(`the port does not do what Python does\n\n${show(divergence)}`);
}

import type { Divergence } from "./compare.ts";
import { printPort } from "./print-port.ts";
import { printPython } from "./print-python.ts";
import { linesOf } from "./program.ts";
import { sideBySide } from "./side-by-side.ts";

/** Shows a divergence for a person: both programs, both traces, and the tree to keep as a regression. */
export function show({ program, marking, python, port }: Divergence): string {
  return [
    "In Python:",
    "",
    printPython(program),
    "In TypeScript:",
    "",
    printPort(program),
    `What they did, with ${marking} of the functions marked:`,
    "",
    sideBySide(linesOf(python), linesOf(port)),
    "",
    "To be kept in test/fuzz/regressions.test.ts:",
    "",
    JSON.stringify(program),
    "",
  ].join("\n");
}

/**
 * `npm run python -- FILE.py`, or `-c CODE`: runs Python on the virtual clock.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { loadOracle } from "./oracle.ts";

const [first, code] = process.argv.slice(2);

if (first === undefined || (first === "-c" && code === undefined)) {
  console.error("usage: python FILE.py | -c CODE");
  process.exitCode = 2;
} else {
  const oracle = await loadOracle();
  const program =
    first === "-c"
      ? oracle.run(code ?? "", { filename: "<string>" })
      : oracle.run(readFileSync(first, "utf8"), { filename: first });
  process.stdout.write(program.stdout);
  process.stderr.write(program.stderr);
  // As in Python, SystemExit ends a program quietly.
  if (program.exception && program.exception.type !== "SystemExit") {
    process.stderr.write(program.exception.traceback);
  }
  process.exitCode = program.exitCode;
}

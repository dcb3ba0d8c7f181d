import { existsSync, readdirSync, readFileSync } from "node:fs";
import { markedQuery } from "./mark-all.ts";
import { loadOracle, type ProgramRun } from "./oracle.ts";
import { type PortRun, runPort } from "./port.ts";
import { expectSameTranscript } from "./transcript.ts";

/** A folder that holds a program as `main.py` and its port as `main.ts`. */
export interface Example {
  readonly name: string;
  readonly python: URL;
  readonly port: URL;
}

/**
 * The pairs in `folder`. A `main.py` without a port, or a port without a `main.py`, counts as a pair, and running it
 * fails. An example with its own test, `NAME/NAME.test.ts`, does not count: it needs more than the virtual clock.
 */
export function examplesIn(folder: URL): Example[] {
  return readdirSync(folder)
    .filter((name) => !existsSync(new URL(`${name}/${name}.test.ts`, folder)))
    .map((name) => ({ name, python: new URL(`${name}/main.py`, folder), port: new URL(`${name}/main.ts`, folder) }))
    .filter(({ python, port }) => existsSync(python) || existsSync(port));
}

/**
 * Runs both programs on virtual clocks and expects the same output and the same ending; also when all generator functions
 * of the port are marked.
 */
export async function expectSameRun({ name, python, port }: Example): Promise<void> {
  const oracle = await loadOracle();
  const pythonRun = oracle.run(readFileSync(python, "utf8"), { filename: `${name}/main.py` });
  for (const query of ["", markedQuery]) {
    const portRun = await runPort(new URL(query, port));
    try {
      expectSameTranscript(`${name}${query}`, transcriptOfPython(pythonRun), transcriptOfPort(portRun));
    } catch (error) {
      throw withTracebacks(error as Error, pythonRun, portRun);
    }
  }
}

function transcriptOfPython({ stdout, exception }: ProgramRun): string {
  return exception ? `${stdout}(ended by ${exception.type})\n` : stdout;
}

function transcriptOfPort({ stdout, uncaught }: PortRun): string {
  return uncaught ? `${stdout}(ended by ${uncaught.name})\n` : stdout;
}

function withTracebacks(error: Error, { exception }: ProgramRun, { uncaught }: PortRun): Error {
  if (exception) error.message += `\n\nPython: ${exception.traceback.trimEnd()}`;
  if (uncaught) error.message += `\n\nPort: ${uncaught.stack}`;
  return error;
}

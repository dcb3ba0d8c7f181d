import { readFileSync } from "node:fs";
import { loadOracle, type Oracle } from "../oracle.ts";
import type { Program, Trace } from "./program.ts";

/** Runs programs on CPython's asyncio, many in a call: starting a program costs more than running it. */
export type PythonSide = (programs: readonly Program[]) => Trace[];

const module = "yieldstar_fuzz";

let loading: Promise<PythonSide> | undefined;

/** Loads the interpreter into the oracle, once. */
export function loadPythonSide(): Promise<PythonSide> {
  loading ??= loadOracle().then(install);
  return loading;
}

function install(oracle: Oracle): PythonSide {
  const source = readFileSync(new URL("interpreter.py", import.meta.url), "utf8");
  runOrThrow(
    oracle,
    [
      "import sys, types",
      `module = sys.modules["${module}"] = types.ModuleType("${module}")`,
      `exec(compile(${pythonString(source)}, "interpreter.py", "exec"), module.__dict__)`,
    ].join("\n"),
  );
  return (programs) => {
    const text = runOrThrow(
      oracle,
      [
        `import json, ${module}`,
        `print(${module}.run_batch(json.loads(${pythonString(JSON.stringify(programs))})))`,
      ].join("\n"),
    );
    return (JSON.parse(text) as Trace[]).map(withNamesFromOne);
  };
}

function runOrThrow(oracle: Oracle, source: string): string {
  const { stdout, exception } = oracle.run(source, { filename: "fuzz.py" });
  if (exception)
    throw new Error(
      `the Python side of the fuzzer failed\n\n${exception.traceback.replaceAll(/(?<=^.{200}).*$/gm, "…")}`,
    );
  return stdout;
}

/** JSON strings are valid in Python too, except outside of the first Unicode plane, which no program uses. */
function pythonString(text: string): string {
  return JSON.stringify(text);
}

/** Python counts task names on from program to program. The first line is the main task's, which has the first name. */
function withNamesFromOne({ events, reports, tasks, ...rest }: Trace): Trace {
  const [, first = "1"] = /^\S+ Task-(\d+): /.exec(events[0] ?? "") ?? [];
  const rename = (line: string): string =>
    line.replaceAll(/\bTask-(\d+)/g, (_, number: string) => `Task-${Number(number) - Number(first) + 1}`);
  return { events: events.map(rename), reports: reports.map(rename).sort(), tasks: tasks.map(rename), ...rest };
}

import type { ProgramName } from "./programs.ts";
import { type Outcome, type Report, type Run, runProgram } from "./run-program.ts";

/** The message from the page. */
export type ToWorker = { readonly start: ProgramName } | "cancel";

/** The answer of the worker. */
export type FromWorker = Report | { readonly outcome: Outcome };

let run: Run | undefined;

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  if (data === "cancel") run?.cancel();
  else void start(data.start);
});

async function start(name: ProgramName): Promise<void> {
  run = runProgram(name, answer);
  answer({ outcome: await run.ended });
}

function answer(message: FromWorker): void {
  postMessage(message);
}

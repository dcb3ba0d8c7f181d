import type { ProgramName } from "./programs.ts";
import type { Outcome, Report, Run } from "./run-program.ts";
import type { FromWorker, ToWorker } from "./worker.ts";

/** Runs a program in a new worker, and reports to `listen` what it does. */
export function runInWorker(name: ProgramName, listen: (report: Report) => void): Run {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has none
  const send = (message: ToWorker): void => worker.postMessage(message);
  const ended = new Promise<Outcome>((resolve) => {
    function end(outcome: Outcome): void {
      worker.terminate();
      resolve(outcome);
    }
    worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => {
      if ("outcome" in data) end(data.outcome);
      else listen(data);
    });
    worker.addEventListener("error", ({ message }) => end(`failed: ${message}`));
  });
  send({ start: name });
  return { cancel: () => send("cancel"), ended };
}

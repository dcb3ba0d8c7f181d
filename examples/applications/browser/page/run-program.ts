import * as asyncio from "yieldstar";
import { type ProgramName, programs } from "./programs.ts";
import type { TaskEvent } from "./task-events.ts";
import { watchedTasks } from "./watched-tasks.ts";

/** A program that runs. */
export interface Run {
  /** Cancels its main task, at the `yield*` where that waits. */
  cancel(): void;
  /** How it has ended, once it has. */
  readonly ended: Promise<Outcome>;
}

/** How a program has ended, in words. */
export type Outcome = "done" | "cancelled" | `failed: ${string}`;

/** What a program has done since the last report. */
export interface Report {
  readonly events: readonly TaskEvent[];
  readonly printed: readonly string[];
}

/** So many tasks have a lane. */
const lanes = 24;

/** For how long a report is collected, in milliseconds: nobody sees more of them than frames. */
const frame = 16;

/** Runs a program here, be that a page or a worker, and tells `listen` what it does. */
export function runProgram(name: ProgramName, listen: (report: Report) => void): Run {
  const reporter = new Reporter(listen);
  const runner = new asyncio.Runner();
  const loop = runner.getLoop();
  loop.setTaskFactory(watchedTasks(lanes, (event) => reporter.add(event)));
  const main = loop.createTask(
    programs[name].main((line) => reporter.print(line)),
    { name: "main" },
  );

  async function end(): Promise<Outcome> {
    try {
      await loop.runUntilComplete(main);
      return "done";
    } catch (error) {
      return error instanceof asyncio.CancelledError ? "cancelled" : `failed: ${error}`;
    } finally {
      loop.setTaskFactory(undefined); // The program makes no more tasks, only the shutdown does.
      await runner.close();
      reporter.flush();
    }
  }

  return { cancel: () => main.cancel(), ended: end() };
}

/** Collects what there is to report, and hands it on once in a frame. */
class Reporter {
  readonly #listen: (report: Report) => void;
  #events: TaskEvent[] = [];
  #printed: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(listen: (report: Report) => void) {
    this.#listen = listen;
  }

  add(event: TaskEvent): void {
    this.#events.push(event);
    this.#flushSoon();
  }

  print(line: string): void {
    this.#printed.push(line);
    this.#flushSoon();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#listen({ events: this.#events, printed: this.#printed });
    this.#events = [];
    this.#printed = [];
  }

  #flushSoon(): void {
    this.#timer ??= setTimeout(() => this.flush(), frame);
  }
}

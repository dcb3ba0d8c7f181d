import * as asyncio from "yieldstar";
import { type ProgramName, programs } from "./programs.ts";
import type { TaskEvent } from "./task-events.ts";
import { watchedTasks } from "./watched-tasks.ts";

/** A running program. */
export interface Run {
  /** Cancels its main task, at the `yield*` where it waits. */
  cancel(): void;
  /** Settles with how the program ended, in words. */
  readonly ended: Promise<Outcome>;
}

/** How a program has ended, in words. */
export type Outcome = "done" | "cancelled" | `failed: ${string}`;

/** The events of a program since the last report. */
export interface Report {
  readonly events: readonly TaskEvent[];
  readonly printed: readonly string[];
}

/** How many tasks have a lane. */
const lanes = 24;

/** How long a report is collected, in milliseconds: one per frame is enough. */
const frame = 16;

/** Runs a program here, in a page or a worker, and reports to `listen` what it does. */
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
      loop.setTaskFactory(undefined); // From here on only the shutdown makes tasks, not the program.
      await runner.close();
      reporter.flush();
    }
  }

  return { cancel: () => main.cancel(), ended: end() };
}

/** Collects events, and passes them on once per frame. */
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

import type * as asyncio from "yieldstar";
import { main as deadline } from "./programs/deadline.ts";
import { main as fanOut } from "./programs/fan-out.ts";
import { main as queue } from "./programs/queue.ts";
import { main as spin } from "./programs/spin.ts";

interface Program {
  readonly title: string;
  main(print: (line: string) => void): asyncio.Coroutine;
}

/** The name of the program's file. */
export type ProgramName = "deadline" | "fan-out" | "queue" | "spin";

export const programs: Readonly<Record<ProgramName, Program>> = {
  deadline: { title: "The handbook’s: a deadline and a group", main: deadline },
  "fan-out": { title: "A fan-out with a timeout", main: fanOut },
  queue: { title: "A queue with workers", main: queue },
  spin: { title: "Ten thousand spinning coroutines", main: spin },
};

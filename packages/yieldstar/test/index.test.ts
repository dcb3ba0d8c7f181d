import * as asyncgen from "@yieldstar/asyncgen";
import * as loop from "@yieldstar/loop";
import * as sync from "@yieldstar/sync";
import * as taskgroup from "@yieldstar/taskgroup";
import { runVirtual } from "@yieldstar/testing";
import * as timeout from "@yieldstar/timeout";
import { describe, expect, it } from "vitest";
import * as asyncio from "yieldstar";

/** Exports for the other packages, and for authors of loops; a program does not need them. */
const forAuthors = new Set([
  "andMore",
  "chain",
  "className",
  "Completion",
  "cut",
  "Fifo",
  "fromWebError",
  "hintToCall",
  "immediate",
  "isErrorClass",
  "isPromiseLike",
  "nameClass",
  "nameErrorClass",
  "nameOf",
  "nameOfType",
  "onAbort",
  "passing",
  "printOnce",
  "readOptions",
  "reportFromOutside",
  "readToPromiseOptions",
  "repr",
  "reprFloat",
  "requireCallback",
  "showAsText",
  "shutdown",
  "textLimits",
  "toException",
  "toText",
  "typeName",
]);

describe("the flat namespace", () => {
  const parts: Record<string, unknown> = { ...asyncgen, ...loop, ...sync, ...taskgroup, ...timeout };

  it("has every name of the packages, and no other", () => {
    const names = Object.keys(parts).filter((name) => !forAuthors.has(name));
    expect(Object.keys(asyncio).sort()).toEqual(names.sort());
  });

  it("exports the packages' own objects under these names", () => {
    for (const [name, value] of Object.entries(asyncio)) expect(value).toBe(parts[name]);
  });

  it("is enough for a program", () => {
    function* worker(queue: asyncio.Queue<number>): asyncio.Coroutine<number> {
      let sum = 0;
      while (!queue.empty()) sum += yield* queue.get();
      return sum;
    }
    const main = function* (): asyncio.Coroutine<number> {
      const queue = new asyncio.Queue<number>();
      for (const item of [1, 2, 3]) queue.putNowait(item);
      const task = yield* asyncio.asyncWith([asyncio.timeout(1), new asyncio.TaskGroup()], function* ([, group]) {
        return group.createTask(worker(queue));
      });
      return task.result();
    };
    expect(runVirtual(main())).toBe(6);
  });
});

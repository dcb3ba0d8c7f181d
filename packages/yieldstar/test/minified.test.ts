import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";

const packages = fileURLToPath(new URL("../..", import.meta.url));
const entry = process.env["MODE"] === "dist" ? "dist/index.js" : "src/index.ts";
const names = ["loop", "taskgroup", "timeout", "sync", "asyncgen", "testing"];

/** Prints the text of one object of each class that has one, and the names of all classes. */
const program = `
  import * as asyncio from "yieldstar";
  import { runVirtual, VirtualTimeLoop } from "@yieldstar/testing";
  import { repr } from "@yieldstar/loop";
import { nameOfType } from "@yieldstar/loop/internal";
  import { inspect } from "node:util";

  const own = class OwnTask extends asyncio.Task {};
  Object.defineProperty(own, "name", { value: "OwnTask" });
  const texts = [];
  const show = (...values) => texts.push(...values.map(String));
  function* cycle(which) {
    yield* asyncio.sleep(0);
    yield* which();
  }
  function* main() {
    const loop = asyncio.getRunningLoop();
    const task = asyncio.createTask(asyncio.sleep(1), { name: "task" });
    asyncio.gather([task]);
    asyncio.shield(task);
    const waiting = [asyncio.wait([task]), asyncio.asCompleted([task]).next().value].map((each) => asyncio.createTask(each));
    yield* asyncio.sleep(0.5);
    show(loop, task, ...waiting, asyncio.gather([task]), new own(asyncio.sleep(1), { name: "own" }));
    show(new asyncio.Queue(), new asyncio.LifoQueue(), new asyncio.PriorityQueue(), new asyncio.Lock());
    show(new asyncio.Event(), new asyncio.Condition(), new asyncio.Semaphore(), new asyncio.BoundedSemaphore());
    show(new asyncio.Barrier(2), asyncio.timeout(1), loop.callSoon(() => {}), loop.callLater(1, () => {}));
    show(new asyncio.ContextVar("v"), new asyncio.Context(), new asyncio.ContextVar("w").set(1), asyncio.events(new EventTarget(), "e"));
    const manager = asyncio.asyncContextManager(function* (emit) { yield* emit(1); });
    const iterable = { [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true }) }) };
    const managers = [asyncio.abortOnCancel(), manager(), asyncio.aiter(iterable), asyncio.toAsyncIterable(asyncio.asyncGenerator(function* () {})())];
    void task.toPromise();
    void asyncio.toPromise(task);
    show(...managers.map((each) => repr(each)), ...managers.map(nameOfType), task);
    yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (group) {
      show(group, group.createTask(asyncio.sleep(0), { name: "member" }));
    });
    yield* asyncio.sleep(5);
  }
  runVirtual(main());
  const errors = [new asyncio.CancelledError(), new asyncio.QueueFull(), new asyncio.BrokenBarrierError("b")];
  const group = new asyncio.BaseExceptionGroup("g", [...errors, new asyncio.ExceptionGroup("h", [new asyncio.ValueError("v")])]);
  show(repr(group), inspect(group).replaceAll(/\\n[ |]*at .*/g, ""), ...errors.map((each) => each.name), ...errors.map(nameOfType));
  try {
    let first, second;
    new VirtualTimeLoop().runUntilComplete((function* () {
      first = asyncio.createTask(cycle(() => asyncio.gather([second])), { name: "first" });
      second = asyncio.createTask(cycle(() => first), { name: "second" });
      yield* asyncio.waitFor(first, null);
    })());
  } catch (error) {
    show(error);
  }
  for (const exported of Object.values({ ...asyncio, VirtualTimeLoop })) {
    if (typeof exported === "function" && /^class\\b/.test(Function.prototype.toString.call(exported))) show(nameOfType(Object.create(exported.prototype)));
  }
  console.log(JSON.stringify(texts));
  process.exit();
`;

/** The output of the program, bundled as for a page. */
async function printedWhen(minify: boolean): Promise<string[]> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: packages },
    alias: {
      yieldstar: `${packages}/yieldstar/${entry}`,
      "@yieldstar/loop/internal": `${packages}/loop/${entry.replace("index", "internal")}`,
      ...Object.fromEntries(names.map((name) => [`@yieldstar/${name}`, `${packages}/${name}/${entry}`])),
    },
    bundle: true,
    external: ["node:*"],
    format: "esm",
    logLevel: "error",
    minify,
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2022",
    write: false,
  });
  const input = outputFiles[0]?.text ?? "";
  const stdout = execFileSync(process.execPath, ["--input-type=module"], { encoding: "utf8", input, stdio: "pipe" });
  return JSON.parse(stdout) as string[];
}

describe("a minified program", () => {
  it("prints the same as the original", async () => {
    const [plain, minified] = [await printedWhen(false), await printedWhen(true)];
    expect(plain.length).toBeGreaterThan(80);
    expect(minified).toEqual(plain);
    expect(plain).toContain("<Lock [unlocked]>");
    expect(plain.join("\n")).toContain("these tasks wait for each other:\n  'first' -> 'second' -> 'first'\n");
  });
});

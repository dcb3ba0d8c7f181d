import {
  ContextVar,
  type Coroutine,
  createTask,
  Future,
  gather,
  getRunningLoop,
  repr,
  shield,
  sleep,
} from "@yieldstar/loop";
import { ExceptionGroup } from "@yieldstar/taskgroup";
import { inspect } from "node:util";
import { describe, it } from "vitest";
import { same, sameScript } from "../src/same.ts";

/** Removes what only one side knows about a coroutine, and addresses and places. */
const python = (text: string): string => `
  import re, traceback

  def show(value):
      text = re.sub(r" at 0x[0-9a-f]+| at [^ ,\\]]+:\\d+", "", repr(value))
      print(re.sub(r"coro=<[^>]*(<locals>)?[^>]*>", "coro", text))

  def finished(result):
      future = asyncio.get_running_loop().create_future()
      future.set_result(result)
      return future
${text}`;

const shown = (value: unknown): string => String(value).replaceAll(/coro=<[^>]*>/g, "coro");

function finished(result: unknown): Future<unknown> {
  const future = getRunningLoop().createFuture<unknown>();
  future.setResult(result);
  return future;
}

describe("a repr is CPython's", () => {
  it("of a future whose result holds itself, or the future", async () => {
    const program = python(`
  async def main():
      array = []
      array.append(array)
      show(finished(array))
      tree = {"name": "root"}
      tree["root"] = tree
      show(finished(tree))
      for holder in [], [[1]]:
          future = finished(holder)
          holder.append(future)
          show(future)
      future = asyncio.Future()
      future.set_result(future)
      show(future)
      failed = asyncio.Future()
      failed.set_exception(ValueError(failed))
      show(failed)
      failed.exception()
`);
    await same(program, function* (print) {
      const array: unknown[] = [];
      array.push(array);
      print(shown(finished(array)));
      const tree: Record<string, unknown> = { name: "root" };
      tree["root"] = tree;
      print(shown(finished(tree)));
      for (const holder of [[], [[1]]] as unknown[][]) {
        const future = finished(holder);
        holder.push(future);
        print(shown(future));
      }
      const future = new Future<unknown>();
      future.setResult(future);
      print(shown(future));
      const failed = new Future<unknown>();
      const error = new Error();
      failed.setException(Object.assign(error, { name: "ValueError", args: [failed] }));
      print(shown(failed));
      failed.exception();
    });
  });

  it("of a future whose result is long or deep", async () => {
    const program = python(`
  async def main():
      deep = 1
      for _ in range(9):
          deep = [deep]
      keyed = 1
      for _ in range(9):
          keyed = {"key": keyed}
      for result in (
          deep, keyed, list(range(6)), list(range(7)), {"b": 1, "a": 2}, dict.fromkeys("edcba", 0), [[]] * 7,
          "x" * 27, "x" * 28, "x" * 29, "x" * 30, "x" * 31, "it's" + "y" * 50, "\\n" * 20, "\\t'\\"" * 9, "\\x1b\\x7f\\xa0",
          10 ** 38, 10 ** 39, 10 ** 40, 10 ** 100, [ValueError("x" * 50)], ValueError("y" * 50), [1, [2, {"3": [4] * 9}]],
      ):
          show(finished(result))
`);
    await same(program, function* (print) {
      let deep: unknown = 1;
      for (let depth = 0; depth < 9; depth += 1) deep = [deep];
      let keyed: unknown = 1;
      for (let depth = 0; depth < 9; depth += 1) keyed = { key: keyed };
      const error = (message: string): Error => Object.assign(new Error(message), { name: "ValueError" });
      const array = [0, 1, 2, 3, 4, 5];
      const texts = [27, 28, 29, 30, 31].map((length) => "x".repeat(length));
      const keys = { e: 0, d: 0, c: 0, b: 0, a: 0 };
      const empty = [[], [], [], [], [], [], []];
      const errors = [[error("x".repeat(50))], error("y".repeat(50))];
      const nested = [1, [2, { 3: [4, 4, 4, 4, 4, 4, 4, 4, 4] }]];
      const odd = [`it's${"y".repeat(50)}`, "\n".repeat(20), "\t'\"".repeat(9), "\x1b\x7f\xa0"];
      const numbers = [10n ** 38n, 10n ** 39n, 10n ** 40n, 10n ** 100n];
      const results = [deep, keyed, array, [...array, 6], { b: 1, a: 2 }, keys, empty, texts, odd, numbers, errors];
      results.splice(-4, 4, ...texts, ...odd, ...numbers, ...errors);
      results.push(nested);
      for (const result of results) print(shown(finished(result)));
    });
  });

  it("of tasks that await tasks, and each other", async () => {
    // Cancelling the last two, as a runner would, ends this CPython.
    const program = python(`
  async def wait_for(name):
      await asyncio.sleep(0)
      await tasks[name]

  tasks = {}

  async def main():
      tasks["end"] = asyncio.Future()
      for name, awaited in ("a", "end"), ("b", "a"), ("c", "b"), ("A", "B"), ("B", "A"):
          tasks[name] = asyncio.create_task(wait_for(awaited), name=name)
      await asyncio.sleep(1)
      for task in tasks.values():
          show(task)
      gathering, shielded = asyncio.gather(tasks["A"]), asyncio.shield(tasks["c"])
      show([tasks["A"], gathering, shielded])

  loop = asyncio.new_event_loop()
  loop.run_until_complete(main())
`);
    await sameScript(program, (print, newLoop) => {
      const tasks: Record<string, Future<void>> = {};
      function* waitFor(name: string): Coroutine {
        yield* sleep(0);
        yield* tasks[name] as Future<void>;
      }
      function* main(): Coroutine {
        tasks["end"] = new Future<void>();
        for (const [name = "", awaited = ""] of ["a end", "b a", "c b", "A B", "B A"].map((each) => each.split(" "))) {
          tasks[name] = createTask(waitFor(awaited), { name });
        }
        yield* sleep(1);
        for (const task of Object.values(tasks)) print(shown(task));
        const gathering = gather([tasks["A"] as Future<void>]);
        const shielded = shield(tasks["c"] as Future<void>);
        print(shown(repr([tasks["A"], gathering, shielded])));
      }
      newLoop().runUntilComplete(main());
    });
  });

  it("of a context variable whose default holds it", async () => {
    const program = python(`
  async def main():
      holder = []
      variable = contextvars.ContextVar("a", default=holder)
      holder.append(variable)
      show(variable)
      show(holder)
`);
    await same(program, function* (print) {
      const holder: unknown[] = [];
      const variable = new ContextVar("a", { default: holder });
      holder.push(variable);
      print(shown(variable));
      print(shown(repr(holder)));
    });
  });
});

describe("the printed tree of a group is CPython's", () => {
  const program = (text: string): string => `
  import traceback

  def show(error):
      print("".join(traceback.format_exception(error)).rstrip())
${text}`;

  const tree = (group: Error): string =>
    inspect(group)
      .split("\n")
      .filter((line) => !/^[ |]*at /.test(line))
      .join("\n");

  const valueError = (message: string): Error => Object.assign(new Error(message), { name: "ValueError" });

  it("down to ten levels", async () => {
    const python14 = program(`
  async def main():
      group = ValueError("leaf")
      for level in range(14):
          group = ExceptionGroup(f"g{level}", [group, ValueError(level)])
      show(group)
`);
    await same(python14, function* (print) {
      let group: Error = valueError("leaf");
      for (let level = 0; level < 14; level += 1) {
        group = new ExceptionGroup(`g${level}`, [group, valueError(String(level))]);
      }
      print(tree(group));
    });
  });

  it.each([15, 16, 40])("with up to fifteen of %i members", async (count) => {
    const members = program(`
  async def main():
      show(ExceptionGroup("g", [ValueError(index) for index in range(${count})]))
`);
    await same(members, function* (print) {
      print(
        tree(
          new ExceptionGroup(
            "g",
            Array.from({ length: count }, (_, index) => valueError(String(index))),
          ),
        ),
      );
    });
  });

  it("when errors have each other, themselves, or their group as causes", async () => {
    const causes = program(`
  async def main():
      one, two = ValueError("one"), ValueError("two")
      one.__cause__, two.__cause__ = two, one
      show(ExceptionGroup("g", [one, two]))
      own = ValueError("own")
      own.__cause__ = own
      show(ExceptionGroup("g", [own, own]))
      member = ValueError("member")
      group = ExceptionGroup("g", [member])
      member.__cause__ = group
      show(group)
`);
    await same(causes, function* (print) {
      const [one, two] = [valueError("one"), valueError("two")];
      one.cause = two;
      two.cause = one;
      print(tree(new ExceptionGroup("g", [one, two])));
      const own = valueError("own");
      own.cause = own;
      print(tree(new ExceptionGroup("g", [own, own])));
      const member = valueError("member");
      const group = new ExceptionGroup("g", [member]);
      member.cause = group;
      print(tree(group));
    });
  });
});

import {
  asCompleted,
  type Coroutine,
  createTask,
  DeadlockError,
  Future,
  gather,
  getRunningLoop,
  shield,
  sleep,
  type Task,
  wait,
} from "@yieldstar/loop";
import { VirtualTimeLoop } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";

type Waits = (others: readonly Task<unknown>[]) => Coroutine<unknown>;

/**
 * The lines of the `DeadlockError` that a program ends with. The loop is not closed: closing would report each task.
 */
function linesOf(main: () => Coroutine<unknown>, isDebugging = false): string[] {
  const loop = new VirtualTimeLoop();
  loop.setDebug(isDebugging);
  loop.slowCallbackDuration = Infinity;
  try {
    loop.runUntilComplete(main());
  } catch (error) {
    if (error instanceof DeadlockError) return error.message.split("\n");
    throw error;
  }
  throw new Error("there was no deadlock");
}

/** A program of tasks in a ring, each of which waits, in some way, for the next. */
function ring(names: readonly string[], waits: Waits): () => Coroutine {
  return function* () {
    const tasks: Task<unknown>[] = [];
    function* link(index: number): Coroutine {
      yield* sleep(0);
      yield* waits([tasks[(index + 1) % tasks.length] as Task<unknown>]);
    }
    for (const [index, name] of names.entries()) tasks.push(createTask(link(index), { name }));
    yield* tasks[0] as Task<unknown>;
  };
}

function* directly([other]: readonly Task<unknown>[]): Coroutine {
  yield* other as Task<unknown>;
}

const first = "nothing is ready and no timer is set, but these tasks wait for each other:";

describe("the message of a deadlock", () => {
  const ways: [way: string, waits: Waits][] = [
    ["yield*", directly],
    ["gather", (others) => gather(others) as unknown as Coroutine<unknown>],
    ["gather in gather", (others) => gather([gather(others), sleep(0)]) as unknown as Coroutine<unknown>],
    ["shield", ([other]) => shield(other as Task<unknown>) as unknown as Coroutine<unknown>],
    ["wait", (others) => wait(others)],
    ["asCompleted", (others) => asCompleted(others).next().value as Coroutine<unknown>],
  ];

  it.each(ways)("names tasks that wait for each other through %s", (_, waits) => {
    const lines = linesOf(ring(["a", "b", "c"], waits));
    expect(lines.slice(0, 3)).toEqual([first, "  'a' -> 'b' -> 'c' -> 'a'", "these tasks are pending:"]);
    expect(lines.slice(3, -1).map((line) => /name='(.*?)'/.exec(line)?.[1])).toEqual([
      expect.stringMatching(/^Task-\d+$/),
      "a",
      "b",
      "c",
    ]);
  });

  it("names a task that waits for itself indirectly", () => {
    expect(linesOf(ring(["own"], (others) => wait(others)))[1]).toBe("  'own' -> 'own'");
  });

  it("names several rings", () => {
    const lines = linesOf(function* () {
      for (const names of ["ab", "cd", "ef", "gh", "ij"]) createTask(ring(names.split(""), directly)());
      yield* new Future<void>();
    });
    expect(lines.slice(1, 5)).toEqual([
      "  'a' -> 'b' -> 'a'",
      "  'c' -> 'd' -> 'c'",
      "  'e' -> 'f' -> 'e'",
      "these tasks are pending:",
    ]);
  });

  it("begins with the pending tasks when none of them wait for each other, and names what each awaits", () => {
    const lines = linesOf(function* () {
      const future = getRunningLoop().createFuture<void>();
      const one = createTask(directly([future as Task<unknown>]), { name: "one" });
      const two = createTask(directly([one]), { name: "two" });
      yield* gather([createTask(directly([two]), { name: "three" }), two, one]);
    });
    expect(lines.slice(0, -1).map((line) => line.replace(/'Task-\d+'/, "'main'"))).toEqual([
      "nothing is ready and no timer is set, but these tasks are pending:",
      expect.stringMatching(/^ {2}<Task pending name='main' .* wait_for=<_GatheringFuture pending /),
      expect.stringMatching(/^ {2}<Task pending name='one' .* wait_for=<Future pending cb=\[Task.task_wakeup\(\)\]>/),
      expect.stringMatching(/^ {2}<Task pending name='two' .* wait_for=<Task pending name='one' \.\.\.> /),
      expect.stringMatching(/^ {2}<Task pending name='three' .* wait_for=<Task pending name='two' \.\.\.> /),
    ]);
  });

  it.each([100, 400])("grows with the number of tasks in a chain: %i", (count) => {
    const { length } = linesOf(chain(count)).join("");
    expect(length / count).toBeGreaterThan(100);
    expect(length / count).toBeLessThan(150);
  });

  it("of a chain of 100,000 tasks names some of them, and the number of the others", () => {
    const lines = linesOf(chain(100_000));
    expect(lines).toHaveLength(503);
    expect(lines.at(-2)).toBe("  … and 99501 more");
  });

  it("of a ring of 100,000 tasks names part of the ring", () => {
    const names = Array.from({ length: 100_000 }, (_, index) => `t${index}`);
    const lines = linesOf(ring(names, (others) => gather(others) as unknown as Coroutine<unknown>));
    expect(lines[1]).toMatch(/^ {2}'t0' -> 't1' -> .* -> 't19' -> … and 99980 more -> 't0'$/);
    expect(lines.length).toBeLessThan(506);
    expect(lines.at(-2)).toMatch(/^ {2}… and 99\d{3} more$/);
  });

  it("of 50,000 tasks behind asCompleted comes at once", { timeout: 20_000 }, () => {
    const lines = linesOf(function* () {
      const tasks = Array.from({ length: 50_000 }, () => createTask(sleep(Infinity)));
      yield* wait(Array.from(asCompleted(tasks), (next) => createTask(next)));
    });
    expect(lines.at(-2)).toBe("  … and 99501 more");
  });

  it("skips callbacks of the user's that throw when they are inspected", () => {
    const odd = new Proxy(() => {}, {
      get() {
        throw new Error("from a trap");
      },
    });
    const lines = linesOf(function* () {
      const task = createTask(sleep(Infinity), { name: "t" });
      task.addDoneCallback(odd);
      yield* task;
    });
    expect(lines.join("\n")).toContain("name='t' coro=<coroutine object sleep> wait_for=");
    expect(lines.join("\n")).toContain("cb=[<unprintable function object>(), ");
  });

  // The last test: after it this file runs in debug mode, where everything is slow.
  it("says what debug mode would add, when it is off", () => {
    const program = ring(["a", "b"], directly);
    expect(linesOf(program).at(-1)).toBe(
      "(hint: debug mode adds where each task waits: set YIELDSTAR_DEBUG=1 in the environment, or runVirtual(main(), { debug: true }))",
    );
    const lines = linesOf(program, true);
    expect(lines.join("\n")).not.toContain("hint");
    expect(lines.at(-1)).toContain("coro=<link() running at ");
  });
});

/** A program of tasks that each wait for the one before; the first waits for ever. */
function chain(count: number): () => Coroutine {
  return function* () {
    let last: Future<unknown> = getRunningLoop().createFuture<unknown>();
    for (let index = 0; index < count; index += 1) last = createTask(directly([last as Task<unknown>]));
    yield* sleep(0);
    yield* last;
  };
}

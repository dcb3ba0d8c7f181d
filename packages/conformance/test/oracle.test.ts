import { beforeAll, describe, expect, it } from "vitest";
import { loadOracle, type Oracle } from "../src/oracle.ts";

let oracle: Oracle;

beforeAll(async () => {
  oracle = await loadOracle();
});

/** Runs a program that must end well, and returns its output lines. */
function linesOf(source: string): string[] {
  const { stdout, stderr, exitCode, exception } = oracle.run(source);
  expect({ stderr, exitCode, exception }).toEqual({ stderr: "", exitCode: 0, exception: undefined });
  return stdout.trimEnd().split("\n");
}

describe("the oracle", () => {
  it("is CPython 3.14 with the C classes", () => {
    expect(oracle.version).toMatch(/^3\.14\./);
    expect(linesOf("import asyncio; print(asyncio.Task.__module__, asyncio.Future.__module__)")).toEqual([
      "_asyncio _asyncio",
    ]);
  });

  it("gives its loop to every way of making one", () => {
    const program = `
import asyncio
async def kind():
    return type(asyncio.get_running_loop())
kinds = {asyncio.EventLoop, type(asyncio.new_event_loop()), asyncio.run(kind())}
with asyncio.Runner() as runner:
    kinds.add(runner.run(kind()))
with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
    kinds.add(runner.run(kind()))
print(len(kinds))
`;
    expect(linesOf(program)).toEqual(["1"]);
  });
});

describe("its clock", () => {
  it("starts at 0 and jumps exactly to the next timer", () => {
    const program = `
import asyncio
async def main():
    loop = asyncio.get_running_loop()
    print(loop.time())
    await asyncio.sleep(0.1)
    await asyncio.sleep(0.2)
    print(loop.time() == 0.1 + 0.2)
    loop.call_at(1e7, print, "far")
    await asyncio.sleep(1e8)
    print(loop.time())
asyncio.run(main())
`;
    expect(linesOf(program)).toEqual(["0.0", "True", "far", "100000000.3"]);
  });

  it("moves during a blocking call, within the step", () => {
    const program = `
import asyncio, time
async def main():
    loop = asyncio.get_running_loop()
    loop.call_later(1, lambda: print("timer", loop.time()))
    loop.call_soon(lambda: print("soon", loop.time()))
    time.sleep(2)
    await asyncio.sleep(0)
asyncio.run(main())
`;
    expect(linesOf(program)).toEqual(["soon 2.0", "timer 2.0"]);
  });

  it("can be moved from outside, and runs the timers that become due", () => {
    const program = `
import asyncio
loop = asyncio.new_event_loop()
for delay in 1, 2, 3:
    loop.call_later(delay, lambda: print(loop.time()))
loop.call_later(0.5, print).cancel()
loop.advance(2)
print("advanced", loop.time())
loop.advance(0.5)
print("advanced", loop.time())
loop.close()
`;
    expect(linesOf(program)).toEqual(["1.0", "2.0", "advanced 2.0", "advanced 2.5"]);
  });

  it("reports when nothing can happen any more, and lets the tasks clean up", () => {
    const program = `
import asyncio
async def main():
    asyncio.create_task(asyncio.sleep(float("inf")), name="asleep")
    try:
        await asyncio.Event().wait()
    finally:
        print("cleanup")
asyncio.run(main())
`;
    const { stdout, exception } = oracle.run(program);
    expect(stdout).toBe("cleanup\n");
    expect(exception?.type).toBe("DeadlockError");
    expect(exception?.text).toMatch(/nothing is ready and no timer is set.*name='Task-1'.*name='asleep'/s);
  });

  it("does not hang for ever", () => {
    const program = `
import asyncio
async def main():
    await asyncio.sleep(1)
    while True:
        await asyncio.sleep(0)
asyncio.run(main())
`;
    expect(oracle.run(program).exception?.text).toBe("LivelockError: the clock still shows 1.0 after 20000 iterations");
  });
});

describe("an order that CPython leaves open", () => {
  it("is insertion for timers of one deadline, even after a rebuild of their heap", () => {
    const program = `
import asyncio
loop = asyncio.new_event_loop()
order = []
for n in range(9):
    loop.call_later(1, order.append, n)
for handle in [loop.call_later(1, order.append, "cancelled") for _ in range(200)]:
    handle.cancel()
for n in range(9, 12):
    loop.call_later(1, order.append, n)
loop.call_later(0.5, order.append, "early")
first, second = loop.call_at(3, print), loop.call_at(3, print)
loop.call_later(2, loop.stop)
loop.run_forever()
loop.close()
print(order)
print(first < second, first > second)
`;
    expect(linesOf(program)).toEqual(["['early', 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]", "False False"]);
  });

  it("is insertion for the members of a TaskGroup", () => {
    const program = `
import asyncio
async def member(n):
    try:
        await asyncio.sleep(9)
    finally:
        print(n, end=" ")
async def main():
    async with asyncio.timeout(1), asyncio.TaskGroup() as group:
        for n in range(20):
            group.create_task(member(n))
try:
    asyncio.run(main())
except TimeoutError:
    print()
`;
    expect(linesOf(program)).toEqual([count(20)]);
  });

  it("is insertion for the sets of wait", () => {
    const program = `
import asyncio
async def main():
    tasks = [asyncio.create_task(asyncio.sleep(n % 2, n)) for n in range(20)]
    done, pending = await asyncio.wait(tasks, timeout=0.5)
    print(*[task.result() for task in done])
    print(*[tasks.index(task) for task in pending])
    print(done | pending == set(tasks), done & pending == set(), len(pending - {tasks[1]}), done.pop().result())
    done, pending = await asyncio.wait(reversed(tasks))
    print(*[task.result() for task in done])
asyncio.run(main())
`;
    expect(linesOf(program)).toEqual([
      "0 2 4 6 8 10 12 14 16 18",
      "1 3 5 7 9 11 13 15 17 19",
      "True True 9 0",
      count(20).split(" ").reverse().join(" "),
    ]);
  });

  it("is insertion for as_completed", () => {
    const program = `
import asyncio
async def main():
    print(*[await first for first in asyncio.as_completed([asyncio.sleep(1, n) for n in range(20)])])
asyncio.run(main())
`;
    expect(linesOf(program)).toEqual([count(20)]);
  });

  it("is registration for all_tasks, for an eager task after its first step", () => {
    const program = `
import asyncio
def names():
    return " ".join(task.get_name() for task in asyncio.all_tasks())
async def eager():
    print("in", names())
    asyncio.create_task(asyncio.sleep(1), name="child")
    await asyncio.sleep(1)
async def main():
    for n in range(9):
        asyncio.create_task(asyncio.sleep(1))
    asyncio.Task(asyncio.sleep(1), name="bare")
    asyncio.create_task(eager(), name="eager", eager_start=True)
    asyncio.create_task(asyncio.sleep(1), name="last")
    print(names())
asyncio.run(main())
`;
    const tasks = `Task-1 ${count(9, (n) => `Task-${n + 2}`)} bare`;
    expect(linesOf(program)).toEqual([`in ${tasks} eager`, `${tasks} child eager last`]);
  });

  it("is first iteration for the async generators that a loop closes", () => {
    const program = `
import asyncio
async def generator(n):
    try:
        yield
    finally:
        print(n, end=" ")
async def main():
    generators = [generator(n) for n in range(20)]
    for each in generators:
        await anext(each)
    return generators
generators = asyncio.run(main())
print()
`;
    expect(linesOf(program)).toEqual([count(20)]);
  });
});

describe("a program", () => {
  const names = `
import asyncio
async def main():
    named = asyncio.create_task(asyncio.sleep(0), name="named")
    tasks = [asyncio.current_task(), asyncio.Task(asyncio.sleep(0)), named, asyncio.create_task(asyncio.sleep(0))]
    print(*[task.get_name() for task in tasks])
asyncio.run(main())
`;

  it("counts its task names from 1", () => {
    expect(linesOf(names)).toEqual(["Task-1 Task-2 named Task-3"]);
    expect(linesOf(names)).toEqual(["Task-1 Task-2 named Task-3"]);
  });

  it("gets the same run every time", () => {
    const program = `
import asyncio
async def member(n):
    await asyncio.sleep(n % 3)
    return {f"{n}", f"{n + 1}", "x"}
async def main():
    asyncio.create_task(member("crash"))
    print(await asyncio.gather(*[member(n) for n in range(9)]))
asyncio.run(main())
`;
    const first = oracle.run(program);
    expect(first.stderr).toContain("Task exception was never retrieved");
    for (let repetition = 0; repetition < 5; repetition++) expect(oracle.run(program)).toEqual(first);
  });

  it("is reported with its uncaught exception, its output and its exit code", () => {
    const program = `
import sys
print("out")
print("err", file=sys.stderr)
def fail():
    raise ValueError("x")
fail()
`;
    expect(oracle.run(program, { filename: "fail.py" })).toEqual({
      stdout: "out\n",
      stderr: "err\n",
      exitCode: 1,
      exception: {
        type: "ValueError",
        text: "ValueError: x",
        traceback: `Traceback (most recent call last):
  File "fail.py", line 7, in <module>
    fail()
    ~~~~^^
  File "fail.py", line 6, in fail
    raise ValueError("x")
ValueError: x
`,
      },
    });
  });

  it.each([
    ["raise SystemExit", 0, "SystemExit"],
    ["import sys; sys.exit(3)", 3, "SystemExit: 3"],
    ["raise SystemExit('bye')", 1, "SystemExit: bye"],
    ["import asyncio\nasync def main(): raise SystemExit(4)\nasyncio.run(main())", 4, "SystemExit: 4"],
    ["raise KeyboardInterrupt", 130, "KeyboardInterrupt"],
    ["raise ExceptionGroup('two', [ValueError(1), TypeError(2)])", 1, "ExceptionGroup: two (2 sub-exceptions)"],
  ])("that ends with %j exits with %i", (program, exitCode, text) => {
    const run = oracle.run(program);
    expect(run.exitCode).toBe(exitCode);
    expect(run.exception?.text).toBe(text);
    expect(run.stderr).toBe(text === "SystemExit: bye" ? "bye\n" : "");
  });

  it("that does not compile is reported like any other", () => {
    expect(oracle.run("def").exception).toMatchObject({ type: "SyntaxError" });
  });

  it("has its main task cancelled by SIGINT", () => {
    const program = `
import asyncio, signal
async def main():
    signal.raise_signal(signal.SIGINT)
    try:
        await asyncio.sleep(1)
    finally:
        print("cleanup", asyncio.get_running_loop().time())
asyncio.run(main())
`;
    expect(oracle.run(program)).toMatchObject({ stdout: "cleanup 0.0\n", exitCode: 130 });
  });

  it("is reported with its own leftovers", () => {
    const program = `
import asyncio
async def boom():
    raise ValueError("x")
async def main():
    asyncio.create_task(boom())
    await asyncio.sleep(1)
loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.create_task(asyncio.sleep(1))
boom()
`;
    const { stderr } = oracle.run(program);
    expect(stderr).toContain("Task exception was never retrieved");
    expect(stderr).toContain("Task was destroyed but it is pending!");
    expect(stderr).toContain("coroutine 'boom' was never awaited");
  });

  it.each([
    ["crashes in a task", "async def main(): raise KeyboardInterrupt\nasyncio.run(main())"],
    [
      "crashes in nested eager steps",
      `
async def inner(): raise KeyboardInterrupt
async def main():
    asyncio.create_task(inner(), eager_start=True)
asyncio.run(main())
`,
    ],
    [
      "makes CPython lose track of the current task",
      `
async def main():
    context = asyncio.current_task().get_context()
    try:
        asyncio.create_task(asyncio.sleep(0), context=context, eager_start=True)
    except RuntimeError:
        await asyncio.sleep(0)
asyncio.run(main())
`,
    ],
    ["deadlocks", "asyncio.new_event_loop().run_forever()"],
    [
      "deadlocks in its cleanup too",
      `
async def main():
    try:
        await asyncio.Event().wait()
    finally:
        await asyncio.Event().wait()
asyncio.run(main())
`,
    ],
    [
      "leaves the interpreter changed",
      `
import contextvars, gc, logging, signal, sys, warnings
logging.basicConfig(level=logging.DEBUG)
warnings.simplefilter("error")
signal.signal(signal.SIGINT, signal.SIG_IGN)
asyncio.set_event_loop(asyncio.new_event_loop())
asyncio._set_running_loop(asyncio.get_event_loop())
sys.set_asyncgen_hooks(firstiter=print)
sys.stdout = sys.stderr = None
kept = contextvars.ContextVar("kept")
kept.set(1)
raise ValueError
`,
    ],
  ])("that %s does not affect the next one", (_, crash) => {
    const next = `${names}
import contextvars, logging, signal, sys
print(len(contextvars.copy_context()), logging.root.handlers, sys.get_asyncgen_hooks())
print(signal.getsignal(signal.SIGINT) is signal.default_int_handler, "crash" in globals())
try:
    asyncio.get_event_loop()
except RuntimeError as error:
    print(error)
`;
    expect(oracle.run(`import asyncio\ncrash = True\n${crash}`).exitCode).not.toBe(0);
    expect(linesOf(next)).toEqual([
      "Task-1 Task-2 named Task-3",
      "0 [] asyncgen_hooks(firstiter=None, finalizer=None)",
      "True False",
      "There is no current event loop in thread 'MainThread'.",
    ]);
  });
});

function count(end: number, text: (n: number) => string = String): string {
  return Array.from({ length: end }, (_, n) => text(n)).join(" ");
}

import { ExceptionGroup } from "@yieldstar/taskgroup";
import { CancelledError, type Coroutine, createTask, currentTask, sleep, ValueError } from "@yieldstar/loop";
import { describe, expect, it } from "vitest";
import { repr } from "../src/python-text.ts";
import { type Print, same, sameScript, sameUncaught } from "../src/same.ts";

describe("same", () => {
  it("accepts a port that prints what the Python program prints", async () => {
    const python = `
      async def child():
          await asyncio.sleep(0.5)
          return "done"

      async def main():
          task = asyncio.create_task(child())
          print(t(), task.get_name(), await task, t())
    `;
    await same(python, function* (print) {
      function* child(): Coroutine<string> {
        yield* sleep(0.5);
        return "done";
      }
      const task = createTask(child());
      print(0, task.getName(), yield* task, 0.5);
    });
  });

  it("formats values as Python's print does", async () => {
    const python = `
      async def main():
          print(True, None, None, 1, 1.0, -2.5, 0.1 + 0.2, 1e-05, 1.5e-07, 1e16, 2 ** 70, float("inf"), float("nan"))
          print("bare", ["it's", 'say "x"', 'both \\'"', "line\\n\\ttab\\\\"], [], [[1], "a", False, None, 0.5])
          print({"a": 1, "b": [2]}, {1, 2}, set(), repr("x"), repr(None))
          print(ValueError("x"), [ValueError("x"), ValueError(), ValueError("a 'b'")])
          print([asyncio.CancelledError(), asyncio.CancelledError("msg"), asyncio.CancelledError(1)])
          print(ExceptionGroup("two", [ValueError("x"), TypeError("y")]), ExceptionGroup("one", [ValueError("x")]))
          print([ExceptionGroup("two", [ValueError("x"), TypeError("y")])])
    `;
    await same(python, function* (print) {
      print(true, null, undefined, 1, 1, -2.5, 0.1 + 0.2, 1e-5, 1.5e-7, 1e16, 2 ** 70, Infinity, NaN);
      print("bare", ["it's", 'say "x"', "both '\"", "line\n\ttab\\"], [], [[1], "a", false, null, 0.5]);
      print(new Map<string, unknown>([["a", 1]]).set("b", [2]), new Set([1, 2]), new Set(), repr("x"), repr(null));
      print(new ValueError("x"), [new ValueError("x"), new ValueError(), new ValueError("a 'b'")]);
      print([new CancelledError(), new CancelledError("msg"), new CancelledError(1)]);
      const two = new ExceptionGroup("two", [new ValueError("x"), new TypeError("y")]);
      print(two, new ExceptionGroup("one", [new ValueError("x")]));
      print([two]);
    });
  });

  it("shows both outputs when they differ", async () => {
    const python = `
      async def main():
          print("first")
          print("second")
    `;
    const port = function* (print: Print): Coroutine {
      print("first");
      print("2nd");
    };
    await expect(same(python, port)).rejects.toThrow("  Python | port\n  first  | first\n! second | 2nd");
  });

  it("refuses a Python side that fails, or prints nothing", async () => {
    const port = function* (): Coroutine {};
    await expect(same("async def main(): 1 / 0", port)).rejects.toThrow("ZeroDivisionError: division by zero");
    await expect(same("async def main(): pass", port)).rejects.toThrow("prints nothing");
  });

  it("passes on the exception of a port", async () => {
    const error = new ValueError("x");
    const port = function* (): Coroutine {
      throw error;
    };
    await expect(same("async def main(): print(1)", port)).rejects.toBe(error);
  });
});

describe("sameUncaught", () => {
  it("compares how both sides end", async () => {
    const python = `
      async def main():
          print(asyncio.current_task().get_name())
          raise ValueError("x")
    `;
    await sameUncaught(python, function* (print) {
      print(currentTask()?.getName());
      throw new ValueError("x");
    });
    const port = function* (print: Print): Coroutine {
      print(currentTask()?.getName());
    };
    await expect(sameUncaught(python, port)).rejects.toThrow("! uncaught ValueError('x') |");
  });
});

describe("sameScript", () => {
  it("gives the port a function that makes loops", async () => {
    const python = `
      loop = asyncio.new_event_loop()
      loop.call_later(1, lambda: print("timer", loop.time()))
      loop.call_soon(print, "soon")
      loop.advance(1)
      loop.close()
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      loop.callLater(1, () => print("timer", loop.time()));
      loop.callSoon(() => print("soon"));
      loop.advance(1);
      loop.close();
    });
  });
});

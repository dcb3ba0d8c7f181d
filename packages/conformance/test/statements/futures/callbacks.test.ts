import { ContextVar, copyContext, createTask, Future, getRunningLoop, sleep, ValueError } from "@yieldstar/loop";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same } from "../../../src/same.ts";
import { awaiting, createFuture } from "../outcomes.ts";
import { helpers } from "./helpers.ts";

describe("FU: futures", () => {
  it("FU-13: remove_done_callback removes every registration of the function and returns their number", async () => {
    const python = `
      def first(future): print("first")
      def second(future): print("second")
      def other(future): print("other")

      async def main():
          future = asyncio.get_running_loop().create_future()
          print(future.remove_done_callback(first))
          for callback in (first, second, first, other, first):
              future.add_done_callback(callback)
          print(future.remove_done_callback(print), future.remove_done_callback(first), future.remove_done_callback(first))
          future.set_result(None)
          await asyncio.sleep(0)
    `;
    await same(python, function* (print) {
      const first = (): void => print("first");
      const second = (): void => print("second");
      const other = (): void => print("other");
      const future = createFuture();
      print(future.removeDoneCallback(first));
      for (const callback of [first, second, first, other, first]) future.addDoneCallback(callback);
      print(future.removeDoneCallback(print), future.removeDoneCallback(first), future.removeDoneCallback(first));
      future.setResult(undefined);
      yield* sleep(0);
    });
  });

  it("FU-13: remove_done_callback leaves waiting tasks alone", async () => {
    const python = `
      ${helpers}
      async def main():
          future = asyncio.get_running_loop().create_future()
          callback = lambda future: print("called")
          future.add_done_callback(callback)
          waiting = asyncio.create_task(awaiting(future))
          await asyncio.sleep(0)
          print(future.remove_done_callback(callback))
          future.set_result(1)
          print(await waiting)
    `;
    await same(python, function* (print) {
      const future = createFuture();
      const callback = (): void => print("called");
      future.addDoneCallback(callback);
      const waiting = createTask(awaiting(future));
      yield* sleep(0);
      print(future.removeDoneCallback(callback));
      future.setResult(1);
      print(yield* waiting);
    });
  });

  it("FU-13: remove_done_callback cannot recall a callback that is queued", async () => {
    const python = `
      def callback(future): print("called")

      async def main():
          future = asyncio.get_running_loop().create_future()
          future.add_done_callback(callback)
          future.set_result(None)
          future.add_done_callback(callback)
          print(future.remove_done_callback(callback))
          await asyncio.sleep(0)
          print(future.remove_done_callback(callback))
    `;
    await same(python, function* (print) {
      const callback = (): void => print("called");
      const future = createFuture();
      future.addDoneCallback(callback);
      future.setResult(undefined);
      future.addDoneCallback(callback);
      print(future.removeDoneCallback(callback));
      yield* sleep(0);
      print(future.removeDoneCallback(callback));
    });
  });

  it("FU-14: a callback is called as many times as it was registered, each in its place", async () => {
    const python = `
      async def main():
          future = asyncio.get_running_loop().create_future()
          often, once = lambda future: print("often"), lambda future: print("once")
          for callback in (often, often, once, often):
              future.add_done_callback(callback)
          future.set_result(None)
          await asyncio.sleep(0)
    `;
    await same(python, function* (print) {
      const future = createFuture();
      const often = (): void => print("often");
      const once = (): void => print("once");
      for (const callback of [often, often, once, often]) future.addDoneCallback(callback);
      future.setResult(undefined);
      yield* sleep(0);
    });
  });

  it("FU-15: a callback is given the future and nothing else", async () => {
    const python = `
      async def main():
          futures = [asyncio.get_running_loop().create_future() for _ in range(3)]
          for future in futures:
              future.add_done_callback(lambda *args: print(len(args), args[0] is futures[0], args[0]))
          futures[0].set_result(1)
          futures[1].set_exception(ValueError("x"))
          futures[2].cancel("y")
          await asyncio.sleep(0)
          futures[1].exception()
    `;
    await same(python, function* (print) {
      const futures = [createFuture(), createFuture(), createFuture()] as const;
      for (const future of futures) {
        future.addDoneCallback((...args) => print(args.length, args[0] === futures[0], args[0]));
      }
      futures[0].setResult(1);
      futures[1].setException(new ValueError("x"));
      futures[2].cancel("y");
      yield* sleep(0);
      futures[1].exception();
    });
  });

  it("FU-15: a callback that raises is reported, and the others are called", async () => {
    const python = `
      def boom(future):
          raise ValueError("x")

      def report(loop, context):
          print(sorted(context), context["message"].split("(")[0], repr(context["exception"]))

      async def main():
          loop = asyncio.get_running_loop()
          loop.set_exception_handler(report)
          future = loop.create_future()
          for callback in (boom, lambda future: print("second"), boom, lambda future: print("fourth")):
              future.add_done_callback(callback)
          future.set_result(1)
          await asyncio.sleep(0)
          print(future)
    `;
    await same(python, function* (print) {
      function boom(): never {
        throw new ValueError("x");
      }
      const loop = getRunningLoop();
      loop.setExceptionHandler((_loop, context) => {
        print(Object.keys(context).sort(), context.message.split("(")[0], repr(context.exception));
      });
      const future = createFuture();
      for (const callback of [boom, () => print("second"), boom, () => print("fourth")]) {
        future.addDoneCallback(callback);
      }
      future.setResult(1);
      yield* sleep(0);
      print(future);
    });
  });

  it("FU-18: a callback runs in the context of its registration, or in the one it was given", async () => {
    const python = `
      variable = contextvars.ContextVar("variable", default="default")

      def callback(future):
          print(variable.get())
          variable.set("of a callback")

      async def main():
          loop = asyncio.get_running_loop()
          for make in (loop.create_future, lambda: asyncio.create_task(asyncio.sleep(0))):
              future = make()
              given = contextvars.copy_context()
              given.run(variable.set, "given")
              variable.set("registered")
              future.add_done_callback(callback)
              future.add_done_callback(callback)
              future.add_done_callback(callback, context=given)
              future.add_done_callback(callback, context=given)
              variable.set("later")
              if not isinstance(future, asyncio.Task):
                  future.set_result(None)
              await asyncio.sleep(0.5)
              future.add_done_callback(callback)
              variable.set("even later")
              await asyncio.sleep(0)
              print(variable.get(), given[variable])
    `;
    await same(python, function* (print) {
      const variable = new ContextVar("variable", { default: "default" });
      const callback = (): void => {
        print(variable.get());
        variable.set("of a callback");
      };
      for (const make of [() => createFuture<void>(), () => createTask(sleep(0))]) {
        const future: Future<void> = make();
        const given = copyContext();
        given.run(() => variable.set("given"));
        variable.set("registered");
        future.addDoneCallback(callback);
        future.addDoneCallback(callback);
        future.addDoneCallback(callback, { context: given });
        future.addDoneCallback(callback, { context: given });
        variable.set("later");
        if (future.constructor === Future) future.setResult(undefined);
        yield* sleep(0.5);
        future.addDoneCallback(callback);
        variable.set("even later");
        yield* sleep(0);
        print(variable.get(), given.get(variable));
      }
    });
  });
});

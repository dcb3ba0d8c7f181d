import { anext, asyncFor, type AsyncGenerator, asyncGenerator } from "@yieldstar/asyncgen";
import { asyncWith, type Coroutine, createTask, gather, sleep, ValueError } from "@yieldstar/loop";
import { TaskGroup } from "@yieldstar/taskgroup";
import { describe, it } from "vitest";
import { str } from "../../../src/python-text.ts";
import { same } from "../../../src/same.ts";
import { awaiting, current, t } from "../outcomes.ts";
import { counterThatPrints, helpers } from "./helpers.ts";

describe("AG-05: two tasks", () => {
  it("AG-05: two tasks cannot step one generator at the same time", () =>
    same(
      `
      ${helpers}
      async def main():
          generator = count(3, 1)
          task = asyncio.create_task(awaiting(anext(generator)))
          await asyncio.sleep(0.5)
          for method in (lambda: anext(generator), lambda: generator.__anext__(), lambda: generator.asend(None),
                         lambda: generator.asend(5), lambda: generator.athrow(ValueError("x")), generator.aclose):
              print(await awaiting(method()))
          print(await task, t())
          print(await awaiting(anext(generator)), t())
          await generator.aclose()
    `,
      function* (print) {
        const generator = counterThatPrints(print)(3, 1);
        const task = createTask(awaiting(anext(generator)));
        yield* sleep(0.5);
        const methods = [
          () => anext(generator),
          () => generator.anext(),
          () => generator.asend(undefined),
          () => generator.asend(5),
          () => generator.athrow(new ValueError("x")),
          () => generator.aclose(),
        ];
        for (const method of methods) print(yield* awaiting(method()));
        print(yield* task, t());
        print(yield* awaiting(anext(generator)), t());
        yield* generator.aclose();
      },
    ));

  it("AG-05: a task cannot step a generator while another closes it", () =>
    same(
      `
      ${helpers}
      async def main():
          generator = count(3, 1)
          await anext(generator)
          closing = asyncio.create_task(awaiting(generator.aclose()))
          await asyncio.sleep(0.5)
          for method in (lambda: anext(generator), generator.aclose, lambda: generator.athrow(ValueError("x"))):
              print(await awaiting(method()))
          print(await closing, t())
          for method in (lambda: anext(generator), generator.aclose, lambda: generator.athrow(ValueError("x"))):
              print(await awaiting(method()))
    `,
      function* (print) {
        const generator = counterThatPrints(print)(3, 1);
        yield* anext(generator);
        const closing = createTask(awaiting(generator.aclose()));
        yield* sleep(0.5);
        const methods = [() => anext(generator), () => generator.aclose(), () => generator.athrow(new ValueError("x"))];
        for (const method of methods) print(yield* awaiting(method()));
        print(yield* closing, t());
        for (const method of methods) print(yield* awaiting(method()));
      },
    ));

  it("AG-05: two tasks may iterate one generator in turn", () =>
    same(
      `
      ${helpers}
      async def consume(name, generator, offset):
          await asyncio.sleep(offset)
          async for number in generator:
              print(name, number, t())
              await asyncio.sleep(1)
          print(name, "ends", t())

      async def main():
          generator = count(5)
          async with asyncio.TaskGroup() as group:
              group.create_task(consume("a", generator, 0), name="a")
              group.create_task(consume("b", generator, 0.5), name="b")
    `,
      function* (print) {
        const generator = counterThatPrints(print)(5);
        function* consume(name: string, offset: number): Coroutine {
          yield* sleep(offset);
          yield* asyncFor(generator, function* (number) {
            print(name, number, t());
            yield* sleep(1);
          });
          print(name, "ends", t());
        }
        const group = new TaskGroup();
        yield* asyncWith(group, function* () {
          group.createTask(consume("a", 0), { name: "a" });
          group.createTask(consume("b", 0.5), { name: "b" });
        });
      },
    ));

  it("AG-05: the second task gets its own error, and the first goes on", () =>
    same(
      `
      ${helpers}
      async def consume(name, generator):
          async for number in generator:
              print(name, number)

      async def main():
          generator = count(2, 1)
          print(await asyncio.gather(consume("a", generator), consume("b", generator), return_exceptions=True))
    `,
      function* (print) {
        const generator = counterThatPrints(print)(2, 1);
        function* consume(name: string): Coroutine {
          yield* asyncFor(generator, function* (number) {
            print(name, number);
          });
        }
        print(yield* gather([consume("a"), consume("b")], { returnExceptions: true }));
      },
    ));

  it("AG-05: a generator cannot iterate itself", () =>
    same(
      `
      ${helpers}
      async def generate():
          for method in (lambda: anext(generator), generator.aclose, lambda: generator.athrow(ValueError("x"))):
              yield await awaiting(method())

      generator = generate()

      async def main():
          async for text in generator:
              print(text)
    `,
      function* (print) {
        const generate = asyncGenerator(function* (emit) {
          const methods = [
            () => anext(generator),
            () => generator.aclose(),
            () => generator.athrow(new ValueError("x")),
          ];
          for (const method of methods) yield* emit(yield* awaiting(method()));
        });
        const generator: AsyncGenerator<string> = generate();
        yield* asyncFor(generator, function* (text) {
          print(text);
        });
      },
    ));

  it("AG-05: two tasks may take turns with asend() too", () =>
    same(
      `
      ${helpers}
      async def echo():
          received = None
          while received != "end":
              received = yield f"{current()} sent {received}"
              await asyncio.sleep(1)

      async def send(generator, values):
          return [await awaiting(generator.asend(value)) for value in values]

      async def main():
          generator = echo()
          print(await anext(generator))
          for name, values in (("a", ["x", None]), ("b", [1, "end", "late"])):
              print(await asyncio.create_task(send(generator, values), name=name), t())
    `,
      function* (print) {
        const echo = asyncGenerator(function* (emit) {
          let received: unknown;
          while (received !== "end") {
            received = yield* emit(`${current()} sent ${str(received)}`);
            yield* sleep(1);
          }
        });
        const generator = echo();
        function* send(values: readonly unknown[]): Coroutine<string[]> {
          const results: string[] = [];
          for (const value of values) results.push(yield* awaiting(generator.asend(value)));
          return results;
        }
        print(yield* anext(generator));
        for (const [name, values] of [
          ["a", ["x", undefined]],
          ["b", [1, "end", "late"]],
        ] as const) {
          print(yield* createTask(send(values), { name }), t());
        }
      },
    ));
});

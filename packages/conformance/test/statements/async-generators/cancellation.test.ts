import { anext, asyncFor, type AsyncGenerator, asyncGenerator } from "@yieldstar/asyncgen";
import {
  asyncWith,
  type Awaitable,
  type Coroutine,
  createTask,
  currentTask,
  getRunningLoop,
  sleep,
  ValueError,
} from "@yieldstar/loop";
import { TaskGroup } from "@yieldstar/taskgroup";
import { timeout, waitFor } from "@yieldstar/timeout";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same } from "../../../src/same.ts";
import { awaiting, t } from "../outcomes.ts";
import { counterThatPrints, helpers } from "./helpers.ts";

describe("AG-04: cancellation inside a generator", () => {
  it("AG-04: a cancellation is thrown at the generator's await, and finishes the generator if it propagates", () =>
    same(
      `
      ${helpers}
      async def generate():
          try:
              yield 1
              await asyncio.sleep(5)
              yield 2
          except asyncio.CancelledError as error:
              print("generator", repr(error), t())
              raise

      async def main():
          generator = generate()
          print(await anext(generator))
          task = asyncio.ensure_future(awaiting(anext(generator)))
          await asyncio.sleep(1)
          task.cancel("enough")
          print(await task, task.cancelling())
          print(await awaiting(anext(generator)))
          print(await awaiting(generator.aclose()))
    `,
      function* (print) {
        const generate = asyncGenerator(function* (emit) {
          try {
            yield* emit(1);
            yield* sleep(5);
            yield* emit(2);
          } catch (error) {
            print("generator", repr(error), t());
            throw error;
          }
        });
        const generator = generate();
        print(yield* anext(generator));
        const task = createTask(awaiting(anext(generator)));
        yield* sleep(1);
        task.cancel("enough");
        print(yield* task, task.cancelling());
        print(yield* awaiting(anext(generator)));
        print(yield* awaiting(generator.aclose()));
      },
    ));

  it("AG-04: a generator that swallows a cancellation goes on, and its cleanup may wait", () =>
    same(
      `
      ${helpers}
      async def generate():
          for number in (1, 2, 3):
              try:
                  await asyncio.sleep(5)
                  yield number
              except asyncio.CancelledError:
                  print("swallowed", t())
                  await asyncio.sleep(1)
                  yield -number

      async def consume(generator):
          async for number in generator:
              print("consumer got", number, t())

      async def main():
          task = asyncio.create_task(consume(generate()))
          await asyncio.sleep(7)
          print(task.cancel())
          await task
          print(task.cancelled(), t())
    `,
      function* (print) {
        const generate = asyncGenerator(function* (emit) {
          for (const number of [1, 2, 3]) {
            try {
              yield* sleep(5);
              yield* emit(number);
            } catch {
              print("swallowed", t());
              yield* sleep(1);
              yield* emit(-number);
            }
          }
        });
        function* consume(generator: AsyncGenerator<number>): Coroutine {
          yield* asyncFor(generator, function* (number) {
            print("consumer got", number, t());
          });
        }
        const task = createTask(consume(generate()));
        yield* sleep(7);
        print(task.cancel());
        yield* task;
        print(task.cancelled(), t());
      },
    ));

  it("AG-04: a cancellation is thrown in even if the generator gave up one iteration, or was just woken", () =>
    same(
      `
      ${helpers}
      async def generate(wait):
          try:
              await wait()
              print("not reached")
              yield 1
          except asyncio.CancelledError as error:
              print("generator", repr(error))
              yield 2

      async def main():
          for is_bare in (True, False):
              future = asyncio.get_running_loop().create_future()
              generator = keep(generate(lambda: asyncio.sleep(0) if is_bare else future))
              task = asyncio.ensure_future(awaiting(anext(generator)))
              await asyncio.sleep(0)
              future.set_result(None)
              task.cancel("enough")
              print(await task, await awaiting(anext(generator)))
    `,
      function* (print) {
        const generate = asyncGenerator(function* (emit, wait: () => Awaitable<void>) {
          try {
            yield* wait();
            print("not reached");
            yield* emit(1);
          } catch (error) {
            print("generator", repr(error));
            yield* emit(2);
          }
        });
        for (const isBare of [true, false]) {
          const future = getRunningLoop().createFuture<void>();
          const generator = generate(() => (isBare ? sleep(0) : future));
          const task = createTask(awaiting(anext(generator)));
          yield* sleep(0);
          future.setResult();
          task.cancel("enough");
          print(yield* task, yield* awaiting(anext(generator)));
        }
      },
    ));

  it("AG-04: a cancellation of the consumer at its own await leaves the generator as it was", () =>
    same(
      `
      ${helpers}
      async def consume(generator):
          async for number in generator:
              print("got", number)
              await asyncio.sleep(5)

      async def main():
          generator = keep(count(3))
          task = asyncio.create_task(consume(generator))
          await asyncio.sleep(1)
          task.cancel()
          print(await awaiting(task))
          print(await anext(generator))
    `,
      function* (print) {
        const generator = counterThatPrints(print)(3);
        function* consume(): Coroutine {
          yield* asyncFor(generator, function* (number) {
            print("got", number);
            yield* sleep(5);
          });
        }
        const task = createTask(consume());
        yield* sleep(1);
        task.cancel();
        print(yield* awaiting(task));
        print(yield* anext(generator));
      },
    ));

  it("AG-04: a waitFor() that times out on anext() finishes the generator", () =>
    same(
      `
      ${helpers}
      async def main():
          generator = count(3, 2)
          print(await awaiting(asyncio.wait_for(anext(generator), 3)), t())
          print(await awaiting(asyncio.wait_for(anext(generator), 1)), t())
          print(await awaiting(asyncio.wait_for(anext(generator), 1)), t())
    `,
      function* (print) {
        const generator = counterThatPrints(print)(3, 2);
        print(yield* awaiting(waitFor(anext(generator), 3)), t());
        print(yield* awaiting(waitFor(anext(generator), 1)), t());
        print(yield* awaiting(waitFor(anext(generator), 1)), t());
      },
    ));

  it("AG-04: a cancellation during aclose() is thrown into the cleanup", () =>
    same(
      `
      ${helpers}
      async def generate():
          try:
              yield 1
          finally:
              try:
                  await asyncio.sleep(5)
              finally:
                  print("cleanup left", t())

      async def close(generator):
          await generator.aclose()

      async def main():
          generator = generate()
          await anext(generator)
          task = asyncio.create_task(close(generator))
          await asyncio.sleep(1)
          task.cancel("hurry")
          print(await awaiting(task), t())
          print(await awaiting(generator.aclose()), await awaiting(anext(generator)))
    `,
      function* (print) {
        const generate = asyncGenerator(function* (emit) {
          try {
            yield* emit(1);
          } finally {
            try {
              yield* sleep(5);
            } finally {
              print("cleanup left", t());
            }
          }
        });
        const generator = generate();
        yield* anext(generator);
        const task = createTask(generator.aclose());
        yield* sleep(1);
        task.cancel("hurry");
        print(yield* awaiting(task), t());
        print(yield* awaiting(generator.aclose()), yield* awaiting(anext(generator)));
      },
    ));
});

describe("AG-07: a value yielded inside a cancel scope", () => {
  it("AG-07: a timeout around a yield cancels the consumer, wherever it waits", () =>
    same(
      `
      ${helpers}
      async def generate():
          try:
              async with asyncio.timeout(1):
                  yield 1
                  yield 2
          except TimeoutError as error:
              print("generator", repr(error), t())

      async def consume(generator):
          async for number in generator:
              print("got", number)
              try:
                  await asyncio.sleep(5)
              except asyncio.CancelledError as error:
                  print("consumer", repr(error), asyncio.current_task().cancelling(), t())

      async def main():
          await consume(keep(generate()))
          print("end", asyncio.current_task().cancelling(), t())
    `,
      function* (print) {
        const generate = asyncGenerator(function* (emit) {
          try {
            yield* asyncWith(timeout(1), function* () {
              yield* emit(1);
              yield* emit(2);
            });
          } catch (error) {
            print("generator", repr(error), t());
          }
        });
        yield* asyncFor(generate(), function* (number) {
          print("got", number);
          try {
            yield* sleep(5);
          } catch (error) {
            print("consumer", repr(error), currentTask()?.cancelling(), t());
          }
        });
        print("end", currentTask()?.cancelling(), t());
      },
    ));

  it("AG-07: a failing child of a TaskGroup around a yield cancels the consumer too", () =>
    same(
      `
      ${helpers}
      async def fail():
          await asyncio.sleep(1)
          raise ValueError("child")

      async def generate():
          async with asyncio.TaskGroup() as group:
              group.create_task(fail())
              yield 1

      async def main():
          generator = keep(generate())
          print(await anext(generator))
          print(await awaiting(asyncio.sleep(5)), asyncio.current_task().cancelling(), t())
          print(await awaiting(anext(generator)), asyncio.current_task().cancelling(), t())
    `,
      function* (print) {
        function* fail(): Coroutine {
          yield* sleep(1);
          throw new ValueError("child");
        }
        const generate = asyncGenerator(function* (emit) {
          const group = new TaskGroup();
          yield* asyncWith(group, function* () {
            group.createTask(fail());
            yield* emit(1);
          });
        });
        const generator = generate();
        print(yield* anext(generator));
        print(yield* awaiting(sleep(5)), currentTask()?.cancelling(), t());
        print(yield* awaiting(anext(generator)), currentTask()?.cancelling(), t());
      },
    ));
});

describe("AG-14: return in a finally block", () => {
  it("AG-14: a return in a finally block swallows a cancellation", () =>
    same(
      `
      async def worker():
          try:
              await asyncio.sleep(5)
          finally:
              return "returned"

      async def main():
          task = asyncio.create_task(worker())
          await asyncio.sleep(1)
          print(task.cancel())
          print(await task, task.cancelled(), task.cancelling(), t())
    `,
      function* (print) {
        function* worker(): Coroutine<string> {
          try {
            yield* sleep(5);
          } finally {
            // oxlint-disable-next-line no-unsafe-finally
            return "returned";
          }
        }
        const task = createTask(worker());
        yield* sleep(1);
        print(task.cancel());
        print(yield* task, task.cancelled(), task.cancelling(), t());
      },
    ));
});

import {
  allTasks,
  type Awaitable,
  CancelledError,
  type Coroutine,
  createTask,
  currentTask,
  getRunningLoop,
  KeyboardInterrupt,
  sleep,
  SystemExit,
  Task,
  ValueError,
} from "@yieldstar/loop";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same, sameScript } from "../../../src/same.ts";
import { awaiting, current, outcome } from "../outcomes.ts";
import { beginToTick, helpers } from "./helpers.ts";

describe("EA-04: an exception in the eager step", () => {
  it("EA-04: an exception in the eager step is stored in the task, and createTask does not raise it", () =>
    same(
      `
      ${helpers}
      async def fail():
          raise ValueError("x")

      async def main():
          begin_to_tick()
          task = asyncio.create_task(fail(), eager_start=True)
          print(task.done(), repr(task.exception()), task.get_coro())
          task.add_done_callback(lambda task: print("called", current()))
          print(await awaiting(task))
          await asyncio.sleep(0)
          print("main goes on")
    `,
      function* (print) {
        function* fail(): Coroutine {
          throw new ValueError("x");
        }
        beginToTick(print);
        const task = createTask(fail(), { eagerStart: true });
        print(task.done(), repr(task.exception()), task.getCoro());
        task.addDoneCallback(() => print("called", current()));
        print(yield* awaiting(task));
        yield* sleep(0);
        print("main goes on");
      },
    ));

  it("EA-04: an exception of the eager step that is never retrieved is reported", () =>
    same(
      `
      async def fail():
          raise ValueError("x")

      async def main():
          loop = asyncio.get_running_loop()
          loop.set_exception_handler(lambda loop, context: print(context["message"], repr(context["exception"])))
          asyncio.create_task(fail(), eager_start=True)
    `,
      function* (print) {
        function* fail(): Coroutine {
          throw new ValueError("x");
        }
        getRunningLoop().setExceptionHandler((_, { message, exception }) => print(message, repr(exception)));
        createTask(fail(), { eagerStart: true });
      },
    ));

  it("EA-04: KeyboardInterrupt and SystemExit are stored, and raised by the constructor too", () =>
    same(
      `
      ${helpers}
      async def fail(error):
          made.append(asyncio.current_task())
          raise error

      made = []

      async def main():
          for error in (KeyboardInterrupt("x"), SystemExit("2")):
              for make in (lambda coro: asyncio.Task(coro, loop=asyncio.get_running_loop(), eager_start=True), lambda coro: asyncio.create_task(coro, eager_start=True)):
                  try:
                      make(fail(error))
                  except BaseException as raised:
                      print(repr(raised), raised is error)
          print(len(made), [[task.done(), repr(task.exception()), task.get_coro()] for task in made])
          print(len(asyncio.all_tasks()), asyncio.current_task() in asyncio.all_tasks())
          await asyncio.sleep(1)
          print("still running", t())
    `,
      function* (print) {
        const made: Task<unknown>[] = [];
        function* fail(error: Error): Coroutine {
          made.push(currentTask() as Task<unknown>);
          throw error;
        }
        const eagerStart = true;
        for (const error of [new KeyboardInterrupt("x"), new SystemExit("2")]) {
          for (const make of [
            (coroutine: Coroutine) => new Task(coroutine, { eagerStart }),
            (coroutine: Coroutine) => createTask(coroutine, { eagerStart }),
          ]) {
            try {
              make(fail(error));
            } catch (raised) {
              print(repr(raised), raised === error);
            }
          }
        }
        print(
          made.length,
          made.map((task) => [task.done(), repr(task.exception()), task.getCoro()]),
        );
        print(allTasks().size, allTasks().has(currentTask() as Task<unknown>));
        yield* sleep(1);
        print("still running", getRunningLoop().time());
      },
    ));

  it("EA-04: a KeyboardInterrupt passes through every eager step on its way, and ends the run", () =>
    sameScript(
      `
      ${helpers}
      async def interrupt():
          raise KeyboardInterrupt("stop")

      async def outer():
          try:
              asyncio.create_task(interrupt(), eager_start=True)
          finally:
              print("leaving outer", current())

      async def main():
          asyncio.current_task().set_name("main")
          try:
              asyncio.create_task(outer(), name="outer", eager_start=True)
          finally:
              print("leaving main", current())

      loop, reports = asyncio.new_event_loop(), []
      loop.set_exception_handler(lambda loop, context: reports.append(context["message"]))
      print(outcome(lambda: loop.run_until_complete(main())))
      loop.close()
      print(reports)
    `,
      (print, newLoop) => {
        function* interrupt(): Coroutine {
          throw new KeyboardInterrupt("stop");
        }
        function* outer(): Coroutine {
          try {
            createTask(interrupt(), { eagerStart: true });
          } finally {
            print("leaving outer", current());
          }
        }
        function* main(): Coroutine {
          currentTask()?.setName("main");
          try {
            createTask(outer(), { name: "outer", eagerStart: true });
          } finally {
            print("leaving main", current());
          }
        }
        const loop = newLoop();
        const reports: string[] = [];
        loop.setExceptionHandler((_, { message }) => reports.push(message));
        print(outcome(() => loop.runUntilComplete(main())));
        loop.close();
        print(reports);
      },
    ));

  it("EA-04: a task whose eager step raises CancelledError is cancelled", () =>
    same(
      `
      ${helpers}
      async def cancelled():
          raise asyncio.CancelledError("own")

      async def main():
          begin_to_tick()
          task = asyncio.create_task(cancelled(), eager_start=True)
          print(task.done(), task.cancelled(), task.cancelling(), outcome(task.result))
          print(await awaiting(task))
    `,
      function* (print) {
        function* cancelled(): Coroutine {
          throw new CancelledError("own");
        }
        beginToTick(print);
        const task = createTask(cancelled(), { eagerStart: true });
        print(
          task.done(),
          task.cancelled(),
          task.cancelling(),
          outcome(() => task.result()),
        );
        print(yield* awaiting(task));
      },
    ));
});

describe("EA-12: an eager task that cancels itself", () => {
  it("EA-12: an eager task that cancels itself and then waits gets CancelledError at its next step", () =>
    same(
      `
      ${helpers}
      async def main():
          begin_to_tick()
          future = asyncio.get_running_loop().create_future()

          async def eager(pause):
              task = asyncio.current_task()
              print(task.cancel("own"), task.cancelling(), task.done())
              try:
                  await pause()
              except asyncio.CancelledError as error:
                  print("eager", repr(error))
                  raise

          for pause in (lambda: future, lambda: asyncio.sleep(0), lambda: asyncio.sleep(5)):
              task = asyncio.create_task(eager(pause), eager_start=True)
              print("made", task.done(), task.cancelled(), future.cancelled())
              print(await awaiting(task), task.cancelled(), t())
    `,
      function* (print) {
        beginToTick(print);
        const loop = getRunningLoop();
        const future = loop.createFuture<void>();
        function* eager(pause: () => Awaitable<void>): Coroutine {
          const task = currentTask();
          print(task?.cancel("own"), task?.cancelling(), task?.done());
          try {
            yield* pause();
          } catch (error) {
            print("eager", repr(error));
            throw error;
          }
        }
        for (const pause of [() => future, () => sleep(0), () => sleep(5)]) {
          const task = createTask(eager(pause), { eagerStart: true });
          print("made", task.done(), task.cancelled(), future.cancelled());
          print(yield* awaiting(task), task.cancelled(), loop.time());
        }
      },
    ));

  it("EA-12: an eager task that cancels itself and then returns or raises is cancelled or failed at creation", () =>
    same(
      `
      ${helpers}
      async def eager(end):
          asyncio.current_task().cancel("own")
          return end()

      def fail():
          raise ValueError("x")

      def uncancel():
          return asyncio.current_task().uncancel()

      async def main():
          for end in (lambda: "result", fail, uncancel):
              task = asyncio.create_task(eager(end), eager_start=True)
              print(task.done(), task.cancelled(), task.cancelling(), outcome(task.result), task.get_coro())
    `,
      function* (print) {
        function* eager(end: () => unknown): Coroutine<unknown> {
          currentTask()?.cancel("own");
          return end();
        }
        function fail(): never {
          throw new ValueError("x");
        }
        const uncancel = (): unknown => currentTask()?.uncancel();
        for (const end of [() => "result", fail, uncancel]) {
          const task = createTask(eager(end), { eagerStart: true });
          print(
            task.done(),
            task.cancelled(),
            task.cancelling(),
            outcome(() => task.result()),
            task.getCoro(),
          );
        }
      },
    ));
});

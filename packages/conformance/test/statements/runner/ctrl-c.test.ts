import {
  asyncWith,
  CancelledError,
  type Coroutine,
  createTask,
  currentTask,
  EventLoop,
  getRunningLoop,
  run,
  Runner,
  sleep,
  ValueError,
  VirtualHost,
} from "@yieldstar/loop";
import { TaskGroup } from "@yieldstar/taskgroup";
import { timeout } from "@yieldstar/timeout";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { t } from "../outcomes.ts";
import { give, helpers, outcome, sameAsync } from "./helpers.ts";

/** A virtual host whose user presses Ctrl-C at a time that the test chooses: between two turns, as a signal comes. */
class KeyboardHost extends VirtualHost {
  #interrupt: (() => void) | undefined;

  get isListening(): boolean {
    return this.#interrupt !== undefined;
  }

  onInterrupt(interrupt: () => void): () => void {
    this.#interrupt = interrupt;
    return () => (this.#interrupt = undefined);
  }

  interruptNow(): void {
    this.#interrupt?.();
  }

  pressCtrlC(): void {
    queueMicrotask(() => this.interruptNow());
  }
}

describe("RN-09: Ctrl-C", () => {
  /** Presses Ctrl-C after `delay` seconds of virtual time. */
  function keyboard() {
    const host = new KeyboardHost();
    return {
      host,
      options: { loopFactory: () => new EventLoop({ host }) },
      pressAfter: (seconds: number): void => void getRunningLoop().callLater(seconds, () => host.pressCtrlC()),
    };
  }

  it("RN-09: the first Ctrl-C cancels main, which may clean up, and run() raises KeyboardInterrupt", () =>
    sameAsync(
      `
      ${helpers}
      async def main():
          press_ctrl_c_after(1)
          try:
              await asyncio.sleep(100)
          except asyncio.CancelledError as error:
              print(repr(error), asyncio.current_task().cancelling(), t())
              await asyncio.sleep(1)
              print("cleaned up", t())
              raise

      print(outcome(lambda: asyncio.run(main())))
    `,
      async (print) => {
        const { options, pressAfter } = keyboard();
        function* main(): Coroutine {
          pressAfter(1);
          try {
            yield* sleep(100);
          } catch (error) {
            print(repr(error), currentTask()?.cancelling(), t());
            yield* sleep(1);
            print("cleaned up", t());
            throw error;
          }
        }
        print(await outcome(() => run(main(), options)));
      },
    ));

  it("RN-09: main may swallow Ctrl-C, fail, or be cancelled by other code as well", () =>
    sameAsync(
      `
      ${helpers}
      def swallow():
          return "swallowed"

      def fail():
          raise ValueError("in cleanup")

      def cancel_too():
          asyncio.current_task().cancel("too")

      def cancel_and_raise():
          asyncio.current_task().cancel("too")
          raise asyncio.CancelledError("own")

      def uncancel():
          asyncio.current_task().uncancel()
          raise asyncio.CancelledError("own")

      async def main(answer):
          press_ctrl_c_after(1)
          try:
              await asyncio.sleep(100)
          except asyncio.CancelledError:
              return answer()

      for answer in (swallow, fail, cancel_too, cancel_and_raise, uncancel):
          print(outcome(lambda: asyncio.run(main(answer))))
    `,
      async (print) => {
        const { options, pressAfter } = keyboard();
        const answers: readonly (() => unknown)[] = [
          () => "swallowed",
          () => {
            throw new ValueError("in cleanup");
          },
          () => void currentTask()?.cancel("too"),
          () => {
            currentTask()?.cancel("too");
            throw new CancelledError("own");
          },
          () => {
            currentTask()?.uncancel();
            throw new CancelledError("own");
          },
        ];
        function* main(answer: () => unknown): Coroutine<unknown> {
          pressAfter(1);
          try {
            yield* sleep(100);
          } catch {
            return answer();
          }
          return undefined;
        }
        for (const answer of answers) print(await outcome(() => run(main(answer), options)));
      },
    ));

  it("RN-09: the second Ctrl-C ends the run at once, and the end cancels main once more", () =>
    sameAsync(
      `
      ${helpers}
      async def main():
          try:
              press_ctrl_c_after(1)
              await asyncio.sleep(100)
          except asyncio.CancelledError:
              print("slow cleanup", t())
              press_ctrl_c_after(1)
              try:
                  await asyncio.sleep(100)
              except asyncio.CancelledError as error:
                  print(repr(error), asyncio.current_task().cancelling(), t())
                  await asyncio.sleep(1)
                  print("still cleaned up", t())
                  raise

      print(outcome(lambda: asyncio.run(main())))
    `,
      async (print) => {
        const { options, pressAfter } = keyboard();
        function* main(): Coroutine {
          try {
            pressAfter(1);
            yield* sleep(100);
          } catch {
            print("slow cleanup", t());
            pressAfter(1);
            try {
              yield* sleep(100);
            } catch (error) {
              print(repr(error), currentTask()?.cancelling(), t());
              yield* sleep(1);
              print("still cleaned up", t());
              throw error;
            }
          }
        }
        print(await outcome(() => run(main(), options)));
      },
    ));

  it("RN-09: a Runner whose run was ended by a second Ctrl-C goes on in its next run", () =>
    sameAsync(
      `
      ${helpers}
      async def main():
          while True:
              try:
                  press_ctrl_c_after(1)
                  await asyncio.sleep(5)
                  print("main goes on", t())
                  return
              except asyncio.CancelledError:
                  print("refused", t())

      runner = asyncio.Runner()
      print(outcome(lambda: runner.run(main())))
      print(outcome(lambda: runner.run(asyncio.sleep(10, "next"))), runner.get_loop().time())
      runner.close()
    `,
      async (print) => {
        const { options, pressAfter } = keyboard();
        function* main(): Coroutine {
          for (;;) {
            try {
              pressAfter(1);
              yield* sleep(5);
              print("main goes on", t());
              return;
            } catch {
              print("refused", t());
            }
          }
        }
        const runner = new Runner(options);
        print(await outcome(() => runner.run(main())));
        print(await outcome(() => runner.run(sleep(10, "next"))), runner.getLoop().time());
        await runner.close();
      },
    ));

  it("RN-09: a Ctrl-C before main begins cancels it before its first step; two at once end the run", () =>
    sameAsync(
      `
      ${helpers}
      async def main():
          print("main begins")
          await asyncio.sleep(100)

      async def presses_twice():
          def press_twice():
              press_ctrl_c()
              press_ctrl_c()
          asyncio.get_running_loop().call_later(1, press_twice)
          try:
              await asyncio.sleep(100)
          except asyncio.CancelledError as error:
              print(repr(error), asyncio.current_task().cancelling(), t())
              raise

      with asyncio.Runner() as runner:
          runner.get_loop().call_soon(press_ctrl_c)
          print(outcome(lambda: runner.run(main())))
      print(outcome(lambda: asyncio.run(presses_twice())))
    `,
      async (print) => {
        const { host, options } = keyboard();
        function* main(): Coroutine {
          print("main begins");
          yield* sleep(100);
        }
        function* pressesTwice(): Coroutine {
          getRunningLoop().callLater(1, () => {
            host.pressCtrlC();
            host.pressCtrlC();
          });
          try {
            yield* sleep(100);
          } catch (error) {
            print(repr(error), currentTask()?.cancelling(), t());
            throw error;
          }
        }
        const runner = new Runner(options);
        const running = runner.run(main());
        // Before the loop's first turn.
        host.interruptNow();
        print(await outcome(() => running));
        await runner.close();
        print(await outcome(() => run(pressesTwice(), options)));
      },
    ));

  it("RN-09: a Ctrl-C after main has ended raises KeyboardInterrupt, and the result is lost", () =>
    sameAsync(
      `
      ${helpers}
      async def main():
          asyncio.current_task().add_done_callback(lambda task: (print("done", task.result()), press_ctrl_c()))
          return "result"

      print(outcome(lambda: asyncio.run(main())))
    `,
      async (print) => {
        const { host, options } = keyboard();
        function* main(): Coroutine<string> {
          currentTask()?.addDoneCallback((task) => {
            print("done", task.result());
            host.interruptNow();
          });
          return "result";
        }
        print(await outcome(() => run(main(), options)));
      },
    ));

  it("RN-09: each run counts its Ctrl-Cs anew", () =>
    sameAsync(
      `
      ${helpers}
      async def main():
          press_ctrl_c_after(1)
          await asyncio.sleep(100)

      with asyncio.Runner() as runner:
          for _ in range(3):
              print(outcome(lambda: runner.run(main())), runner.get_loop().time())
          print(runner.run(give("usable")))
    `,
      async (print) => {
        const { options, pressAfter } = keyboard();
        function* main(): Coroutine {
          pressAfter(1);
          yield* sleep(100);
        }
        const runner = new Runner(options);
        for (let times = 0; times < 3; times++) {
          print(await outcome(() => runner.run(main())), runner.getLoop().time());
        }
        print(await runner.run(give("usable")));
        await runner.close();
      },
    ));

  it("RN-09: Ctrl-C passes through a TaskGroup and a timeout like any cancellation", () =>
    sameAsync(
      `
      ${helpers}
      async def child():
          try:
              await asyncio.sleep(100)
          finally:
              print("child cleans up", t())
              await asyncio.sleep(1)

      async def main():
          press_ctrl_c_after(1)
          try:
              async with asyncio.timeout(50):
                  async with asyncio.TaskGroup() as group:
                      group.create_task(child())
          finally:
              print("main leaves", t())

      print(outcome(lambda: asyncio.run(main())))
    `,
      async (print) => {
        const { options, pressAfter } = keyboard();
        function* child(): Coroutine {
          try {
            yield* sleep(100);
          } finally {
            print("child cleans up", t());
            yield* sleep(1);
          }
        }
        function* main(): Coroutine {
          pressAfter(1);
          try {
            yield* asyncWith(timeout(50), function* () {
              const group = new TaskGroup();
              yield* asyncWith(group, function* () {
                group.createTask(child());
              });
            });
          } finally {
            print("main leaves", t());
          }
        }
        print(await outcome(() => run(main(), options)));
      },
    ));

  it("RN-09: Ctrl-C does not cancel other tasks; the end of the run does", () =>
    sameAsync(
      `
      ${helpers}
      async def other():
          try:
              await asyncio.sleep(100)
          finally:
              print("other cancelled", t())

      async def main():
          global task
          task = asyncio.create_task(other())
          press_ctrl_c_after(1)
          try:
              await asyncio.sleep(100)
          finally:
              await asyncio.sleep(5)
              print("main ends", t())

      print(outcome(lambda: asyncio.run(main())))
    `,
      async (print) => {
        const { options, pressAfter } = keyboard();
        function* other(): Coroutine {
          try {
            yield* sleep(100);
          } finally {
            print("other cancelled", t());
          }
        }
        function* main(): Coroutine {
          createTask(other());
          pressAfter(1);
          try {
            yield* sleep(100);
          } finally {
            yield* sleep(5);
            print("main ends", t());
          }
        }
        print(await outcome(() => run(main(), options)));
      },
    ));
});

describe("RN-10: the handler of Ctrl-C", () => {
  it("RN-10: the handler exists only while something runs", () =>
    sameAsync(
      `
      ${helpers}
      def listening():
          return signal.getsignal(signal.SIGINT) is not signal.default_int_handler

      async def main():
          return listening()

      runner = asyncio.Runner()
      runner.get_loop()
      for _ in range(2):
          print(listening(), runner.run(main()), listening())
      print(outcome(lambda: runner.run(fail("x"))), listening())
      runner.close()
      print(listening(), asyncio.run(main()), listening())
    `,
      async (print) => {
        const listening = (): boolean => process.listenerCount("SIGINT") > 0;
        function* main(): Coroutine<boolean> {
          return listening();
        }
        function* failAtOnce(): Coroutine {
          throw new ValueError("x");
        }
        const runner = new Runner();
        runner.getLoop();
        for (let times = 0; times < 2; times++) print(listening(), await runner.run(main()), listening());
        print(await outcome(() => runner.run(failAtOnce())), listening());
        await runner.close();
        print(listening(), await run(main()), listening());
      },
    ));

  it("RN-10: the signal calls the handler", () =>
    sameAsync(
      `
      ${helpers}
      async def main():
          press_ctrl_c()
          print("cancelling", asyncio.current_task().cancelling())
          await asyncio.sleep(100)

      print(outcome(lambda: asyncio.run(main())))
    `,
      async (print) => {
        function* main(): Coroutine {
          process.emit("SIGINT");
          print("cancelling", currentTask()?.cancelling());
          yield* sleep(100);
        }
        print(await outcome(() => run(main())));
      },
    ));

  it("RN-10: a handler that the program has set itself keeps the signal", () =>
    sameAsync(
      `
      ${helpers}
      def own(*_):
          print("own handler")

      async def main():
          press_ctrl_c()
          await asyncio.sleep(0)
          return signal.getsignal(signal.SIGINT) is own

      signal.signal(signal.SIGINT, own)
      print(outcome(lambda: asyncio.run(main())))
      print(signal.getsignal(signal.SIGINT) is own)
      signal.signal(signal.SIGINT, signal.default_int_handler)
    `,
      async (print) => {
        const own = (): void => print("own handler");
        const isOnlyOwn = (): boolean => process.listeners("SIGINT").every((listener) => listener === own);
        function* main(): Coroutine<boolean> {
          process.emit("SIGINT");
          yield* sleep(0);
          return isOnlyOwn();
        }
        process.on("SIGINT", own);
        print(await outcome(() => run(main())));
        print(isOnlyOwn());
        process.off("SIGINT", own);
      },
    ));

  it("RN-10: the handler does not remove one that the program sets during the run", () =>
    sameAsync(
      `
      ${helpers}
      def own(*_):
          print("own handler")

      async def main():
          signal.signal(signal.SIGINT, own)

      asyncio.run(main())
      press_ctrl_c()
      print(signal.getsignal(signal.SIGINT) is own)
      signal.signal(signal.SIGINT, signal.default_int_handler)
    `,
      async (print) => {
        const own = (): void => print("own handler");
        function* main(): Coroutine {
          process.on("SIGINT", own);
        }
        await run(main());
        process.emit("SIGINT");
        print(process.listeners("SIGINT").every((listener) => listener === own));
        process.off("SIGINT", own);
      },
    ));
});

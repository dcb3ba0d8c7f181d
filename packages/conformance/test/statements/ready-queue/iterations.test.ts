import {
  BaseEventLoop,
  BaseException,
  CancelledError,
  EventLoop,
  Exception,
  GeneratorExit,
  getRunningLoop,
  KeyboardInterrupt,
  NodeHost,
  SystemExit,
  ValueError,
} from "@yieldstar/loop";
import { describe, it, vi } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { type Print, sameScript } from "../../../src/same.ts";
import { attempt, attemptPython, iterate, iteratePython, PolledHost, polledLoopPython, runPolled } from "./helpers.ts";

describe("RQ: the ready queue, iterations, timers, the life of a loop", () => {
  it("RQ-01: callbacks run in the order of call_soon, each exactly once", async () => {
    const python = `
      loop = asyncio.new_event_loop()
      ran = []
      def more():
          for i in range(100, 300):
              loop.call_soon(ran.append, i)
      for i in range(100):
          loop.call_soon(ran.append, i)
      loop.call_soon(more)
      loop.advance(0)
      loop.advance(0)
      print(ran)
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      const ran: number[] = [];
      const append = (from: number, to: number): void => {
        for (let i = from; i < to; i += 1) loop.callSoon(() => ran.push(i));
      };
      append(0, 100);
      loop.callSoon(() => append(100, 300));
      loop.advance(0);
      loop.advance(0);
      print(ran);
    });
  });

  it("RQ-02: an iteration runs only the handles that were ready when it began", async () => {
    const python = `${iteratePython}
      loop = asyncio.new_event_loop()
      def countdown(n):
          print("countdown", n)
          if n > 0:
              loop.call_soon(countdown, n - 1)
      loop.call_soon(countdown, 2)
      loop.call_soon(print, "second")
      loop.call_soon(countdown, 1)
      for i in range(4):
          print("iteration", i)
          iterate()
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      function countdown(n: number): void {
        print("countdown", n);
        if (n > 0) loop.callSoon(() => countdown(n - 1));
      }
      loop.callSoon(() => countdown(2));
      loop.callSoon(() => print("second"));
      loop.callSoon(() => countdown(1));
      for (let i = 0; i < 4; i += 1) {
        print("iteration", i);
        iterate(loop);
      }
    });
  });

  it("RQ-09: a poll takes no time when work is ready, else waits for the next timer, or for ever", async () => {
    const python = `${polledLoopPython}
      loop = polled_loop((9, lambda: loop.call_soon(event)))
      def event():
          print("event", loop.time())
          loop.call_later(5, print, "timer")
          loop.stop()
      loop.call_soon(print, "ready")
      loop.call_later(4, loop.call_at, 3, print, "overdue")
      loop.run_forever()
      loop.stop()
      loop.run_forever()
      print("stopped", loop.time())
    `;
    await sameScript(python, (print) => {
      const host = new PolledHost(print, [{ at: 9, arrive: () => loop.callSoon(event) }]);
      const loop = new EventLoop({ host });
      function event(): void {
        print("event", loop.time());
        loop.callLater(5, () => print("timer"));
        loop.stop();
      }
      loop.callSoon(() => print("ready"));
      loop.callLater(4, () => loop.callAt(3, () => print("overdue")));
      runPolled(loop, host);
      loop.stop();
      runPolled(loop, host);
      print("stopped", loop.time());
    });
  });

  it("RQ-09: no poll is longer than 24 hours", async () => {
    const python = `${polledLoopPython}
      loop = polled_loop()
      loop.call_later(200000, loop.stop)
      loop.run_forever()
    `;
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate", "clearImmediate", "performance"] });
    const setTimeoutSpy = vi.spyOn(globalThis, "setTimeout");
    const loop = new EventLoop({ host: new NodeHost() });
    loop.callLater(200_000, () => loop.stop());
    const stopped = loop.runForever();
    await vi.advanceTimersByTimeAsync(200_000_000);
    await stopped;
    const polls = setTimeoutSpy.mock.calls.map(([, milliseconds = 0]) => Math.floor(milliseconds / 1000));
    setTimeoutSpy.mockRestore();
    vi.useRealTimers();
    loop.close();
    await sameScript(python, (print) => {
      for (const seconds of polls) print("poll", seconds);
    });
  });

  it("RQ-12: a cancelled handle is skipped, and still counts among those of its iteration", async () => {
    const python = `${iteratePython}
      loop = asyncio.new_event_loop()
      def cancel_second():
          print("first")
          second.cancel()
          loop.call_soon(print, "next iteration")
      loop.call_soon(cancel_second)
      second = loop.call_soon(print, "second")
      loop.call_soon(print, "third")
      loop.call_soon(print, "fourth").cancel()
      for i in range(2):
          print("iteration", i)
          iterate()
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      loop.callSoon(() => {
        print("first");
        second.cancel();
        loop.callSoon(() => print("next iteration"));
      });
      const second = loop.callSoon(() => print("second"));
      loop.callSoon(() => print("third"));
      loop.callSoon(() => print("fourth")).cancel();
      for (let i = 0; i < 2; i += 1) {
        print("iteration", i);
        iterate(loop);
      }
    });
  });

  it("RQ-35: an exception in a callback goes to the exception handler, and the loop goes on", async () => {
    const python = `
      loop = asyncio.new_event_loop()
      def handler(the_loop, context):
          message = context["message"].partition(" at ")[0]
          print(the_loop is loop, list(context), message, repr(context["exception"]), context["handle"] in handles)
      def boom():
          raise ValueError("x")
      loop.set_exception_handler(handler)
      handles = [loop.call_soon(boom), loop.call_later(0, boom)]
      loop.call_soon(print, "next")
      loop.advance(0)
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      function boom(): void {
        throw new ValueError("x");
      }
      loop.setExceptionHandler((theLoop, context) => {
        const { message, exception, handle } = context;
        const isKnown = handles.some((each) => each === handle);
        print(theLoop === loop, Object.keys(context), message, repr(exception), isKnown);
      });
      const handles = [loop.callSoon(boom), loop.callLater(0, boom)];
      loop.callSoon(() => print("next"));
      loop.advance(0);
    });
  });

  it("RQ-35: in debug mode the exception handler also gets the place where the callback was scheduled", async () => {
    const python = `
      loop = asyncio.new_event_loop()
      loop.set_debug(True)
      loop.set_exception_handler(lambda loop, context: print(*(key.replace("_t", "T") for key in context)))
      def boom():
          raise ValueError("x")
      loop.call_soon(boom)
      loop.call_later(0, boom)
      loop.advance(0)
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      loop.setDebug(true);
      loop.setExceptionHandler((_, context) => print(...Object.keys(context)));
      function boom(): void {
        throw new ValueError("x");
      }
      loop.callSoon(boom);
      loop.callLater(0, boom);
      loop.advance(0);
    });
  });

  it("RQ-35: SystemExit and KeyboardInterrupt leave the loop, and the rest waits for the next run", async () => {
    const python = `${attemptPython}
      loop = asyncio.new_event_loop()
      loop.set_exception_handler(lambda loop, context: print("not reached"))
      def leave(error):
          raise error
      for error in [SystemExit(), KeyboardInterrupt("x")]:
          loop.call_soon(print, "before")
          loop.call_soon(leave, error)
          loop.call_soon(print, "after")
          loop.call_soon(loop.stop)
          attempt(loop.run_forever)
          print(loop.is_running(), loop.is_closed())
          attempt(loop.run_forever)
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      loop.setExceptionHandler(() => print("not reached"));
      for (const error of [new SystemExit(), new KeyboardInterrupt("x")]) {
        loop.callSoon(() => print("before"));
        loop.callSoon(() => {
          throw error;
        });
        loop.callSoon(() => print("after"));
        loop.callSoon(() => loop.stop());
        attempt(print, () => loop.runForever());
        print(loop.isRunning(), loop.isClosed());
        attempt(print, () => loop.runForever());
      }
    });
  });

  it("RQ-36: other base exceptions in a callback are reported like any error", async () => {
    const python = `
      class Custom(BaseException):
          pass
      loop = asyncio.new_event_loop()
      def handler(loop, context):
          print(list(context), repr(context["exception"]), isinstance(context["exception"], Exception))
      def boom(error):
          raise error
      loop.set_exception_handler(handler)
      for error in [GeneratorExit("x"), asyncio.CancelledError("x"), Custom("x"), ValueError("x")]:
          loop.call_soon(boom, error)
      loop.call_soon(print, "next")
      loop.advance(0)
    `;
    await sameScript(python, (print, newLoop) => {
      class Custom extends BaseException {
        override name = "Custom";
      }
      const loop = newLoop();
      loop.setExceptionHandler((_, context) => {
        print(Object.keys(context), repr(context.exception), context.exception instanceof Exception);
      });
      for (const error of [new GeneratorExit("x"), new CancelledError("x"), new Custom("x"), new ValueError("x")]) {
        loop.callSoon(() => {
          throw error;
        });
      }
      loop.callSoon(() => print("next"));
      loop.advance(0);
    });
  });

  it("RQ-39: call_soon_threadsafe shares the queue of call_soon", async () => {
    const python = `
      loop = asyncio.new_event_loop()
      def schedule(where):
          loop.call_soon(print, where, 1)
          loop.call_soon_threadsafe(print, where, 2)
          loop.call_soon(print, where, 3)
          loop.call_soon_threadsafe(print, where, "cancelled").cancel()
      schedule("outside")
      loop.call_soon(schedule, "inside")
      loop.advance(0)
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      function schedule(where: string): void {
        loop.callSoon(() => print(where, 1));
        loop.callSoonThreadsafe(() => print(where, 2));
        loop.callSoon(() => print(where, 3));
        loop.callSoonThreadsafe(() => print(where, "cancelled")).cancel();
      }
      schedule("outside");
      loop.callSoon(() => schedule("inside"));
      loop.advance(0);
    });
  });

  it("RQ-39: call_soon_threadsafe ends a poll in progress", async () => {
    const python = `
      loop = asyncio.new_event_loop()
      woken = []
      def other_thread():
          loop.call_soon_threadsafe(lambda: (print("called", loop.time()), loop.stop()))
      def select(timeout):
          print("poll", timeout)
          if timeout > 3:
              other_thread()
          loop._move_to(3 if woken else timeout)
          return []
      loop._write_to_self = lambda: woken.append(True)
      loop._selector.select = select
      loop.call_soon(print, "ready")
      loop.call_at(100, loop.stop)
      loop.run_forever()
    `;
    await sameScript(python, (print) => {
      const host = new PolledHost(print, [
        {
          at: 3,
          arrive: () =>
            loop.callSoonThreadsafe(() => {
              print("called", loop.time());
              loop.stop();
            }),
        },
      ]);
      const loop = new EventLoop({ host });
      loop.callSoon(() => print("ready"));
      loop.callAt(100, () => loop.stop());
      runPolled(loop, host);
    });
  });

  it("RQ-40: a run can be driven from outside, iteration by iteration", async () => {
    const python = `${attemptPython}
      loop = asyncio.new_event_loop()
      def inside(name):
          print(name, asyncio.get_running_loop() is loop, loop.is_running())
          loop.stop()
          loop.call_soon(print, "after", name)
      print(loop.is_running())
      for name in ["first", "second"]:
          loop._run_forever_setup()
          print(loop.is_running(), loop._stopping)
          attempt(loop._run_forever_setup)
          loop.call_soon(inside, name)
          loop._run_once()
          print(loop.is_running(), loop._stopping)
          loop._run_forever_cleanup()
          print(loop.is_running(), loop._stopping)
          attempt(asyncio.get_running_loop)
    `;
    class EmbeddedLoop extends BaseEventLoop {
      protected override readonly clockResolution = 1e-9;
      override time(): number {
        return 0;
      }
      protected override wakeUp(): void {}
      drive(print: Print, whileRunning: () => void): void {
        this.runForeverSetup();
        print(this.isRunning(), this.stopping);
        attempt(print, () => this.runForeverSetup());
        whileRunning();
        this.runOnce();
        print(this.isRunning(), this.stopping);
        this.runForeverCleanup();
        print(this.isRunning(), this.stopping);
      }
    }
    await sameScript(python, (print) => {
      const loop = new EmbeddedLoop();
      function inside(name: string): void {
        print(name, getRunningLoop() === loop, loop.isRunning());
        loop.stop();
        loop.callSoon(() => print("after", name));
      }
      print(loop.isRunning());
      for (const name of ["first", "second"]) {
        loop.drive(print, () => loop.callSoon(() => inside(name)));
        attempt(print, getRunningLoop);
      }
    });
  });
});

import {
  type Coroutine,
  EventLoop,
  getEventLoop,
  getRunningLoop,
  KeyboardInterrupt,
  setEventLoop,
  sleep,
  SystemExit,
  ValueError,
} from "@yieldstar/loop";
import { describe, it } from "vitest";
import { printed } from "../../../../../.ci/vitest/quiet.ts";
import { sameScript } from "../../../src/same.ts";
import { attempt, attemptPython, PolledHost, polledLoopPython, runPolled } from "./helpers.ts";

describe("RQ: the ready queue, iterations, timers, the life of a loop", () => {
  it("RQ-10: stop() lets the iteration finish, and leaves the work that it scheduled to the next run", async () => {
    const python = `
      loop = asyncio.new_event_loop()
      def first():
          print("first")
          loop.stop()
          loop.call_soon(print, "next run")
          loop.call_later(0, print, "next run's timer")
      loop.call_soon(first)
      loop.call_soon(print, "second")
      loop.call_at(0, print, "timer")
      loop.run_forever()
      print("stopped")
      loop.call_soon(loop.stop)
      loop.run_forever()
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      loop.callSoon(() => {
        print("first");
        loop.stop();
        loop.callSoon(() => print("next run"));
        loop.callLater(0, () => print("next run's timer"));
      });
      loop.callSoon(() => print("second"));
      loop.callAt(0, () => print("timer"));
      loop.runForever();
      print("stopped");
      loop.callSoon(() => loop.stop());
      loop.runForever();
    });
  });

  it("RQ-10: stop() ends a turn of the host that had time for more iterations", async () => {
    const python = `
      loop = asyncio.new_event_loop()
      def first():
          print("first")
          loop.stop()
          loop.call_soon(print, "next run")
      loop.call_soon(loop.call_soon, first)
      loop.run_forever()
      print("stopped")
      loop.call_soon(loop.stop)
      loop.run_forever()
    `;
    await sameScript(python, (print) => {
      const host = new PolledHost(() => {}, [], 1);
      const loop = new EventLoop({ host });
      function first(): void {
        print("first");
        loop.stop();
        loop.callSoon(() => print("next run"));
      }
      loop.callSoon(() => loop.callSoon(first));
      runPolled(loop, host);
      print("stopped");
      loop.callSoon(() => loop.stop());
      runPolled(loop, host);
    });
  });

  it("RQ-11: after stop() a run makes one iteration, which does not wait", async () => {
    const python = `
      loop = asyncio.new_event_loop()
      loop.call_later(5, print, "timer 5")
      loop.stop()
      loop.run_forever()
      print("nothing", loop.time())
      loop.call_soon(lambda: (print("ready"), loop.call_soon(print, "second iteration")))
      loop.call_at(0, print, "timer 0")
      loop.stop()
      loop.stop()
      loop.run_forever()
      print("once", loop.time())
      loop.call_later(6, loop.stop)
      loop.run_forever()
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      loop.callLater(5, () => print("timer 5"));
      loop.stop();
      loop.runForever();
      print("nothing", loop.time());
      loop.callSoon(() => {
        print("ready");
        loop.callSoon(() => print("second iteration"));
      });
      loop.callAt(0, () => print("timer 0"));
      loop.stop();
      loop.stop();
      loop.runForever();
      print("once", loop.time());
      loop.callLater(6, () => loop.stop());
      loop.runForever();
    });
  });

  it("RQ-17: nothing can be scheduled or run on a closed loop", async () => {
    const python = `${attemptPython}
      loop = asyncio.new_event_loop()
      future = loop.create_future()
      loop.close()
      coroutine = asyncio.sleep(0)
      attempt(lambda: loop.call_soon(print))
      attempt(lambda: loop.call_at(1, print))
      attempt(lambda: loop.call_later(1, print))
      attempt(lambda: loop.call_soon_threadsafe(print))
      attempt(lambda: loop.create_task(coroutine))
      attempt(lambda: loop.run_until_complete(coroutine))
      attempt(lambda: loop.run_until_complete(future))
      attempt(lambda: loop.run_forever())
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      const future = loop.createFuture<void>();
      loop.close();
      const coroutine = sleep(0);
      attempt(print, () => loop.callSoon(() => {}));
      attempt(print, () => loop.callAt(1, () => {}));
      attempt(print, () => loop.callLater(1, () => {}));
      attempt(print, () => loop.callSoonThreadsafe(() => {}));
      attempt(print, () => loop.createTask(coroutine));
      attempt(print, () => loop.runUntilComplete(coroutine));
      attempt(print, () => loop.runUntilComplete(future));
      attempt(print, () => loop.runForever());
    });
  });

  it("RQ-18: a running loop cannot be closed", async () => {
    const python = `${attemptPython}
      loop = asyncio.new_event_loop()
      loop.call_soon(attempt, loop.close)
      loop.call_soon(print, "still runs")
      loop.advance(0)
      print(loop.is_closed())
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      loop.callSoon(() => attempt(print, () => loop.close()));
      loop.callSoon(() => print("still runs"));
      loop.advance(0);
      print(loop.isClosed());
    });
  });

  it("RQ-18: close() drops the queued callbacks, and may be repeated", async () => {
    const python = `${attemptPython}
      loop = asyncio.new_event_loop()
      handles = [loop.call_soon(print, "handle"), loop.call_later(0, print, "timer"), loop.call_later(5, print, "timer")]
      print(loop.is_closed(), loop.close(), loop.is_closed(), loop.close(), loop.is_closed())
      attempt(loop.run_forever)
      print([handle.cancelled() for handle in handles])
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      const handles = [
        loop.callSoon(() => print("handle")),
        loop.callLater(0, () => print("timer")),
        loop.callLater(5, () => print("timer")),
      ];
      print(loop.isClosed(), loop.close(), loop.isClosed(), loop.close(), loop.isClosed());
      attempt(print, () => loop.runForever());
      print(handles.map((handle) => handle.cancelled()));
    });
  });

  it("RQ-19: no loop can be run inside a run", async () => {
    const python = `${attemptPython}
      loop, other = asyncio.new_event_loop(), asyncio.new_event_loop()
      other.call_soon(print, "on the other loop")
      async def main():
          for each in [loop, other]:
              future, coroutine = each.create_future(), asyncio.sleep(0)
              attempt(each.run_forever)
              attempt(lambda: each.run_until_complete(future))
              attempt(lambda: each.run_until_complete(coroutine))
              print(each.is_running())
              coroutine.close()
          return "main goes on"
      print(loop.run_until_complete(main()))
      other.advance(0)
    `;
    await sameScript(python, (print, newLoop) => {
      const [loop, other] = [newLoop(), newLoop()];
      other.callSoon(() => print("on the other loop"));
      function* main(): Coroutine<string> {
        for (const each of [loop, other]) {
          const [future, coroutine] = [each.createFuture<void>(), sleep(0)];
          attempt(print, () => each.runForever());
          attempt(print, () => each.runUntilComplete(future));
          attempt(print, () => each.runUntilComplete(coroutine));
          print(each.isRunning());
        }
        return "main goes on";
      }
      print(loop.runUntilComplete(main()));
      other.advance(0);
    });
  });

  it("RQ-20: a loop that is stopped too early does not complete its future", async () => {
    const python = `${attemptPython}
      loop = asyncio.new_event_loop()
      async def main():
          await asyncio.sleep(2)
          return "completed"
      task = loop.create_task(main())
      loop.call_later(1, loop.stop)
      attempt(lambda: loop.run_until_complete(task))
      print(task.done(), loop.time())
      attempt(lambda: loop.run_until_complete(task))
      print(loop.time())
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      function* main(): Coroutine<string> {
        yield* sleep(2);
        return "completed";
      }
      const task = loop.createTask(main());
      loop.callLater(1, () => loop.stop());
      attempt(print, () => loop.runUntilComplete(task));
      print(task.done(), loop.time());
      attempt(print, () => loop.runUntilComplete(task));
      print(loop.time());
    });
  });

  it("RQ-21: run_until_complete ends after the iteration in which the future's callbacks run", async () => {
    const python = `
      loop = asyncio.new_event_loop()
      future = loop.create_future()
      def complete():
          future.set_result("result")
          future.add_done_callback(lambda _: (print("behind"), loop.call_soon(print, "next run")))
          loop.call_soon(print, "further behind")
      future.add_done_callback(lambda _: print("before"))
      loop.call_soon(complete)
      print(loop.run_until_complete(future))
      loop.advance(0)
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      const future = loop.createFuture<string>();
      future.addDoneCallback(() => print("before"));
      loop.callSoon(() => {
        future.setResult("result");
        future.addDoneCallback(() => {
          print("behind");
          loop.callSoon(() => print("next run"));
        });
        loop.callSoon(() => print("further behind"));
      });
      print(loop.runUntilComplete(future));
      loop.advance(0);
    });
  });

  it("RQ-37: get_running_loop() needs a running loop", async () => {
    const python = `${attemptPython}
      loop = asyncio.new_event_loop()
      asyncio.set_event_loop(loop)
      attempt(asyncio.get_running_loop)
      loop.call_soon(lambda: print(asyncio.get_running_loop() is loop))
      loop.advance(0)
      attempt(asyncio.get_running_loop)
      asyncio.set_event_loop(None)
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      setEventLoop(loop);
      attempt(print, getRunningLoop);
      loop.callSoon(() => print(getRunningLoop() === loop));
      loop.advance(0);
      attempt(print, getRunningLoop);
      setEventLoop(undefined);
    });
  });

  it("RQ-38: get_event_loop() returns the running loop or the one that was set, and never makes one", async () => {
    const python = `${attemptPython}
      attempt(asyncio.get_event_loop)
      attempt(asyncio.get_event_loop)
      loop, other = asyncio.new_event_loop(), asyncio.new_event_loop()
      attempt(asyncio.get_event_loop)
      asyncio.set_event_loop(loop)
      print(asyncio.get_event_loop() is loop)
      other.call_soon(lambda: print(asyncio.get_event_loop() is other))
      other.advance(0)
      print(asyncio.get_event_loop() is loop)
      asyncio.set_event_loop(None)
      attempt(asyncio.get_event_loop)
    `;
    await sameScript(python, (print, newLoop) => {
      attempt(print, getEventLoop);
      attempt(print, getEventLoop);
      const [loop, other] = [newLoop(), newLoop()];
      attempt(print, getEventLoop);
      setEventLoop(loop);
      print(getEventLoop() === loop);
      other.callSoon(() => print(getEventLoop() === other));
      other.advance(0);
      print(getEventLoop() === loop);
      setEventLoop(undefined);
      attempt(print, getEventLoop);
    });
  });

  it("RQ-41: a future whose run has failed does not stop a later run", async () => {
    const python = `${attemptPython}
      loop = asyncio.new_event_loop()
      def interrupt():
          raise KeyboardInterrupt("x")
      future = loop.create_future()
      loop.call_later(1, interrupt)
      attempt(lambda: loop.run_until_complete(future))
      loop.call_later(1, future.set_result, None)
      attempt(lambda: loop.run_until_complete(asyncio.sleep(2, "slept")))
      print(future.done(), loop.time())
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      const future = loop.createFuture<void>();
      loop.callLater(1, () => {
        throw new KeyboardInterrupt("x");
      });
      attempt(print, () => loop.runUntilComplete(future));
      loop.callLater(1, () => future.setResult());
      attempt(print, () => loop.runUntilComplete(sleep(2, "slept")));
      print(future.done(), loop.time());
    });
  });

  it("RQ-41: a task that has left its run with an exception does not stop a later run", async () => {
    const python = `${attemptPython}
      loop = asyncio.new_event_loop()
      async def leave(error):
          await asyncio.sleep(1)
          raise error
      for error in [SystemExit(), KeyboardInterrupt("x")]:
          attempt(lambda: loop.run_until_complete(leave(error)))
          attempt(lambda: loop.run_until_complete(loop.create_task(leave(error))))
          attempt(lambda: loop.run_until_complete(asyncio.sleep(2, "slept")))
          print(loop.time())
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      function* leave(error: Error): Coroutine {
        yield* sleep(1);
        throw error;
      }
      for (const error of [new SystemExit(), new KeyboardInterrupt("x")]) {
        attempt(print, () => loop.runUntilComplete(leave(error)));
        attempt(print, () => loop.runUntilComplete(loop.createTask(leave(error))));
        attempt(print, () => loop.runUntilComplete(sleep(2, "slept")));
        print(loop.time());
      }
    });
  });

  it("RQ-42: a loop is running from the beginning to the end of a run", async () => {
    const python = `${attemptPython}
      loop, other = asyncio.new_event_loop(), asyncio.new_event_loop()
      def show(where):
          print(where, loop.is_running(), other.is_running())
      async def main():
          show("task")
          await asyncio.sleep(1)
          raise ValueError("x")
      show("before")
      loop.call_soon(show, "callback")
      loop.call_later(0.5, show, "timer")
      attempt(lambda: loop.run_until_complete(main()))
      show("after")
      loop.call_soon(loop.stop)
      loop.run_forever()
      show("after")
    `;
    await sameScript(python, (print, newLoop) => {
      const [loop, other] = [newLoop(), newLoop()];
      function show(where: string): void {
        print(where, loop.isRunning(), other.isRunning());
      }
      function* main(): Coroutine {
        show("task");
        yield* sleep(1);
        throw new ValueError("x");
      }
      show("before");
      loop.callSoon(() => show("callback"));
      loop.callLater(0.5, () => show("timer"));
      attempt(print, () => loop.runUntilComplete(main()));
      show("after");
      loop.callSoon(() => loop.stop());
      loop.runForever();
      show("after");
    });
  });

  it("RQ-42: debug mode and the threshold for slow steps belong to one loop", async () => {
    const python = `
      loop, other = asyncio.new_event_loop(), asyncio.new_event_loop()
      def show():
          print(loop.get_debug(), loop.slow_callback_duration, other.get_debug(), other.slow_callback_duration)
      show()
      loop.set_debug(True)
      other.slow_callback_duration = 2
      show()
      loop.call_soon(loop.set_debug, False)
      loop.advance(0)
      show()
    `;
    await sameScript(python, (print, newLoop) => {
      const [loop, other] = [newLoop(), newLoop()];
      function show(): void {
        print(loop.getDebug(), loop.slowCallbackDuration, other.getDebug(), other.slowCallbackDuration);
      }
      show();
      loop.setDebug(true);
      other.slowCallbackDuration = 2;
      show();
      loop.callSoon(() => loop.setDebug(false));
      loop.advance(0);
      show();
    });
  });

  it("RQ-42: set_debug() and slow_callback_duration take effect at once", async () => {
    const python = `${polledLoopPython}
      import logging
      handler = logging.Handler()
      handler.emit = lambda record: print(record.getMessage().rpartition("> ")[2])
      asyncio.log.logger.addHandler(handler)
      loop = polled_loop()
      def slow(seconds):
          loop._move_to(loop.time() + seconds)
      loop.call_soon(slow, 0.25)
      loop.call_soon(loop.set_debug, True)
      loop.call_soon(slow, 0.5)
      loop.call_soon(setattr, loop, "slow_callback_duration", 1)
      loop.call_soon(slow, 0.75)
      loop.call_soon(slow, 1)
      loop.call_soon(loop.set_debug, False)
      loop.call_soon(slow, 2)
      loop.call_soon(loop.stop)
      loop.run_forever()
    `;
    await sameScript(python, (print) => {
      const host = new PolledHost(print);
      const loop = new EventLoop({ host });
      function slow(seconds: number): void {
        host.now += seconds;
      }
      loop.callSoon(() => slow(0.25));
      loop.callSoon(() => loop.setDebug(true));
      loop.callSoon(() => slow(0.5));
      loop.callSoon(() => {
        loop.slowCallbackDuration = 1;
      });
      loop.callSoon(() => slow(0.75));
      loop.callSoon(() => slow(1));
      loop.callSoon(() => loop.setDebug(false));
      loop.callSoon(() => slow(2));
      loop.callSoon(() => loop.stop());
      runPolled(loop, host);
      for (const [, text] of printed()) print(String(text).replace(/.*> /, ""));
    });
  });
});

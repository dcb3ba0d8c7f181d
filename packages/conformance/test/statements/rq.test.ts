import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  BaseEventLoop,
  BaseException,
  CancelledError,
  type Coroutine,
  createTask,
  currentTask,
  EventLoop,
  Exception,
  Future,
  GeneratorExit,
  getEventLoop,
  getRunningLoop,
  type Host,
  KeyboardInterrupt,
  NodeHost,
  setEventLoop,
  sleep,
  SystemExit,
  Task,
  ValueError,
} from "@yieldstar/loop";
import { VirtualTimeLoop } from "@yieldstar/testing";
import { describe, expect, it, vi } from "vitest";
import { printed } from "../../../../.ci/vitest/quiet.ts";
import { repr } from "../../src/python-text.ts";
import { type Print, same, sameScript } from "../../src/same.ts";

/** Runs one iteration, in Python and here. */
const iteratePython = `
      iterate = lambda: (loop.stop(), loop.run_forever())
`;

function iterate(loop: VirtualTimeLoop): void {
  loop.stop();
  loop.runForever();
}

/** Prints what an action returns or raises, in Python and here. */
const attemptPython = `
      def attempt(action):
          try:
              print(action())
          except BaseException as error:
              print(repr(error))
`;

function attempt(print: Print, action: () => unknown): void {
  try {
    print(action());
  } catch (error) {
    print(repr(error));
  }
}

/** An event from outside that comes while the loop waits for it, or at the next poll. */
interface Arrival {
  readonly at: number;
  readonly arrive: () => void;
}

/** A loop that prints for how long it polls, in Python and, as a host, here. */
const polledLoopPython = `
      def polled_loop(*arrivals):
          loop, arrivals = asyncio.new_event_loop(), list(arrivals)
          def select(timeout):
              print("poll", timeout)
              until = loop.time() + (float("inf") if timeout is None else timeout)
              at, arrive = arrivals.pop(0) if arrivals and arrivals[0][0] <= until else (until, None)
              loop._move_to(max(loop.time(), at))
              return [arrive] if arrive else []
          loop._selector.select = select
          loop._process_events = lambda events: [arrive() for arrive in events]
          return loop
`;

class PolledHost implements Host {
  readonly clockResolution = 1e-9;
  readonly turnBudget: number;
  now = 0;
  private readonly print: Print;
  private readonly arrivals: Arrival[];
  private request: { readonly when: number; readonly turn: () => void } | undefined;

  /** @param turnBudget - 0 for one iteration a turn, as CPython polls before each */
  constructor(print: Print, arrivals: readonly Arrival[] = [], turnBudget = 0) {
    this.turnBudget = turnBudget;
    this.print = print;
    this.arrivals = [...arrivals];
  }

  time(): number {
    return this.now;
  }

  requestTurn(turn: () => void): void {
    this.requestTurnAt(this.now, turn);
  }

  requestTurnAt(when: number, turn: () => void): void {
    this.request = { when, turn };
  }

  awaitWakeUp(stuck: () => void): void {
    this.requestTurnAt(Infinity, stuck);
  }

  cancelTurn(): void {
    this.request = undefined;
  }

  close(): void {
    this.cancelTurn();
  }

  /** Serves the loop until it stops. */
  serve(): void {
    while (this.request !== undefined) {
      const { when } = this.request;
      this.print("poll", when === Infinity ? undefined : Math.max(0, when - this.now));
      this.takeArrival(when);
      // An arrival may have asked for an earlier turn.
      this.now = Math.max(this.now, this.request.when);
      this.request.turn();
    }
  }

  private takeArrival(until: number): void {
    const [arrival] = this.arrivals;
    if (arrival === undefined || arrival.at > until) return;
    this.arrivals.shift();
    this.now = Math.max(this.now, arrival.at);
    arrival.arrive();
  }
}

/** Runs a loop on a `PolledHost` until it stops. */
function runPolled(loop: EventLoop, host: PolledHost): void {
  void loop.runForever();
  host.serve();
}

/** A full collection. A reference that this turn has looked at is kept until the next one. */
async function collectGarbage(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

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

  it("RQ-02: an iteration runs only what was ready when it began", async () => {
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

  it("RQ-03: in an iteration ready work runs before I/O, and I/O before the timers that are due", async () => {
    const python = `${polledLoopPython}
      loop = polled_loop((0, lambda: loop.call_soon(print, "I/O")), (3, lambda: loop.call_soon(print, "more I/O")))
      loop.call_at(0, print, "timer")
      loop.call_soon(lambda: (print("ready"), loop.call_soon(print, "next iteration")))
      loop.call_at(3, lambda: (print("timer"), loop.stop()))
      loop.run_forever()
    `;
    await sameScript(python, (print) => {
      const host = new PolledHost(print, [
        { at: 0, arrive: () => loop.callSoon(() => print("I/O")) },
        { at: 3, arrive: () => loop.callSoon(() => print("more I/O")) },
      ]);
      const loop = new EventLoop({ host });
      loop.callAt(0, () => print("timer"));
      loop.callSoon(() => {
        print("ready");
        loop.callSoon(() => print("next iteration"));
      });
      loop.callAt(3, () => {
        print("timer");
        loop.stop();
      });
      runPolled(loop, host);
    });
  });

  it("RQ-03: cancelled timers are gone before the poll's timeout is computed", async () => {
    const python = `${polledLoopPython}
      loop = polled_loop()
      loop.call_later(1, print, "cancelled").cancel()
      later = loop.call_later(2, print, "cancelled")
      loop.call_later(5, loop.stop)
      loop.call_soon(later.cancel)
      loop.run_forever()
    `;
    await sameScript(python, (print) => {
      const host = new PolledHost(print);
      const loop = new EventLoop({ host });
      loop.callLater(1, () => print("cancelled")).cancel();
      const later = loop.callLater(2, () => print("cancelled"));
      loop.callLater(5, () => loop.stop());
      loop.callSoon(() => later.cancel());
      runPolled(loop, host);
    });
  });

  it("RQ-04: a delay that is not positive makes a timer, which comes after a later call_soon", async () => {
    const python = `
      loop = asyncio.new_event_loop()
      def schedule(where):
          print(type(loop.call_later(0, print, where, "delay 0")).__name__)
          loop.call_later(-1, print, where, "delay -1")
          loop.call_soon(print, where, "soon")
      schedule("outside")
      loop.call_soon(schedule, "inside")
      loop.advance(0)
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      function schedule(where: string): void {
        print(loop.callLater(0, () => print(where, "delay 0")).constructor.name);
        loop.callLater(-1, () => print(where, "delay -1"));
        loop.callSoon(() => print(where, "soon"));
      }
      schedule("outside");
      loop.callSoon(() => schedule("inside"));
      loop.advance(0);
    });
  });

  it("RQ-05: timers that are due together run in the order of their times, all in one iteration", async () => {
    const python = `${iteratePython}
      loop = asyncio.new_event_loop()
      def ring(when):
          print("timer", when)
          loop.call_soon(print, "after", when)
      for when in [-3, -1, -5, 1, -2, -4]:
          loop.call_at(when, ring, when)
      loop.call_soon(loop.call_at, -9, ring, -9)
      for i in range(3):
          print("iteration", i)
          iterate()
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      function ring(when: number): void {
        print("timer", when);
        loop.callSoon(() => print("after", when));
      }
      for (const when of [-3, -1, -5, 1, -2, -4]) loop.callAt(when, () => ring(when));
      loop.callSoon(() => loop.callAt(-9, () => ring(-9)));
      for (let i = 0; i < 3; i += 1) {
        print("iteration", i);
        iterate(loop);
      }
    });
  });

  it("RQ-06: equal times run in the order of insertion", async () => {
    const python = `
      async def sleeper(i, delay):
          await asyncio.sleep(delay)
          print("sleeper", i, t())

      async def main():
          for i in range(20):
              asyncio.create_task(sleeper(i, 2 - i % 2))
          for i in range(20):
              asyncio.get_running_loop().call_at(1 + i % 2, print, "timer", i)
          await asyncio.sleep(3)
    `;
    await same(python, function* (print) {
      function* sleeper(i: number, delay: number): Coroutine {
        yield* sleep(delay);
        print("sleeper", i, getRunningLoop().time());
      }
      for (let i = 0; i < 20; i += 1) createTask(sleeper(i, 2 - (i % 2)));
      for (let i = 0; i < 20; i += 1) getRunningLoop().callAt(1 + (i % 2), () => print("timer", i));
      yield* sleep(3);
    });
  });

  it("RQ-07: a timer is due when its time is less than the clock's resolution away", async () => {
    const python = `
      loop = asyncio.new_event_loop()
      for when in [0, 5e-10, 1e-9, 1.5e-9, 2.5e-9]:
          loop.call_at(when, lambda when=when: print(when, "at", loop.time()))
      loop.advance(1)
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      for (const when of [0, 5e-10, 1e-9, 1.5e-9, 2.5e-9]) loop.callAt(when, () => print(when, "at", loop.time()));
      loop.advance(1);
    });
  });

  it("RQ-07: a timer for this very moment is due also where the clock is coarser than the resolution", async () => {
    const python = `${iteratePython}
      loop = asyncio.new_event_loop()
      loop.advance(1e17)
      loop.call_later(0, print, "due")
      iterate()
      print("iterated")
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      loop.advance(1e17);
      loop.callLater(0, () => print("due"));
      iterate(loop);
      print("iterated");
    });
  });

  it("RQ-08: a callback that lets time pass makes no more timers due in its iteration", async () => {
    const python = `${polledLoopPython}
      loop = polled_loop()
      def busy(until):
          print("busy", until)
          loop._move_to(until)
          loop.call_soon(print, "after busy", until)
      loop.call_soon(busy, 5)
      loop.call_at(1, print, "timer 1")
      loop.call_at(2, busy, 10)
      loop.call_at(6, print, "timer 6")
      loop.call_at(7, loop.stop)
      loop.run_forever()
    `;
    await sameScript(python, (print) => {
      const host = new PolledHost(print);
      const loop = new EventLoop({ host });
      function busy(until: number): void {
        print("busy", until);
        host.now = until;
        loop.callSoon(() => print("after busy", until));
      }
      loop.callSoon(() => busy(5));
      loop.callAt(1, () => print("timer 1"));
      loop.callAt(2, () => busy(10));
      loop.callAt(6, () => print("timer 6"));
      loop.callAt(7, () => loop.stop());
      runPolled(loop, host);
    });
  });

  it("RQ-09: a poll takes no time with ready work, waits for a timer, and else waits for ever", async () => {
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

  it("RQ-10: stop() lets the iteration finish, and leaves what it scheduled to the next run", async () => {
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

  it("RQ-10: stop() ends a turn of the host in which more iterations would have had a place", async () => {
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

  it("RQ-13: a timer that is cancelled in the iteration it is due in does not run", async () => {
    const python = `
      loop = asyncio.new_event_loop()
      loop.call_soon(lambda: timers[1].cancel())
      timers = [
          loop.call_at(0, lambda: (print("timer 0"), timers[2].cancel())),
          loop.call_at(0, print, "timer 1"),
          loop.call_at(0, print, "timer 2"),
          loop.call_at(0, print, "timer 3"),
      ]
      loop.advance(1)
      print([timer.cancelled() for timer in timers])
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      loop.callSoon(() => timers[1]?.cancel());
      const timers = [
        loop.callAt(0, () => {
          print("timer 0");
          timers[2]?.cancel();
        }),
        loop.callAt(0, () => print("timer 1")),
        loop.callAt(0, () => print("timer 2")),
        loop.callAt(0, () => print("timer 3")),
      ];
      loop.advance(1);
      print(timers.map((timer) => timer.cancelled()));
    });
  });

  it("RQ-14: cancel() may be repeated, and come after the callback has run", async () => {
    const python = `
      loop = asyncio.new_event_loop()
      for schedule in [loop.call_soon, lambda *args: loop.call_later(0.5, *args)]:
          handle = schedule(print, "never")
          print(handle.cancelled(), handle.cancel(), handle.cancelled(), handle.cancel(), handle.cancelled())
          print(handle)
          handle = schedule(print, "ran")
          loop.advance(1)
          print(handle.cancelled(), handle.cancel(), handle.cancelled())
          loop.advance(1)
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      for (const schedule of [
        (callback: () => void) => loop.callSoon(callback),
        (callback: () => void) => loop.callLater(0.5, callback),
      ]) {
        let handle = schedule(() => print("never"));
        print(handle.cancelled(), handle.cancel(), handle.cancelled(), handle.cancel(), handle.cancelled());
        print(handle);
        handle = schedule(() => print("ran"));
        loop.advance(1);
        print(handle.cancelled(), handle.cancel(), handle.cancelled());
        loop.advance(1);
      }
    });
  });

  it("RQ-14: cancel() lets go of the callback at once, though the handle is still queued", async () => {
    const python = `
      import weakref
      class Callback:
          def __call__(self):
              pass
      loop = asyncio.new_event_loop()
      def is_held(cancel):
          callback = Callback()
          handle, timer, ref = loop.call_soon(callback), loop.call_later(9, callback), weakref.ref(callback)
          del callback
          if cancel:
              handle.cancel(), timer.cancel()
          return ref() is not None
      print(is_held(cancel=False), is_held(cancel=True))
    `;
    const loop = new VirtualTimeLoop();
    function schedule(cancel: boolean): WeakRef<() => void> {
      const callback = (): void => {};
      const handles = [loop.callSoon(callback), loop.callLater(9, callback)];
      if (cancel) for (const handle of handles) handle.cancel();
      return new WeakRef(callback);
    }
    const refs = [schedule(false), schedule(true)];
    await collectGarbage();
    const held = refs.map((ref) => ref.deref() !== undefined);
    loop.close();
    await sameScript(python, (print) => print(...held));
  });

  it("RQ-15: cancelled timers are dropped at once when there are more than 100 and more than half are", async () => {
    const python = `${iteratePython}
      import weakref
      def held(total, cancelled):
          global loop
          loop = asyncio.new_event_loop()
          timers = [loop.call_later(1 + i, print) for i in range(total)]
          refs = weakref.WeakSet(timers[total - cancelled:])
          for timer in refs:
              timer.cancel()
          del timer, timers[:]
          iterate()
          return len(refs)
      print(held(100, 60), held(101, 50), held(101, 51))
    `;
    async function held(total: number, cancelled: number): Promise<number> {
      const loop = new VirtualTimeLoop();
      const timers = Array.from({ length: total }, (_, i) => loop.callLater(1 + i, () => {}));
      const refs = timers.splice(total - cancelled).map((timer) => {
        timer.cancel();
        return new WeakRef(timer);
      });
      iterate(loop);
      await collectGarbage();
      const count = refs.filter((ref) => ref.deref() !== undefined).length;
      loop.close();
      return count;
    }
    const counts = [await held(100, 60), await held(101, 50), await held(101, 51)];
    await sameScript(python, (print) => print(...counts));
  });

  it("RQ-15: dropping the cancelled timers keeps the order of the others", async () => {
    const python = `
      loop = asyncio.new_event_loop()
      timers = [loop.call_later(i * 7 % 101, lambda i=i: ran.append((loop.time(), i))) for i in range(500)]
      ran = []
      def cancel(rest):
          for timer in timers[rest::3]:
              timer.cancel()
      cancel(0)
      loop.call_later(10.5, cancel, 1)
      loop.advance(200)
      print([int(x) for pair in ran for x in pair])
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      const timers = Array.from({ length: 500 }, (_, i) =>
        loop.callLater((i * 7) % 101, () => ran.push(loop.time(), i)),
      );
      const ran: number[] = [];
      function cancel(rest: number): void {
        for (let i = rest; i < timers.length; i += 3) timers[i]?.cancel();
      }
      cancel(0);
      loop.callLater(10.5, () => cancel(1));
      loop.advance(200);
      print(ran);
    });
  });

  it("RQ-16: a timer needs a time", async () => {
    const python = `${attemptPython}
      loop = asyncio.new_event_loop()
      attempt(lambda: loop.call_later(None, print))
      attempt(lambda: loop.call_at(None, print))
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      const none = undefined as unknown as number;
      attempt(print, () => loop.callLater(none, () => {}));
      attempt(print, () => loop.callAt(none, () => {}));
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

  it("RQ-18: close() drops what is queued, and may be repeated", async () => {
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

  it("RQ-22: done-callbacks are queued when the future is done, each behind what is queued already", async () => {
    const python = `
      async def main():
          loop = asyncio.get_running_loop()
          for complete in [lambda f: f.set_result(1), lambda f: f.set_exception(ValueError("x")), lambda f: f.cancel()]:
              future = loop.create_future()
              future.add_done_callback(lambda _: print("first callback"))
              future.add_done_callback(lambda _: print("second callback"))
              loop.call_soon(print, "before")
              complete(future)
              loop.call_soon(print, "between")
              future.add_done_callback(lambda f: print("late callback", f is future, f.done()))
              loop.call_soon(print, "after")
              print("done", future.cancelled() or future.exception())
              await asyncio.sleep(0)
    `;
    await same(python, function* (print) {
      const loop = getRunningLoop();
      for (const complete of [
        (f: Future<number>) => f.setResult(1),
        (f: Future<number>) => f.setException(new ValueError("x")),
        (f: Future<number>) => f.cancel(),
      ]) {
        const future = loop.createFuture<number>();
        future.addDoneCallback(() => print("first callback"));
        future.addDoneCallback(() => print("second callback"));
        loop.callSoon(() => print("before"));
        complete(future);
        loop.callSoon(() => print("between"));
        future.addDoneCallback((f) => print("late callback", f === future, f.done()));
        loop.callSoon(() => print("after"));
        print("done", future.cancelled() || future.exception());
        yield* sleep(0);
      }
    });
  });

  it("RQ-23: tasks and callbacks that wait for a future go on in the order they began to, in one iteration", async () => {
    const python = `${iteratePython}
      loop = asyncio.new_event_loop()
      future = loop.create_future()
      async def wait(name, turns):
          for _ in range(turns):
              await asyncio.sleep(0)
          await future
          print(name)
          loop.call_soon(print, "next iteration")
      future.add_done_callback(lambda _: print("callback 1"))
      tasks = [loop.create_task(wait("late", 1)), loop.create_task(wait("early", 0)), loop.create_task(wait("as early", 0))]
      iterate()
      future.add_done_callback(lambda _: print("callback 2"))
      iterate()
      future.add_done_callback(lambda _: print("callback 3"))
      future.set_result(None)
      print("iteration")
      iterate()
      print("iteration")
      iterate()
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      const future = loop.createFuture<void>();
      function* wait(name: string, turns: number): Coroutine {
        for (let turn = 0; turn < turns; turn += 1) yield* sleep(0);
        yield* future;
        print(name);
        loop.callSoon(() => print("next iteration"));
      }
      future.addDoneCallback(() => print("callback 1"));
      loop.createTask(wait("late", 1));
      loop.createTask(wait("early", 0));
      loop.createTask(wait("as early", 0));
      iterate(loop);
      future.addDoneCallback(() => print("callback 2"));
      iterate(loop);
      future.addDoneCallback(() => print("callback 3"));
      future.setResult();
      print("iteration");
      iterate(loop);
      print("iteration");
      iterate(loop);
    });
  });

  it("RQ-24: whoever awaits goes on one iteration after the end, however deep it awaits", async () => {
    const python = `${iteratePython}
      loop = asyncio.new_event_loop()
      future = loop.create_future()
      async def inner():
          return await future
      async def middle():
          return await inner()
      async def outer():
          print("nested", await middle())
          return "result"
      async def waiter(task):
          async def wait():
              return await task
          print("waiter", await wait())
      task = loop.create_task(outer())
      other = loop.create_task(waiter(task))
      for i in range(5):
          print("iteration", i)
          if i == 2:
              loop.call_soon(lambda: (print("set"), future.set_result(1)))
          iterate()
      print(other.done())
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      const future = loop.createFuture<number>();
      function* inner(): Coroutine<number> {
        return yield* future;
      }
      function* middle(): Coroutine<number> {
        return yield* inner();
      }
      function* outer(): Coroutine<string> {
        print("nested", yield* middle());
        return "result";
      }
      function* waiter(task: Task<string>): Coroutine {
        function* wait(): Coroutine<string> {
          return yield* task;
        }
        print("waiter", yield* wait());
      }
      const other = loop.createTask(waiter(loop.createTask(outer())));
      for (let i = 0; i < 5; i += 1) {
        print("iteration", i);
        if (i === 2) {
          loop.callSoon(() => {
            print("set");
            future.setResult(1);
          });
        }
        iterate(loop);
      }
      print(other.done());
    });
  });

  it("RQ-25: tasks start in the order of their creation, once their creator yields to the loop", async () => {
    const python = `
      async def worker(name):
          print("start", name)

      async def main():
          loop = asyncio.get_running_loop()
          a = asyncio.create_task(worker("a"))
          loop.call_soon(print, "callback")
          b = loop.create_task(worker("b"))
          c = asyncio.Task(worker("c"))
          print("created", a.done(), b.done(), c.done())
          await b
          print("awaited", a.done(), b.done(), c.done())
    `;
    await same(python, function* (print) {
      function* worker(name: string): Coroutine {
        print("start", name);
      }
      const loop = getRunningLoop();
      const a = createTask(worker("a"));
      loop.callSoon(() => print("callback"));
      const b = loop.createTask(worker("b"));
      const c = new Task(worker("c"));
      print("created", a.done(), b.done(), c.done());
      yield* b;
      print("awaited", a.done(), b.done(), c.done());
    });
  });

  it("RQ-26: a coroutine that is awaited runs in its caller's task, without a turn of the loop", async () => {
    const python = `
      async def inner(n):
          return asyncio.current_task() if n == 0 else await inner(n - 1)

      async def fail():
          raise ValueError("x")

      async def main():
          asyncio.get_running_loop().call_soon(print, "callback")
          task = asyncio.create_task(inner(0))
          print(await inner(10) is asyncio.current_task())
          try:
              await fail()
          except ValueError as error:
              print(error)
          print(task.done())
          await asyncio.sleep(0)
          print(task.done(), task.result() is task)
    `;
    await same(python, function* (print) {
      function* inner(n: number): Coroutine<unknown> {
        return n === 0 ? currentTask() : yield* inner(n - 1);
      }
      function* fail(): Coroutine {
        throw new ValueError("x");
      }
      getRunningLoop().callSoon(() => print("callback"));
      const task = createTask(inner(0));
      print((yield* inner(10)) === currentTask());
      try {
        yield* fail();
      } catch (error) {
        if (!(error instanceof ValueError)) throw error;
        print(error);
      }
      print(task.done());
      yield* sleep(0);
      print(task.done(), task.result() === task);
    });
  });

  it("RQ-27: awaiting a future or task that is done does not suspend", async () => {
    const python = `
      async def work():
          return "result"

      async def main():
          loop = asyncio.get_running_loop()
          task = asyncio.create_task(work())
          await asyncio.sleep(0)
          future, failed, cancelled = [loop.create_future() for _ in range(3)]
          future.set_result("set")
          failed.set_exception(ValueError("x"))
          cancelled.cancel("message")
          loop.call_soon(print, "callback")
          print(await task, await task, await future, await future)
          for each in [failed, failed, cancelled, cancelled]:
              try:
                  await each
              except (ValueError, asyncio.CancelledError) as error:
                  print(repr(error))
          await asyncio.sleep(0)
    `;
    await same(python, function* (print) {
      function* work(): Coroutine<string> {
        return "result";
      }
      const loop = getRunningLoop();
      const task = createTask(work());
      yield* sleep(0);
      const [future, failed, cancelled] = [
        loop.createFuture<string>(),
        loop.createFuture<string>(),
        loop.createFuture<string>(),
      ];
      future.setResult("set");
      failed.setException(new ValueError("x"));
      cancelled.cancel("message");
      loop.callSoon(() => print("callback"));
      print(yield* task, yield* task, yield* future, yield* future);
      for (const each of [failed, failed, cancelled, cancelled]) {
        try {
          yield* each;
        } catch (error) {
          if (!(error instanceof ValueError || error instanceof CancelledError)) throw error;
          print(repr(error));
        }
      }
      yield* sleep(0);
    });
  });

  it("RQ-28: a sleep of zero or less takes one iteration, and makes no future and no timer", async () => {
    const python = `${iteratePython}
      loop = asyncio.new_event_loop()
      async def main():
          for delay in [0, -1, float("-inf")]:
              loop.call_soon(print, "callback before")
              loop.call_later(0, print, "timer")
              loop.call_soon(lambda: (print("wait_for" in repr(task)), loop.call_soon(print, "one more iteration")))
              print("slept", await asyncio.sleep(delay, "result"))
      task = loop.create_task(main())
      for i in range(6):
          print("iteration", i)
          iterate()
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      function* main(): Coroutine {
        for (const delay of [0, -1, -Infinity]) {
          loop.callSoon(() => print("callback before"));
          loop.callLater(0, () => print("timer"));
          loop.callSoon(() => {
            print(String(task).includes("wait_for"));
            loop.callSoon(() => print("one more iteration"));
          });
          print("slept", yield* sleep(delay, "result"));
        }
      }
      const task = loop.createTask(main());
      for (let i = 0; i < 6; i += 1) {
        print("iteration", i);
        iterate(loop);
      }
    });
  });

  it("RQ-29: two tasks that loop on sleep(0) alternate", async () => {
    const python = `
      async def worker(name):
          for i in range(4):
              print(name, i)
              await asyncio.sleep(0)

      async def main():
          a, b = asyncio.create_task(worker("a")), asyncio.create_task(worker("b"))
          await a
          print("a is done", b.done())
          await b
    `;
    await same(python, function* (print) {
      function* worker(name: string): Coroutine {
        for (let i = 0; i < 4; i += 1) {
          print(name, i);
          yield* sleep(0);
        }
      }
      const [a, b] = [createTask(worker("a")), createTask(worker("b"))];
      yield* a;
      print("a is done", b.done());
      yield* b;
    });
  });

  it("RQ-30: a task that sleeps goes on in the iteration after its timer", async () => {
    const python = `
      async def main():
          loop = asyncio.get_running_loop()
          def ring(name):
              print(name, t())
              loop.call_soon(lambda: (print("after", name), loop.call_soon(print, "long after", name)))
          loop.call_at(1, ring, "timer 1")
          loop.call_soon(loop.call_at, 1, ring, "timer 2")
          print("slept", await asyncio.sleep(1, "result"), t())
          await asyncio.sleep(0)
          print("end")
    `;
    await same(python, function* (print) {
      const loop = getRunningLoop();
      function ring(name: string): void {
        print(name, loop.time());
        loop.callSoon(() => {
          print("after", name);
          loop.callSoon(() => print("long after", name));
        });
      }
      loop.callAt(1, () => ring("timer 1"));
      loop.callSoon(() => loop.callAt(1, () => ring("timer 2")));
      print("slept", yield* sleep(1, "result"), loop.time());
      yield* sleep(0);
      print("end");
    });
  });

  it("RQ-31: sleep refuses nan, when it is awaited, and sleeps for ever for inf", async () => {
    const python = `
      async def main():
          coroutine = asyncio.sleep(float("nan"))
          print("called")
          try:
              await coroutine
          except ValueError as error:
              print(repr(error))
          task = asyncio.create_task(asyncio.sleep(float("inf")))
          await asyncio.sleep(1e6)
          print(task.done(), t())
    `;
    await same(python, function* (print) {
      const coroutine = sleep(NaN);
      print("called");
      try {
        yield* coroutine;
      } catch (error) {
        if (!(error instanceof ValueError)) throw error;
        print(repr(error));
      }
      const task = createTask(sleep(Infinity));
      yield* sleep(1e6);
      print(task.done(), getRunningLoop().time());
    });
  });

  it("RQ-32: a cancelled sleep takes its timer back", async () => {
    const python = `
      loop = asyncio.new_event_loop()
      async def sleeper():
          try:
              await asyncio.sleep(1000)
          except asyncio.CancelledError:
              print("cancelled", loop.time())
              await asyncio.sleep(2)
              print("slept again", loop.time())
      task = loop.create_task(sleeper())
      loop.call_later(1, task.cancel)
      loop.run_until_complete(task)
      try:
          loop.run_forever()
      except RuntimeError as error:
          print(type(error).__name__, loop.time())
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      function* sleeper(): Coroutine {
        try {
          yield* sleep(1000);
        } catch (error) {
          if (!(error instanceof CancelledError)) throw error;
          print("cancelled", loop.time());
          yield* sleep(2);
          print("slept again", loop.time());
        }
      }
      const task = loop.createTask(sleeper());
      loop.callLater(1, () => task.cancel());
      loop.runUntilComplete(task);
      try {
        loop.runForever();
      } catch (error) {
        print((error as Error).name, loop.time());
      }
    });
  });

  it("RQ-33: when() gives the time on the loop's clock", async () => {
    const python = `
      loop = asyncio.new_event_loop()
      loop.advance(2)
      timers = [loop.call_later(5, loop.time), loop.call_at(3.5, loop.time), loop.call_later(-1, loop.time)]
      timers[1].cancel()
      print(*[timer.when() for timer in timers])
      loop.advance(10)
      print(*[timer.when() for timer in timers])
    `;
    await sameScript(python, (print, newLoop) => {
      const loop = newLoop();
      loop.advance(2);
      const timers = [loop.callLater(5, () => {}), loop.callAt(3.5, () => {}), loop.callLater(-1, () => {})];
      timers[1]?.cancel();
      print(...timers.map((timer) => timer.when()));
      loop.advance(10);
      print(...timers.map((timer) => timer.when()));
    });
  });

  it("RQ-34: timers go by the loop's own clock, wherever it began", async () => {
    const python = `${polledLoopPython}
      loop = polled_loop()
      loop._move_to(1000.25)
      print(loop.call_later(5, lambda: print("later", loop.time())).when())
      loop.call_at(1003.5, lambda: print("at", loop.time()))
      loop.call_at(1006, loop.stop)
      loop.call_soon(print, "soon")
      loop.run_forever()
    `;
    await sameScript(python, (print) => {
      const host = new PolledHost(print);
      const loop = new EventLoop({ host });
      host.now = 1000.25;
      print(loop.callLater(5, () => print("later", loop.time())).when());
      loop.callAt(1003.5, () => print("at", loop.time()));
      loop.callAt(1006, () => loop.stop());
      loop.callSoon(() => print("soon"));
      runPolled(loop, host);
    });
  });

  it("RQ-34: the loop's clock does not follow the wall clock", () => {
    const loop = new EventLoop();
    vi.useFakeTimers({ toFake: ["Date"], now: 0 });
    const before = loop.time();
    vi.setSystemTime(1e12);
    const after = loop.time();
    vi.useRealTimers();
    loop.close();
    expect(after).toBeGreaterThanOrEqual(before);
    expect(after - before).toBeLessThan(1e6);
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

  it("RQ-35: in debug mode the exception handler is told where the callback was scheduled", async () => {
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

  it("RQ-38: get_event_loop() gives the running loop or the one that was set, and never makes one", async () => {
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

  it("RQ-39: call_soon_threadsafe ends a poll that is under way", async () => {
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

  it("RQ-42: a loop is running from the begin to the end of a run", async () => {
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

  it("RQ-42: debug mode and what counts as slow belong to one loop", async () => {
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

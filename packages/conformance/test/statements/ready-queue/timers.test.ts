import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Coroutine, createTask, EventLoop, getRunningLoop, sleep } from "@yieldstar/loop";
import { VirtualTimeLoop } from "@yieldstar/testing";
import { describe, expect, it, vi } from "vitest";
import { same, sameScript } from "../../../src/same.ts";
import { attempt, attemptPython, iterate, iteratePython, PolledHost, polledLoopPython, runPolled } from "./helpers.ts";

/** A full collection. It does not free references that this turn has looked at. */
async function collectGarbage(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

describe("RQ: the ready queue, iterations, timers, the life of a loop", () => {
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

  it("RQ-07: a timer for this very moment is due even if the clock is coarser than the resolution", async () => {
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

  it("RQ-08: time that passes in a callback makes no more timers due in its iteration", async () => {
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

  it("RQ-14: cancel() releases the callback at once, though the handle is still queued", async () => {
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

  it("RQ-34: timers use the loop's own clock, wherever it began", async () => {
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
});

import { asyncWith, type Coroutine, getRunningLoop, sleep, TimeoutError } from "@yieldstar/loop";
import { timeout, timeoutAt } from "@yieldstar/timeout";
import { it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same, sameScript } from "../../../src/same.ts";
import { t } from "../outcomes.ts";
import { withoutHint } from "../../../src/without-hint.ts";

it("TO-01: timeout() computes its deadline when it is called, not when it is entered", () =>
  same(
    `
      async def main():
          await asyncio.sleep(0.25)
          cm = asyncio.timeout(1)
          print(cm.when())
          await asyncio.sleep(0.75)
          print(cm.when(), cm.expired())
          try:
              async with cm:
                  await asyncio.sleep(10)
          except TimeoutError:
              print("timed out", t(), cm.when())
    `,
    function* (print) {
      yield* sleep(0.25);
      const cm = timeout(1);
      print(cm.when());
      yield* sleep(0.75);
      print(cm.when(), cm.expired());
      try {
        yield* asyncWith(cm, function* () {
          yield* sleep(10);
        });
      } catch (error) {
        if (error instanceof TimeoutError) print("timed out", t(), cm.when());
      }
    },
  ));

it("TO-01: timeout_at() takes an absolute time of the loop", () =>
  same(
    `
      async def main():
          await asyncio.sleep(0.5)
          try:
              async with asyncio.timeout_at(0.75) as cm:
                  print(cm.when())
                  await asyncio.sleep(10)
          except TimeoutError:
              print("timed out", t())
    `,
    function* (print) {
      yield* sleep(0.5);
      try {
        yield* asyncWith(timeoutAt(0.75), function* (cm) {
          print(cm.when());
          yield* sleep(10);
        });
      } catch (error) {
        if (error instanceof TimeoutError) print("timed out", t());
      }
    },
  ));

it("TO-01: timeout() needs a running loop when called, timeout_at() only when entered", () =>
  sameScript(
    `
      for delay in (1, None):
          try:
              asyncio.timeout(delay)
          except RuntimeError as error:
              print(repr(error))
      cm = asyncio.timeout_at(0.5)
      print(cm, cm.when())
      try:
          cm.__aenter__().send(None)
      except RuntimeError as error:
          print(repr(error), cm)

      async def main():
          try:
              async with cm:
                  await asyncio.sleep(10)
          except TimeoutError:
              print("timed out", t())

      asyncio.run(main())
    `,
    (print, newLoop) => {
      for (const delay of [1, null]) {
        try {
          timeout(delay);
        } catch (error) {
          print(withoutHint(repr(error)));
        }
      }
      const cm = timeoutAt(0.5);
      print(cm, cm.when());
      try {
        cm.aenter().next();
      } catch (error) {
        print(withoutHint(repr(error)), cm);
      }

      function* main(): Coroutine {
        try {
          yield* asyncWith(cm, function* () {
            yield* sleep(10);
          });
        } catch (error) {
          if (error instanceof TimeoutError) print("timed out", t());
        }
      }
      newLoop().runUntilComplete(main());
    },
  ));

it("TO-02: timeout(None) never fires and has no deadline", () =>
  same(
    `
      async def main():
          for cm in (asyncio.timeout(None), asyncio.timeout_at(None)):
              async with cm:
                  print(cm.when())
                  await asyncio.sleep(1e9)
              print(cm, cm.when(), cm.expired(), t())
    `,
    function* (print) {
      for (const cm of [timeout(null), timeoutAt(null)]) {
        yield* asyncWith(cm, function* () {
          print(cm.when());
          yield* sleep(1e9);
        });
        print(cm, cm.when(), cm.expired(), t());
      }
    },
  ));

it("TO-02: reschedule() arms it later, and reschedule(None) disarms it", () =>
  same(
    `
      async def main():
          try:
              async with asyncio.timeout(None) as cm:
                  await asyncio.sleep(1)
                  cm.reschedule(1.5)
                  print(cm.when())
                  cm.reschedule(None)
                  print(cm.when())
                  await asyncio.sleep(1)
                  cm.reschedule(2.5)
                  await asyncio.sleep(10)
          except TimeoutError:
              print("timed out", t(), cm.when())
    `,
    function* (print) {
      const cm = timeout(null);
      try {
        yield* asyncWith(cm, function* () {
          yield* sleep(1);
          cm.reschedule(1.5);
          print(cm.when());
          cm.reschedule(null);
          print(cm.when());
          yield* sleep(1);
          cm.reschedule(2.5);
          yield* sleep(10);
        });
      } catch (error) {
        if (error instanceof TimeoutError) print("timed out", t(), cm.when());
      }
    },
  ));

it("TO-03: the repr shows the state and, while active, the deadline", () =>
  same(
    `
      async def main():
          cm = asyncio.timeout_at(3.123456)
          print(cm)
          async with cm:
              print(cm)
          print(cm)
          cm = asyncio.timeout(0.25)
          try:
              async with cm:
                  try:
                      await asyncio.sleep(10)
                  finally:
                      print(cm)
          except TimeoutError:
              print(cm)
          cm = asyncio.timeout(None)
          print(repr(cm))
          async with cm:
              print([cm])
          print(repr(cm))
    `,
    function* (print) {
      let cm = timeoutAt(3.123456);
      print(cm);
      yield* asyncWith(cm, function* () {
        print(cm);
      });
      print(cm);
      cm = timeout(0.25);
      try {
        yield* asyncWith(cm, function* () {
          try {
            yield* sleep(10);
          } finally {
            print(cm);
          }
        });
      } catch (error) {
        if (error instanceof TimeoutError) print(cm);
      }
      cm = timeout(null);
      print(repr(cm));
      yield* asyncWith(cm, function* () {
        print([cm]);
      });
      print(repr(cm));
    },
  ));

it("TO-03: the deadline is rounded to three places as Python's round() does", () =>
  same(
    `
      async def main():
          for when in (0.1236, 0.1235, 1.2345, 0.0625, 0.1875):
              async with asyncio.timeout_at(when) as cm:
                  print(cm)
    `,
    function* (print) {
      for (const when of [0.1236, 0.1235, 1.2345, 0.0625, 0.1875]) {
        yield* asyncWith(timeoutAt(when), function* (cm) {
          print(cm);
        });
      }
    },
  ));

it("TO-03: the deadline is written as Python writes a float", () =>
  same(
    `
      async def main():
          for delay in (3, 0.00001, -0.00001, 123456, 1e15, 1e16, 1e22, float("inf")):
              async with asyncio.timeout(delay) as cm:
                  print(cm)
    `,
    function* (print) {
      for (const delay of [3, 0.00001, -0.00001, 123456, 1e15, 1e16, 1e22, Infinity]) {
        yield* asyncWith(timeout(delay), function* (cm) {
          print(cm);
        });
      }
    },
  ));

it("TO-04: reschedule() is refused unless the block is active", () =>
  same(
    `
      async def main():
          def attempt(cm):
              try:
                  cm.reschedule(7.5)
              except RuntimeError as error:
                  print(repr(error), cm, cm.when())

          cm = asyncio.timeout(0.5)
          attempt(cm)
          try:
              async with cm:
                  try:
                      await asyncio.sleep(10)
                  finally:
                      attempt(cm)
          except TimeoutError:
              attempt(cm)
          async with asyncio.timeout(0.5) as cm:
              pass
          attempt(cm)
    `,
    function* (print) {
      const attempt = (cm: ReturnType<typeof timeout>): void => {
        try {
          cm.reschedule(7.5);
        } catch (error) {
          print(repr(error), cm, cm.when());
        }
      };
      const expiring = timeout(0.5);
      attempt(expiring);
      try {
        yield* asyncWith(expiring, function* () {
          try {
            yield* sleep(10);
          } finally {
            attempt(expiring);
          }
        });
      } catch (error) {
        if (error instanceof TimeoutError) attempt(expiring);
      }
      const finished = timeout(0.5);
      yield* asyncWith(finished, function* () {});
      attempt(finished);
    },
  ));

it("TO-05: a timeout can be entered only once", () =>
  same(
    `
      async def main():
          async def attempt(cm):
              try:
                  async with cm:
                      print("entered")
              except RuntimeError as error:
                  print(repr(error), cm)

          cm = asyncio.timeout(0.5)
          async with cm:
              await attempt(cm)
          await attempt(cm)
          cm = asyncio.timeout(0.5)
          try:
              async with cm:
                  try:
                      await asyncio.sleep(10)
                  finally:
                      await attempt(cm)
          except TimeoutError:
              await attempt(cm)
    `,
    function* (print) {
      function* attempt(cm: ReturnType<typeof timeout>): Coroutine {
        try {
          yield* asyncWith(cm, function* () {
            print("entered");
          });
        } catch (error) {
          print(repr(error), cm);
        }
      }
      const finished = timeout(0.5);
      yield* asyncWith(finished, function* () {
        yield* attempt(finished);
      });
      yield* attempt(finished);
      const expiring = timeout(0.5);
      try {
        yield* asyncWith(expiring, function* () {
          try {
            yield* sleep(10);
          } finally {
            yield* attempt(expiring);
          }
        });
      } catch (error) {
        if (error instanceof TimeoutError) yield* attempt(expiring);
      }
    },
  ));

it("TO-05: a timeout can be entered only inside a task", () =>
  same(
    `
      async def main():
          cm = asyncio.timeout(0.5)

          def callback():
              try:
                  cm.__aenter__().send(None)
              except RuntimeError as error:
                  print(repr(error), cm)

          asyncio.get_running_loop().call_soon(callback)
          await asyncio.sleep(0)
          async with cm:
              print(cm)
    `,
    function* (print) {
      const cm = timeout(0.5);
      getRunningLoop().callSoon(() => {
        try {
          cm.aenter().next();
        } catch (error) {
          print(repr(error), cm);
        }
      });
      yield* sleep(0);
      yield* asyncWith(cm, function* () {
        print(cm);
      });
    },
  ));

it("TO-21: reschedule() replaces the timer, and when() returns the new deadline at once and after the exit", () =>
  same(
    `
      async def main():
          async with asyncio.timeout(1) as cm:
              cm.reschedule(5.5)
              print(cm.when())
              await asyncio.sleep(3)
          print(cm.when(), cm.expired(), t())
          try:
              async with asyncio.timeout(10) as cm:
                  cm.reschedule(8.5)
                  cm.reschedule(4.5)
                  print(cm.when())
                  await asyncio.sleep(20)
          except TimeoutError as error:
              print(repr(error), cm.when(), cm.expired(), t())
    `,
    function* (print) {
      const later = timeout(1);
      yield* asyncWith(later, function* () {
        later.reschedule(5.5);
        print(later.when());
        yield* sleep(3);
      });
      print(later.when(), later.expired(), t());
      const earlier = timeout(10);
      try {
        yield* asyncWith(earlier, function* () {
          earlier.reschedule(8.5);
          earlier.reschedule(4.5);
          print(earlier.when());
          yield* sleep(20);
        });
      } catch (error) {
        print(repr(error), earlier.when(), earlier.expired(), t());
      }
    },
  ));

it("TO-21: a new deadline in the past fires in the next iteration, in the order of call_soon", () =>
  same(
    `
      async def main():
          await asyncio.sleep(3.5)
          loop = asyncio.get_running_loop()
          for when in (1.5, 3.5):
              try:
                  async with asyncio.timeout(10) as cm:
                      loop.call_soon(lambda: print("before", cm))
                      cm.reschedule(when)
                      print(cm.when(), cm.expired())
                      loop.call_soon(lambda: print("after", cm.expired()))
                      await asyncio.sleep(0)
                      print("not reached")
              except TimeoutError as error:
                  print(repr(error), cm.when(), cm.expired(), t())
          async with asyncio.timeout(10) as cm:
              cm.reschedule(1)
          print(cm.when(), cm.expired())
    `,
    function* (print) {
      yield* sleep(3.5);
      const loop = getRunningLoop();
      for (const when of [1.5, 3.5]) {
        const cm = timeout(10);
        try {
          yield* asyncWith(cm, function* () {
            loop.callSoon(() => print("before", cm));
            cm.reschedule(when);
            print(cm.when(), cm.expired());
            loop.callSoon(() => print("after", cm.expired()));
            yield* sleep(0);
            print("not reached");
          });
        } catch (error) {
          print(repr(error), cm.when(), cm.expired(), t());
        }
      }
      const cm = timeout(10);
      yield* asyncWith(cm, function* () {
        cm.reschedule(1);
      });
      print(cm.when(), cm.expired());
    },
  ));

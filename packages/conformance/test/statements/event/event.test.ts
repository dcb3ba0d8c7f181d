import {
  CancelledError,
  closeCoroutine,
  type Coroutine,
  createTask,
  getRunningLoop,
  sleep,
  wait,
} from "@yieldstar/loop";
import { Event } from "@yieldstar/sync";
import { waitFor } from "@yieldstar/timeout";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same, sameScript } from "../../../src/same.ts";
import { permutations, t } from "../outcomes.ts";

/** For the Python snippets, and indented like them: a repr without its address and module. */
const helpers = `
      import itertools, re

      def shown(value):
          return re.sub(r"<(?:\\w+\\.)*(\\w+) (?:object )?at 0x[0-9a-f]+ ", r"<\\1 ", str(value))
`;

describe("EV: events", () => {
  it("EV-01: wait() returns True without suspending when the event is set, and waits otherwise", () =>
    same(
      `
      async def main():
          loop = asyncio.get_running_loop()
          event = asyncio.Event()
          loop.call_later(1, event.set)
          print(event.is_set(), await event.wait(), event.is_set(), t())
          loop.call_soon(print, "next iteration")
          print(await event.wait())
          await asyncio.sleep(0)
          event.clear()
          loop.call_later(1, event.set)
          print(event.is_set(), await event.wait(), t())
    `,
      function* (print) {
        const loop = getRunningLoop();
        const event = new Event();
        loop.callLater(1, () => event.set());
        print(event.isSet(), yield* event.wait(), event.isSet(), t());
        loop.callSoon(() => print("next iteration"));
        print(yield* event.wait());
        yield* sleep(0);
        event.clear();
        loop.callLater(1, () => event.set());
        print(event.isSet(), yield* event.wait(), t());
      },
    ));

  it("EV-01: set() wakes all waiters, which go on in the next iteration and in the order of their waits", () =>
    same(
      `
      async def main():
          async def worker(name, delay):
              await asyncio.sleep(delay)
              print(name, await event.wait(), event.is_set())

          loop = asyncio.get_running_loop()
          event = asyncio.Event()
          tasks = [asyncio.create_task(worker(name, delay)) for name, delay in (("c", 3), ("a", 1), ("b", 2))]
          await asyncio.sleep(4)
          loop.call_soon(print, "before")
          event.set()
          loop.call_soon(print, "after")
          print("set")
          await asyncio.wait(tasks)
    `,
      function* (print) {
        function* worker(name: string, delay: number): Coroutine {
          yield* sleep(delay);
          print(name, yield* event.wait(), event.isSet());
        }
        const loop = getRunningLoop();
        const event = new Event();
        const tasks = [createTask(worker("c", 3)), createTask(worker("a", 1)), createTask(worker("b", 2))];
        yield* sleep(4);
        loop.callSoon(() => print("before"));
        event.set();
        loop.callSoon(() => print("after"));
        print("set");
        yield* wait(tasks);
      },
    ));

  it("EV-01: woken waiters go on although clear() follows in the same step, and a newcomer waits", () =>
    same(
      `
      async def main():
          async def worker(name):
              for round in range(2):
                  print(name, round, await event.wait(), event.is_set(), t())

          event = asyncio.Event()
          tasks = [asyncio.create_task(worker(name)) for name in "abc"]
          await asyncio.sleep(1)
          event.set()
          event.clear()
          tasks.append(asyncio.create_task(worker("newcomer")))
          await asyncio.sleep(1)
          event.set()
          await asyncio.wait(tasks)
    `,
      function* (print) {
        function* worker(name: string): Coroutine {
          for (const round of [0, 1]) print(name, round, yield* event.wait(), event.isSet(), t());
        }
        const event = new Event();
        const tasks = ["a", "b", "c"].map((name) => createTask(worker(name)));
        yield* sleep(1);
        event.set();
        event.clear();
        tasks.push(createTask(worker("newcomer")));
        yield* sleep(1);
        event.set();
        yield* wait(tasks);
      },
    ));

  it("EV-01: set(), clear(), cancellations and a newcomer end as in CPython in every order", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker(name):
              try:
                  log.append(f"{name} {await event.wait()}")
              except asyncio.CancelledError as error:
                  log.append(f"{name} {error!r}")

          names = ["set", "clear", "cancel", "newcomer"]
          for order, waits in itertools.product(itertools.permutations(names), ([], [0], [1], [2])):
              log, event = [], asyncio.Event()
              tasks = [asyncio.create_task(worker(name)) for name in "abc"]
              actions = {
                  "set": event.set,
                  "clear": event.clear,
                  "cancel": lambda: [task.cancel("stop") for task in tasks[:2]],
                  "newcomer": lambda: tasks.append(asyncio.create_task(worker("newcomer"))),
              }
              await asyncio.sleep(1)
              for index, action in enumerate(order):
                  actions[action]()
                  if index in waits:
                      await asyncio.sleep(0)
              print(" ".join(order), waits, shown(event))
              await asyncio.sleep(1)
              print(log, shown(event))
              event.set()
              await asyncio.wait(tasks)
    `,
      function* (print) {
        const names = ["set", "clear", "cancel", "newcomer"] as const;
        for (const order of permutations(names)) {
          for (const waits of [[], [0], [1], [2]]) {
            const log: string[] = [];
            const event = new Event();
            const worker = function* (name: string): Coroutine {
              try {
                log.push(`${name} ${repr(yield* event.wait())}`);
              } catch (error) {
                if (!(error instanceof CancelledError)) throw error;
                log.push(`${name} ${repr(error)}`);
              }
            };
            const tasks = ["a", "b", "c"].map((name) => createTask(worker(name)));
            const actions = {
              set: () => event.set(),
              clear: () => event.clear(),
              cancel: () => tasks.slice(0, 2).map((task) => task.cancel("stop")),
              newcomer: () => tasks.push(createTask(worker("newcomer"))),
            };
            yield* sleep(1);
            for (const [index, action] of order.entries()) {
              actions[action]();
              if (waits.includes(index)) yield* sleep(0);
            }
            print(order.join(" "), waits, event);
            yield* sleep(1);
            print(log, event);
            event.set();
            yield* wait(tasks);
          }
        }
      },
    ));

  it("EV-01: a timeout at the very moment of set() ends as in CPython, in both orders", () =>
    same(
      `
      ${helpers}
      async def main():
          loop = asyncio.get_running_loop()
          for is_set_first in (True, False):
              event, when = asyncio.Event(), t() + 1
              if is_set_first:
                  loop.call_at(when, event.set)
              waiting = asyncio.create_task(asyncio.wait_for(event.wait(), 1))
              await asyncio.sleep(0)
              if not is_set_first:
                  loop.call_at(when, event.set)
              await asyncio.wait([waiting])
              print(repr(waiting.exception()) if waiting.exception() else waiting.result(), shown(event), t())
    `,
      function* (print) {
        const loop = getRunningLoop();
        for (const isSetFirst of [true, false]) {
          const event = new Event();
          const when = t() + 1;
          if (isSetFirst) loop.callAt(when, () => event.set());
          const waiting = createTask(waitFor(event.wait(), 1));
          yield* sleep(0);
          if (!isSetFirst) loop.callAt(when, () => event.set());
          yield* wait([waiting]);
          print(waiting.exception() ? repr(waiting.exception()) : waiting.result(), event, t());
        }
      },
    ));

  it("EV-01: a coroutine that is closed while it waits leaves the queue", () =>
    same(
      `
      ${helpers}
      async def main():
          event = asyncio.Event()
          by_hand, task = event.wait(), asyncio.create_task(event.wait())
          by_hand.send(None)
          await asyncio.sleep(0)
          print(shown(event), by_hand.close(), shown(event))
          event.set()
          print(await task, shown(event))
    `,
      function* (print) {
        const event = new Event();
        const byHand = event.wait();
        const task = createTask(event.wait());
        byHand.next();
        yield* sleep(0);
        print(String(event), closeCoroutine(byHand), event);
        event.set();
        print(yield* task, event);
      },
    ));

  it("EV-02: set(), clear() and is_set() need no loop, and repeating them does nothing", () =>
    sameScript(
      `
      ${helpers}
      event = asyncio.Event()
      print(event.is_set(), shown(event))
      print(event.set(), event.set(), event.is_set(), shown(event))
      print(event.clear(), event.clear(), event.is_set(), shown(event))
      event.set()
      for loop in (asyncio.new_event_loop(), asyncio.new_event_loop()):
          print(loop.run_until_complete(event.wait()))
          loop.close()
    `,
      (print, newLoop) => {
        const event = new Event();
        print(event.isSet(), event);
        print(event.set(), event.set(), event.isSet(), event);
        print(event.clear(), event.clear(), event.isSet(), event);
        event.set();
        for (const loop of [newLoop(), newLoop()]) {
          print(loop.runUntilComplete(event.wait()));
          loop.close();
        }
      },
    ));

  it("EV-02: a second set() wakes no waiter twice, and the repr counts woken waiters until they go on", () =>
    same(
      `
      ${helpers}
      async def main():
          async def worker():
              await event.wait()
              log.append(shown(event))

          log, event = [], asyncio.Event()
          tasks = [asyncio.create_task(worker()) for _ in range(3)]
          print(shown(event))
          await asyncio.sleep(0)
          print(shown(event))
          tasks[1].cancel()
          event.set()
          event.set()
          event.clear()
          event.set()
          print(shown(event))
          await asyncio.wait(tasks)
          print(log, shown(event))
    `,
      function* (print) {
        function* worker(): Coroutine {
          yield* event.wait();
          log.push(String(event));
        }
        const log: string[] = [];
        const event = new Event();
        const tasks = [1, 2, 3].map(() => createTask(worker()));
        print(event);
        yield* sleep(0);
        print(event);
        tasks[1]?.cancel();
        event.set();
        event.set();
        event.clear();
        event.set();
        print(event);
        yield* wait(tasks);
        print(log, event);
      },
    ));
});

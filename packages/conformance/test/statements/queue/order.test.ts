import { type Coroutine, createTask, sleep, ValueError, wait } from "@yieldstar/loop";
import { LifoQueue, PriorityQueue, Queue } from "@yieldstar/sync";
import { describe, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same, sameScript } from "../../../src/same.ts";
import { awaiting, outcome } from "../outcomes.ts";
import { helpers } from "./helpers.ts";

/** `count` numbers that look random: the same as those of the generator in `randomInPython`. */
function random(seed: number, count: number): number[] {
  const numbers: number[] = [];
  for (let last = seed; numbers.length < count; numbers.push(last)) last = (last * 16807) % 2147483647;
  return numbers;
}

const randomInPython = `
      def random(seed, count):
          for _ in range(count):
              seed = seed * 16807 % 2147483647
              yield seed
`;

describe("QU: queues", () => {
  it("QU-12: a PriorityQueue gives the smallest first, a LifoQueue the newest", () =>
    same(
      `
      ${helpers}
      async def main():
          for cls in (asyncio.PriorityQueue, asyncio.LifoQueue):
              for items in ([3, 1, 2], ["b", "a", "B", "ab", "", "ä"], [0.5, -1, 0, -0.5, 100.5, float("-inf")]):
                  queue = cls()
                  for item in items:
                      queue.put_nowait(item)
                  print(shown(queue), [await queue.get() for _ in items], shown(queue))
    `,
      function* (print) {
        for (const cls of [PriorityQueue, LifoQueue]) {
          for (const items of [
            [3, 1, 2],
            ["b", "a", "B", "ab", "", "ä"],
            [0.5, -1, 0, -0.5, 100.5, -Infinity],
          ]) {
            const queue = new cls<number | string>();
            for (const item of items) queue.putNowait(item);
            const before = String(queue);
            const taken: (number | string)[] = [];
            while (!queue.empty()) taken.push(yield* queue.get());
            print(before, taken, queue);
          }
        }
      },
    ));

  it("QU-12: tuples are compared element by element, nested ones too, and a shorter one comes first", () =>
    same(
      `
      ${helpers}
      async def main():
          queue = asyncio.PriorityQueue()
          items = [(1, "b"), (1, "a", 0), (1, "a"), (0, "z"), (1,), (2, "a"), (), (1, "a", -1), (0, "z")]
          for item in items:
              queue.put_nowait(item)
          for _ in items:
              print(list(queue.get_nowait()))
          items = [((1, 2), "b"), ((1, 2), "a"), ((1,), "c"), ((0, 9), "d"), ((1, 1, 9), "e")]
          for item in items:
              queue.put_nowait(item)
          for _ in items:
              print(queue.get_nowait()[1])
          for item in ((1, None), (1, None), (0, None)):
              queue.put_nowait(item)
          print([queue.get_nowait()[0] for _ in range(3)])
    `,
      function* (print) {
        const queue = new PriorityQueue<unknown[]>();
        const items = [[1, "b"], [1, "a", 0], [1, "a"], [0, "z"], [1], [2, "a"], [], [1, "a", -1], [0, "z"]];
        for (const item of items) queue.putNowait(item);
        for (const _ of items) print(queue.getNowait());
        const nested = [
          [[1, 2], "b"],
          [[1, 2], "a"],
          [[1], "c"],
          [[0, 9], "d"],
          [[1, 1, 9], "e"],
        ];
        for (const item of nested) queue.putNowait(item);
        for (const _ of nested) print(queue.getNowait()[1]);
        for (const item of [
          [1, undefined],
          [1, undefined],
          [0, undefined],
        ]) {
          queue.putNowait(item);
        }
        print([1, 2, 3].map(() => queue.getNowait()[0]));
      },
    ));

  it("QU-12: items of equal rank come in the order of CPython's heap", () =>
    same(
      `
      ${helpers}
      ${randomInPython}
      class Item:
          def __init__(self, rank, name):
              self.rank, self.name = rank, name

          def __lt__(self, other):
              return self.rank < other.rank

          def __repr__(self):
              return f"{self.rank}:{self.name}"

      async def main():
          for seed, ranks in itertools.product(range(1, 20), (1, 2, 3, 10)):
              queue, taken = asyncio.PriorityQueue(), []
              for name, number in enumerate(random(seed, 120)):
                  # Two are put for one that is taken, and in the end the rest is.
                  if number // 16 % 3 == 0 and not queue.empty():
                      taken.append(queue.get_nowait())
                  else:
                      queue.put_nowait(Item(number // 64 % ranks, name))
              print(shown(queue))
              while not queue.empty():
                  taken.append(queue.get_nowait())
              print(taken)
    `,
      function* (print) {
        class Item {
          readonly rank: number;
          readonly name: number;
          constructor(rank: number, name: number) {
            this.rank = rank;
            this.name = name;
          }
          toString(): string {
            return `${this.rank}:${this.name}`;
          }
        }
        for (let seed = 1; seed < 20; seed += 1) {
          for (const ranks of [1, 2, 3, 10]) {
            const queue = new PriorityQueue<Item>(0, { compare: (a, b) => a.rank - b.rank });
            const taken: Item[] = [];
            for (const [name, number] of random(seed, 120).entries()) {
              if (Math.floor(number / 16) % 3 === 0 && !queue.empty()) taken.push(queue.getNowait());
              else queue.putNowait(new Item(Math.floor(number / 64) % ranks, name));
            }
            print(queue);
            while (!queue.empty()) taken.push(queue.getNowait());
            print(taken);
          }
        }
      },
    ));

  it("QU-12: numbers and booleans of equal value keep the order of CPython's heap too", () =>
    same(
      `
      ${helpers}
      ${randomInPython}
      async def main():
          queue = asyncio.PriorityQueue()
          for number in random(7, 100):
              queue.put_nowait((number // 8 % 4, [False, 0][number // 64 % 2], [1, True][number // 128 % 2]))
          print([shown(queue.get_nowait()) for _ in range(100)])
    `,
      function* (print) {
        const queue = new PriorityQueue<[number, number | boolean, number | boolean]>();
        for (const number of random(7, 100)) {
          const [first, second] = [Math.floor(number / 64) % 2 === 0, Math.floor(number / 128) % 2 === 0];
          queue.putNowait([Math.floor(number / 8) % 4, first ? false : 0, second ? 1 : true]);
        }
        print(Array.from({ length: 100 }, () => repr(queue.getNowait())));
      },
    ));

  it("QU-12: strings are compared by code points", () =>
    sameScript(
      `
      queue = asyncio.PriorityQueue()
      names = {"z": "letter", "\\uFF5E": "wide tilde", "\\U0001F600": "face"}
      for item in ("\\U0001F600", "\\uFF5E", "z"):
          queue.put_nowait(item)
      print([names[queue.get_nowait()] for _ in range(3)])
    `,
      (print) => {
        const queue = new PriorityQueue<string>();
        const names = new Map([
          ["z", "letter"],
          ["\uFF5E", "wide tilde"],
          ["\u{1F600}", "face"],
        ]);
        for (const item of ["\u{1F600}", "\uFF5E", "z"]) queue.putNowait(item);
        print([1, 2, 3].map(() => names.get(queue.getNowait())));
      },
    ));

  it("QU-12: a PriorityQueue and a LifoQueue wait like a Queue: full, empty, stolen from, cancelled, shut down", () =>
    same(
      `
      ${helpers}
      async def main():
          async def putter(name, item):
              print(name, await awaiting(queue.put(item)), shown(queue))

          async def getter(name):
              print(name, await awaiting(queue.get()), shown(queue))

          for cls in (asyncio.PriorityQueue, asyncio.LifoQueue):
              queue = cls(2)
              tasks = [asyncio.create_task(getter(name)) for name in "ab"]
              await asyncio.sleep(0)
              queue.put_nowait(5)
              queue.put_nowait(4)
              print(queue.full(), outcome(lambda: queue.put_nowait(1)), queue.get_nowait())
              await asyncio.sleep(0)
              tasks[1].cancel("x")
              tasks += [asyncio.create_task(putter(item, item)) for item in (9, 1, 8, 2)]
              await asyncio.sleep(0)
              tasks[3].cancel("y")
              print(await queue.get(), shown(queue))
              await asyncio.sleep(0)
              print(shown(queue))
              queue.shutdown()
              await asyncio.wait(tasks)
              print(await queue.get(), await queue.get(), await awaiting(queue.get()), shown(queue))
    `,
      function* (print) {
        for (const cls of [PriorityQueue, LifoQueue]) {
          const queue = new cls<number>(2);
          const putter = function* (name: number, item: number): Coroutine {
            print(name, yield* awaiting(queue.put(item)), queue);
          };
          const getter = function* (name: string): Coroutine {
            print(name, yield* awaiting(queue.get()), queue);
          };
          const tasks = ["a", "b"].map((name) => createTask(getter(name)));
          yield* sleep(0);
          queue.putNowait(5);
          queue.putNowait(4);
          const refused = (): string => outcome(() => queue.putNowait(1));
          print(queue.full(), refused(), queue.getNowait());
          yield* sleep(0);
          tasks[1]?.cancel("x");
          tasks.push(...[9, 1, 8, 2].map((item) => createTask(putter(item, item))));
          yield* sleep(0);
          tasks[3]?.cancel("y");
          print(yield* queue.get(), queue);
          yield* sleep(0);
          print(queue);
          queue.shutdown();
          yield* wait(tasks);
          print(yield* queue.get(), yield* queue.get(), yield* awaiting(queue.get()), queue);
        }
      },
    ));

  it("QU-12: a subclass defines its own order through the same protected methods", () =>
    same(
      `
      ${helpers}
      class Latest(asyncio.Queue):
          """Holds the newest item only."""

          def _init(self, maxsize):
              self._queue = []

          def _put(self, item):
              self._queue[:] = [item]

          def _get(self):
              return self._queue.pop()

      async def main():
          queue = Latest()
          task = asyncio.create_task(queue.get())
          await asyncio.sleep(0)
          for item in "abc":
              queue.put_nowait(item)
          print(shown(queue), queue.qsize(), await task, shown(queue), queue.empty())
    `,
      function* (print) {
        /** It holds only the newest item. */
        class Latest<T> extends Queue<T> {
          #held: T[] = [];
          override qsize(): number {
            return this.#held.length;
          }
          protected override _put(item: T): void {
            this.#held = [item];
          }
          protected override _get(): T {
            return this.#held.pop() as T;
          }
          protected override _items(): readonly T[] {
            return this.#held;
          }
        }
        const queue = new Latest<string>();
        const task = createTask(queue.get());
        yield* sleep(0);
        for (const item of "abc") queue.putNowait(item);
        print(String(queue), queue.qsize(), yield* task, queue, queue.empty());
      },
    ));

  it("QU-12: items that cannot be compared raise TypeError", () =>
    same(
      `
      ${helpers}
      class Job:
          pass

      async def main():
          job = Job()
          for one, other in ((1, "a"), ((1, Job()), (1, Job())), ((1, None), (1, "a")), (1, (1,)), ((1, job), (1, job))):
              queue = asyncio.PriorityQueue()
              queue.put_nowait(one)
              print(outcome(lambda: queue.put_nowait(other)).split("(")[0], queue._unfinished_tasks)
    `,
      function* (print) {
        class Job {
          readonly name = "job";
        }
        const job = new Job();
        const pairs: [one: unknown, other: unknown][] = [
          [1, "a"],
          [
            [1, new Job()],
            [1, new Job()],
          ],
          [
            [1, undefined],
            [1, "a"],
          ],
          [1, [1]],
          [
            [1, job],
            [1, job],
          ],
        ];
        for (const [one, other] of pairs) {
          const queue = new PriorityQueue<unknown>();
          queue.putNowait(one);
          const end = outcome(() => queue.putNowait(other)).split("(")[0];
          print(end, /tasks=(\d+)/.exec(String(queue))?.[1]);
        }
      },
    ));

  it("QU-12: an error of a comparison leaves every item that was not taken in the heap, once", () =>
    same(
      `
      ${helpers}
      class Item:
          def __init__(self, rank):
              self.rank = rank

          def __lt__(self, other):
              if {self.rank, other.rank} == forbidden:
                  raise ValueError("x")
              return self.rank < other.rank

          def __repr__(self):
              return str(self.rank)

      async def main():
          global forbidden
          for forbidden in ({1, 2}, {1, 3}, {2, 3}, {1, 9}, {2, 9}, {3, 9}):
              queue = asyncio.PriorityQueue()
              for rank in (1, 5, 9, 6, 7, 3, 2):
                  print(outcome(lambda: queue.put_nowait(Item(rank))), shown(queue))
              for _ in range(5):
                  print(outcome(queue.get_nowait), shown(queue))
    `,
      function* (print) {
        const pairs: [number, number][] = [
          [1, 2],
          [1, 3],
          [2, 3],
          [1, 9],
          [2, 9],
          [3, 9],
        ];
        for (const forbidden of pairs) {
          const compare = (a: number, b: number): number => {
            if (forbidden.includes(a) && forbidden.includes(b)) throw new ValueError("x");
            return a - b;
          };
          const queue = new PriorityQueue<number>(0, { compare });
          for (const rank of [1, 5, 9, 6, 7, 3, 2]) {
            print(
              outcome(() => queue.putNowait(rank)),
              queue,
            );
          }
          for (let count = 0; count < 5; count += 1) {
            print(
              outcome(() => queue.getNowait()),
              queue,
            );
          }
        }
      },
    ));

  it("QU-12: a rank of nan equals no other rank", () =>
    sameScript(
      `
      nan, queue = float("nan"), asyncio.PriorityQueue()
      for item in ((2, "a"), (nan, "b"), (1, "c"), (nan, "a"), (nan, "B")):
          queue.put_nowait(item)
      print([list(queue.get_nowait()) for _ in range(5)])
    `,
      (print) => {
        const queue = new PriorityQueue<[number, string]>();
        const ranks = [2, NaN, 1, NaN, NaN];
        for (const [index, rank] of ranks.entries()) queue.putNowait([rank, "abcaB".charAt(index)]);
        print(Array.from({ length: 5 }, () => queue.getNowait()));
      },
    ));
});

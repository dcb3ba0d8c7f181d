import { describe, expect, it } from "vitest";
import type { Coroutine } from "yieldstar";
import { type Asyncio, loadLibrary, type Mark } from "../src/ratios/systems.ts";
import { unmarked } from "../src/ratios/workload.ts";

type Program = (library: Asyncio, log: (line: string) => void, mark: Mark) => Coroutine<unknown>;

/** The workloads show results. These programs show the order, and what happens to errors and cancels. */
const programs: Record<string, Program> = {
  *"tasks take turns"({ createTask, sleep, gather }, log, mark) {
    const worker = mark(function* (name: string): Coroutine {
      for (let count = 0; count < 3; count += 1) {
        log(`${name}${count}`);
        yield* sleep(0);
      }
    });
    const first = createTask(worker("a"));
    yield* gather([worker("b"), worker("c")]);
    yield* first;
  },

  *"a cancel is thrown where the task waits, and lets it clean up"({ createTask, sleep }, log, mark) {
    const inner = mark(function* (): Coroutine {
      try {
        yield* sleep(1000);
      } finally {
        log("inner cleans up");
        yield* sleep(0);
        log("and ends");
      }
    });
    const outer = mark(function* (): Coroutine {
      try {
        yield* inner();
      } catch (error) {
        log("cancelled");
        throw error;
      }
    });
    const task = createTask(outer());
    yield* sleep(0);
    log(`accepted: ${task.cancel()}`);
    try {
      yield* task;
    } catch {
      log("seen");
    }
    log(`again: ${task.cancel()}`);
  },

  *"a task that is cancelled before its first step does not start"({ createTask, wait }, log) {
    function* worker(): Coroutine {
      log("started");
    }
    const task = createTask(worker());
    task.cancel();
    yield* wait([task]);
  },

  *"an error passes through the frames that wait"({ sleep }, log, mark) {
    const inner = mark(function* (): Coroutine {
      yield* sleep(0);
      throw new Error("inner");
    });
    const middle = mark(function* (): Coroutine<string> {
      try {
        yield* inner();
      } catch (error) {
        log((error as Error).message);
        yield* sleep(0);
      }
      return "recovered";
    });
    log(yield* middle());
    log(yield* middle());
  },

  *"a group cancels the siblings of a task that fails, and its block"({ TaskGroup, asyncWith, sleep }, log, mark) {
    const failing = mark(function* (): Coroutine {
      yield* sleep(0);
      throw new Error("failing");
    });
    const sibling = mark(function* (): Coroutine {
      try {
        yield* sleep(1000);
      } finally {
        log("sibling cleans up");
      }
    });
    try {
      yield* asyncWith(new TaskGroup(), function* (group) {
        group.createTask(failing());
        group.createTask(sibling());
        try {
          yield* sleep(1000);
        } finally {
          log("body cleans up");
        }
      });
    } catch (error) {
      log((error as AggregateError & { exceptions?: Error[] }).message.slice(0, 31));
    }
    yield* sleep(0);
    log("goes on");
  },

  *"a timeout that fires leaves the task as it was"({ timeout, TimeoutError, asyncWith, sleep }, log) {
    try {
      yield* asyncWith(timeout(0.001), function* () {
        yield* sleep(1000);
      });
    } catch (error) {
      log(`timed out: ${error instanceof TimeoutError}`);
    }
    yield* asyncWith(timeout(1000), function* () {
      yield* sleep(0);
    });
    log("goes on");
  },

  *"a cancelled waiter for a lock lets the next one in"({ Lock, createTask, sleep, wait }, log, mark) {
    const lock = new Lock();
    const worker = mark(function* (name: string): Coroutine {
      yield* lock.acquire();
      log(`${name} has it`);
      yield* sleep(0);
      lock.release();
    });
    yield* lock.acquire();
    const tasks = ["a", "b", "c"].map((name) => createTask(worker(name)));
    yield* sleep(0);
    lock.release();
    tasks[0]?.cancel();
    yield* wait(tasks);
  },

  *"a cancelled waiter gives its unit of a semaphore on"({ Semaphore, createTask, sleep, wait }, log) {
    const semaphore = new Semaphore(1);
    function* worker(name: string): Coroutine {
      yield* semaphore.acquire();
      log(`${name} has it`);
      yield* sleep(0);
      semaphore.release();
    }
    yield* semaphore.acquire();
    const tasks = ["a", "b", "c"].map((name) => createTask(worker(name)));
    yield* sleep(0);
    tasks[1]?.cancel();
    semaphore.release();
    tasks[0]?.cancel();
    yield* wait(tasks);
  },

  *"getters and putters of a queue take turns, and may be cancelled"({ Queue, createTask, sleep, wait }, log) {
    const queue = new Queue<number>(2);
    function* get(name: string): Coroutine {
      log(`${name} gets ${yield* queue.get()}`);
    }
    function* put(item: number): Coroutine {
      yield* queue.put(item);
      log(`put ${item}`);
    }
    const getters = ["a", "b", "c"].map((name) => createTask(get(name)));
    yield* sleep(0);
    getters[0]?.cancel();
    const putters = [1, 2, 3, 4, 5].map((item) => createTask(put(item)));
    yield* sleep(0);
    putters[4]?.cancel();
    log(`${yield* queue.get()}`);
    yield* wait([...getters, ...putters]);
  },

  *"a gathering passes a cancel on, and fails with the first error"({ gather, createTask, sleep, wait }, log, mark) {
    const sleeper = mark(function* (name: string): Coroutine {
      try {
        yield* sleep(1000);
      } finally {
        log(`${name} cleans up`);
      }
    });
    function* both(): Coroutine {
      yield* gather([sleeper("a"), sleeper("b")]);
    }
    const task = createTask(both());
    yield* sleep(0);
    yield* sleep(0);
    task.cancel();
    try {
      yield* task;
    } catch {
      log("cancelled");
    }
    const failing = mark(function* (): Coroutine {
      throw new Error("failing");
    });
    const left = createTask(sleeper("c"));
    try {
      yield* gather([left, createTask(failing())]);
    } catch (error) {
      log((error as Error).message);
    }
    left.cancel();
    yield* wait([left]);
  },

  *"timers run by their deadlines"({ gather, sleep }, log, mark) {
    const sleeper = mark(function* (milliseconds: number): Coroutine {
      yield* sleep(milliseconds / 1000);
      log(`${milliseconds}`);
    });
    yield* gather([30, 10, 20, 5, 15, 25, 35].map((milliseconds) => sleeper(milliseconds)));
  },

  *"a task has a context of its own"({ ContextVar, createTask, sleep, wait }, log) {
    const variable = new ContextVar<string>("variable");
    variable.set("outer");
    function* worker(name: string): Coroutine {
      log(`${name} sees ${variable.get()}`);
      variable.set(name);
      yield* sleep(0);
      log(`${name} sees ${variable.get()}`);
    }
    const tasks = ["a", "b"].map((name) => createTask(worker(name)));
    variable.set("changed");
    yield* wait(tasks);
    log(variable.get());
  },

  *"promises, also those that reject"({ fromPromise }, log) {
    log(yield* fromPromise(Promise.resolve("result")));
    try {
      yield* fromPromise(Promise.reject(new Error("rejected")));
    } catch (error) {
      log((error as Error).message);
    }
  },
};

async function traceOf(library: Asyncio, program: Program, mark: Mark): Promise<string[]> {
  const lines: string[] = [];
  await library.run(program(library, (line) => lines.push(line), mark));
  return lines;
}

const [ours, floor] = [await loadLibrary("ours"), await loadLibrary("floor")];

describe("the floor does what ours does", () => {
  it.each(Object.entries(programs))("%s", async (_name, program) => {
    expect(await traceOf(floor, program, unmarked)).toEqual(await traceOf(ours, program, unmarked));
  });
});

describe("marks change nothing on the floor", () => {
  it.each(Object.entries(programs))("%s", async (_name, program) => {
    const { coroutine: mark = unmarked } = floor;
    expect(await traceOf(floor, program, mark)).toEqual(await traceOf(ours, program, unmarked));
  });
});

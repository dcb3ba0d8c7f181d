import { EventEmitter } from "node:events";
import { runInNewContext } from "node:vm";
import * as asyncio from "yieldstar";
import { describe, expect, it } from "vitest";
import { printed } from "../../../.ci/vitest/quiet.ts";

const refuse = (): never => {
  throw new Error("refused");
};

/** An error with no readable property. */
class Unreadable extends Error {
  static {
    for (const key of ["message", "name", "stack", "cause", Symbol.toStringTag]) {
      Object.defineProperty(this.prototype, key, { get: refuse });
    }
  }

  override toString = refuse;
}

function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

const handler = { get: refuse, has: refuse, getPrototypeOf: refuse, ownKeys: refuse, getOwnPropertyDescriptor: refuse };

/** Values that JavaScript can throw, and pass to any function. */
const values: Readonly<Record<string, unknown>> = {
  nothing: undefined,
  null: null,
  "a number": 0,
  "a string": "text",
  "a symbol": Symbol("symbol"),
  "a bigint": 10n,
  "a function": () => 1,
  "a function without a text": Object.assign(() => {}, { toString: refuse, [Symbol.toPrimitive]: refuse }),
  "a class without a text": Object.assign(class Textless extends Array {}, { toString: refuse }),
  "an object": { a: 1 },
  "an object without a prototype": Object.create(null),
  "an object that inherits from a revoked Proxy": Object.create(revoked({}) as object),
  "a Proxy that refuses everything": new Proxy({}, handler),
  "a Proxy of an error that refuses to be read": new Proxy(new Error("inner"), { get: refuse }),
  "a revoked Proxy": revoked({}),
  "a revoked Proxy of an error": revoked(new Error("inner")),
  "an unreadable error": Reflect.construct(Error, [], Unreadable),
  "a frozen error": Object.freeze(new Error("frozen")),
  "an error whose cause is a revoked Proxy": new Error("outer", { cause: revoked({}) }),
  "an error of another realm": runInNewContext("new TypeError('of another realm')"),
  "an object of another realm": runInNewContext("({})"),
  "an AbortError": new DOMException("aborted", "AbortError"),
  "an object that inherits from Error.prototype": Object.create(Error.prototype),
};

type Place = (value: never) => asyncio.Coroutine<unknown>;

/** Lets a value through that TypeScript would refuse. */
const any = (value: unknown): never => value as never;

function* throwing(value: unknown): asyncio.Coroutine {
  yield* asyncio.sleep(0);
  throw value;
}

function* turns(count = 3): asyncio.Coroutine {
  for (let left = count; left > 0; left -= 1) yield* asyncio.sleep(0);
}

const managerOf = (manager: object): never => any({ *aenter() {}, *aexit() {}, ...manager });
const nothing = function* (): asyncio.Coroutine {};

/** The places where a value can be thrown so that the waiting code gets it. */
const throwers: Readonly<Record<string, Place>> = {
  *"a task"(value) {
    yield* asyncio.createTask(throwing(value));
  },
  *"an awaited coroutine"(value) {
    yield* throwing(value);
  },
  *"a gathering"(value) {
    yield* asyncio.gather([throwing(value), asyncio.sleep(0)]);
  },
  *"a shield"(value) {
    yield* asyncio.shield(throwing(value));
  },
  *waitFor(value) {
    yield* asyncio.waitFor(throwing(value), 1);
  },
  *asCompleted(value) {
    for (const next of asyncio.asCompleted([throwing(value)])) yield* next;
  },
  *aenter(value) {
    yield* asyncio.asyncWith(managerOf({ aenter: () => throwing(value) }), nothing);
  },
  *aexit(value) {
    yield* asyncio.asyncWith(managerOf({ aexit: () => throwing(value) }), nothing);
  },
  *"the body of a lock"(value) {
    yield* asyncio.asyncWith(new asyncio.Lock(), () => throwing(value));
  },
  *"a cleanup after a cancel"(value) {
    const task = asyncio.createTask(
      (function* () {
        try {
          yield* asyncio.sleep(100);
        } finally {
          yield* throwing(value);
        }
      })(),
    );
    yield* turns();
    task.cancel();
    yield* task;
  },
};

/** The other uses of a value, most of which make no sense. */
const places: Readonly<Record<string, Place>> = {
  *"thrown by a task that no code awaits"(value) {
    asyncio.createTask(throwing(value));
    yield* turns();
  },
  *"thrown in a group"(value) {
    yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (group) {
      group.createTask(throwing(value));
    });
  },
  *"thrown by the body of a group"(value) {
    yield* asyncio.asyncWith(new asyncio.TaskGroup(), () => throwing(value));
  },
  *"thrown after a timeout"(value) {
    yield* asyncio.asyncWith(asyncio.timeout(0), function* () {
      try {
        yield* asyncio.sleep(100);
      } catch {
        throw value;
      }
    });
  },
  *"the result of a gathering"(value) {
    return yield* asyncio.gather([throwing(value), asyncio.sleep(0)], { returnExceptions: true });
  },
  *"thrown by a callback"(value) {
    asyncio.getRunningLoop().callSoon(() => {
      throw value;
    });
    yield* turns();
  },
  *"thrown by a timer"(value) {
    asyncio.getRunningLoop().callLater(0, () => {
      throw value;
    });
    yield* turns();
  },
  *"thrown by a done-callback"(value) {
    const task = asyncio.createTask(turns());
    task.addDoneCallback(() => {
      throw value;
    });
    yield* task;
    yield* turns();
  },
  *"thrown by an exception handler"(value) {
    const loop = asyncio.getRunningLoop();
    loop.setExceptionHandler(() => {
      throw value;
    });
    loop.callSoon(refuse);
    yield* turns();
  },
  *"rejected at once"(value) {
    yield* asyncio.fromPromise(Promise.reject(value as Error));
  },
  *"rejected while it is awaited"(value) {
    yield* asyncio.fromPromise(
      new Promise((_resolve, reject) => {
        setImmediate(() => reject(value as Error));
      }),
    );
  },
  *"thrown by a native async generator"(value) {
    const source = async function* (): AsyncGenerator<number> {
      yield 1;
      throw value;
    };
    yield* asyncio.asyncFor(source(), nothing);
  },
  *"thrown through toPromise"(value) {
    yield* asyncio.fromPromise(asyncio.toPromise(throwing(value)));
  },
  *"emitted as an error"(value) {
    const emitter = new EventEmitter();
    setImmediate(() => emitter.emit("error", value));
    yield* asyncio.once(emitter, "event");
  },
  *"thrown by a function for fromPromise"(value) {
    yield* asyncio.fromPromise(() => {
      throw value;
    });
  },
  *"thrown by a body for a native async generator"(value) {
    const source = async function* (): AsyncGenerator<number> {
      yield 1;
    };
    yield* asyncio.asyncFor(source(), function* () {
      throw value;
    });
  },
  *"the reason of an abort"(value) {
    const controller = new AbortController();
    setImmediate(() => controller.abort(value));
    yield* asyncio.asyncWith(asyncio.cancelOnAbort(controller.signal), () => asyncio.sleep(100));
  },
  *yielded(value) {
    yield value;
  },
  *awaited(value: asyncio.Future<unknown>) {
    yield* value;
  },
  *returned(value) {
    const task = asyncio.createTask(
      (function* () {
        yield* turns();
        return value;
      })(),
    );
    yield* task;
    String(task);
  },
  *"given to createTask"(value) {
    asyncio.createTask(value);
  },
  *"given to ensureFuture"(value) {
    asyncio.ensureFuture(value);
  },
  *"given to gather"(value) {
    yield* asyncio.gather(value);
  },
  *gathered(value) {
    yield* asyncio.gather([value]);
  },
  *"given to wait"(value) {
    yield* asyncio.wait(value);
  },
  *"waited for"(value) {
    yield* asyncio.wait([value]);
  },
  *"given to waitFor"(value) {
    yield* asyncio.waitFor(value, 1);
  },
  *shielded(value) {
    yield* asyncio.shield(value);
  },
  *"given to asCompleted"(value) {
    for (const next of asyncio.asCompleted(value)) yield* next as asyncio.Coroutine;
  },
  *"given to fromPromise"(value) {
    yield* asyncio.fromPromise(value);
  },
  *"given to fromPromise by a function"(value) {
    yield* asyncio.fromPromise(() => value);
  },
  *"given to toPromise"(value) {
    yield* asyncio.fromPromise(asyncio.toPromise(value));
  },
  *"given to toPromise as a signal"(value) {
    yield* asyncio.fromPromise(asyncio.toPromise(turns(), { signal: value }));
  },
  *entered(value) {
    yield* asyncio.asyncWith(value, nothing);
  },
  *"the body of a block"(value) {
    yield* asyncio.asyncWith(new asyncio.Lock(), value);
  },
  *"the result of a block's body"(value) {
    yield* asyncio.asyncWith(new asyncio.Lock(), () => value);
  },
  *"the result of aenter"(value) {
    yield* asyncio.asyncWith(managerOf({ aenter: () => value as unknown }), nothing);
  },
  *"the result of aexit"(value) {
    yield* asyncio.asyncWith(managerOf({ aexit: () => value as unknown }), nothing);
  },
  *iterated(value) {
    yield* asyncio.asyncFor(value, nothing);
  },
  *"the exception of a future"(value) {
    const future = asyncio.getRunningLoop().createFuture();
    future.setException(value);
    yield* future;
  },
  *"a member of a group"(value) {
    throw new asyncio.ExceptionGroup("group", [value]);
  },
  *"handled by exceptStar"(value) {
    yield* asyncio.exceptStar(value, asyncio.on(TypeError, nothing));
  },
  *"the class of a handler"(value) {
    yield* asyncio.exceptStar(new Error("error"), asyncio.on(value, nothing));
  },
  *"the message of a cancel"(value) {
    const task = asyncio.createTask(asyncio.sleep(100));
    yield* turns();
    task.cancel(value);
    yield* task;
  },
  *"the name of a task"(value) {
    const task = asyncio.createTask(turns(), { name: value });
    String(task);
    yield* task;
  },
  *"put into a queue"(value) {
    const queue = new asyncio.Queue();
    yield* queue.put(value);
    String(queue);
    return yield* queue.get();
  },
  *"put into a priority queue"(value) {
    const queue = new asyncio.PriorityQueue<unknown>();
    for (const item of [value, value, 1]) yield* queue.put(item);
    return [yield* queue.get(), yield* queue.get()];
  },
  *"the result of a task factory"(value) {
    yield* withFactory(() => value);
  },
  *"thrown by a task factory"(value) {
    yield* withFactory(() => {
      throw value;
    });
  },
  *"the default of a context variable"(value) {
    const variable = new asyncio.ContextVar("variable", { default: value });
    String(variable);
    yield* turns();
    return variable.get();
  },
  *"run in a context"(value) {
    asyncio.copyContext().run(value);
  },
};

function* withFactory(factory: () => never): asyncio.Coroutine {
  const loop = asyncio.getRunningLoop();
  loop.setTaskFactory(factory);
  try {
    yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (group) {
      group.createTask(turns());
    });
  } finally {
    loop.setTaskFactory(undefined);
  }
}

/** Runs a place beside a sibling task; returns the thrown values, and whether both came to their ends. */
async function tryOut(
  place: Place,
  value: unknown,
): Promise<{ readonly thrown: readonly unknown[]; isWhole: boolean }> {
  const thrown: unknown[] = [];
  let hasSiblingEnded = false;
  function* sibling(): asyncio.Coroutine {
    yield* turns(10);
    hasSiblingEnded = true;
  }
  function* main(): asyncio.Coroutine<string> {
    const task = asyncio.createTask(sibling());
    try {
      yield* place(any(value));
    } catch (error) {
      thrown.push(error);
    }
    yield* task;
    return "end";
  }
  const end = await asyncio.run(main());
  // The contents of the reports do not matter here, only that they can be made.
  printed();
  return { thrown, isWhole: end === "end" && hasSiblingEnded };
}

describe.each(Object.entries(throwers))("a hostile value thrown by %s", (_name, place) => {
  it("is caught as it was thrown, or as the cause of a TypeError, and other tasks go on", async () => {
    for (const [name, value] of Object.entries(values)) {
      const { thrown, isWhole } = await tryOut(place, value);
      const [error] = thrown;
      const isKnown = error === value || (error instanceof TypeError && error.cause === value);
      expect({ name, count: thrown.length, isKnown, isWhole }).toEqual({
        name,
        count: 1,
        isKnown: true,
        isWhole: true,
      });
    }
  });
});

describe.each(Object.entries(places))("a hostile value that is %s", (_name, place) => {
  it("leaves the loop and the other tasks as they are", async () => {
    for (const [name, value] of Object.entries(values)) {
      const { isWhole } = await tryOut(place, value);
      expect({ name, isWhole }).toEqual({ name, isWhole: true });
    }
  });
});

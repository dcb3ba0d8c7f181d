import { EventEmitter } from "node:events";
import net from "node:net";
import { PassThrough } from "node:stream";
import { finished } from "node:stream/promises";
import { type NamedEvent, once, type OnceOptions } from "@yieldstar/asyncgen";
import { CancelledError, type Coroutine, createTask, getRunningLoop, run, sleep, ValueError } from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, expectTypeOf, it } from "vitest";
import { kinds, listenedEmitter } from "./event-sources.ts";

/** The code of Node's own error for a stream that is closed too early. */
async function codeOfNode(): Promise<unknown> {
  const stream = new PassThrough();
  stream.destroy();
  return finished(stream).catch((error: NodeJS.ErrnoException) => error.code);
}

/** Waits by `once`, while `emit` is called a second later. */
function* outcomeOf(wait: Coroutine<unknown>, emit: () => void): Coroutine<unknown> {
  getRunningLoop().callLater(1, emit);
  try {
    return yield* wait;
  } catch (error) {
    return error;
  }
}

describe("once, of an emitter that is closed,", () => {
  it("fails as Node's functions do, and removes its listener", async () => {
    const { source, emit, listenerCount } = listenedEmitter();
    const error = runVirtual(outcomeOf(once(source, "drain"), () => emit("close")));
    expect(error).toMatchObject({
      name: "Error",
      message: "Premature close: 'close' came before 'drain'",
      code: await codeOfNode(),
    });
    expect(listenerCount()).toBe(0);
  });

  it.each([["close"], ["close", "drain"]])("gives the closing event if it is one of the names: %s", (...names) => {
    const { source, emit } = listenedEmitter();
    const [name] = names;
    const wait: Coroutine<unknown> = names.length === 1 ? once(source, name ?? "") : once(source, names);
    const args = ["had no error"];
    expect(runVirtual(outcomeOf(wait, () => emit("close", args[0])))).toEqual(
      names.length === 1 ? args : { name: "close", args },
    );
  });

  it("gives an event, or throws an error, that came first", () => {
    const { source, emit } = listenedEmitter();
    const both = (): void => {
      emit("event", 1);
      emit("close");
    };
    expect(runVirtual(outcomeOf(once(source, "event"), both))).toEqual([1]);
    const broken = new RangeError("broken");
    const failing = (): void => {
      emit("error", broken);
      emit("close");
    };
    expect(runVirtual(outcomeOf(once(source, "event"), failing))).toBe(broken);
  });

  it("can still be cancelled", () => {
    const { source, emit, listenerCount } = listenedEmitter();
    function* main(): Coroutine {
      const task = createTask(once(source, "event"));
      yield* sleep(1);
      task.cancel();
      emit("close");
      yield* sleep(1);
      expect(task.cancelled()).toBe(true);
      expect(listenerCount()).toBe(0);
    }
    runVirtual(main());
  });

  it("waits on if close is an empty list", () => {
    const { source, emit } = listenedEmitter();
    const twice = (): void => {
      emit("close");
      emit("event", 1);
    };
    expect(runVirtual(outcomeOf(once(source, "event", { close: [] }), twice))).toEqual([1]);
  });
});

describe.each(kinds)("once, of %s, with closing events,", (_, make) => {
  it("fails when one of them comes", () => {
    const { source, emit, listenerCount } = make();
    const close = new Set(["other", "end"]);
    const error = runVirtual(outcomeOf(once(source, "event", { close }), () => emit("end")));
    expect(error).toMatchObject({ message: "Premature close: 'end' came before 'event'" });
    expect(listenerCount()).toBe(0);
  });

  it("gives the first of several, with its name", () => {
    const { source, emit, detailOf, listenerCount } = make();
    function* main(): Coroutine<unknown[]> {
      const wait = once(source, ["event", "end"], { close: ["other"] });
      const { name, args } = (yield* outcomeOf(wait, () => {
        emit("end", 1);
        emit("event", 2);
      })) as NamedEvent<string, unknown[]>;
      return [name, detailOf(args)];
    }
    expect(runVirtual(main())).toEqual(["end", 1]);
    expect(listenerCount()).toBe(0);
  });
});

it("once, of a target, never ends by itself: a dialog is closed, and opened again", () => {
  const source = new EventTarget();
  const twice = (): void => {
    source.dispatchEvent(new Event("close"));
    source.dispatchEvent(new Event("event"));
  };
  expect(runVirtual(outcomeOf(once(source, "event"), twice))).toEqual([expect.any(Event)]);
});

describe("once, of a Node stream,", () => {
  it("ends when the socket that it waits for is destroyed", async () => {
    const server = net.createServer((socket) => socket.pause());
    function* main(): Coroutine<unknown> {
      server.listen(0);
      yield* once(server, "listening");
      const socket = net.connect((server.address() as net.AddressInfo).port);
      yield* once(socket, "connect");
      while (socket.write("x".repeat(65536)));
      const draining = createTask(once(socket, "drain"));
      yield* sleep(0.01);
      socket.destroy();
      try {
        return yield* draining;
      } catch (error) {
        return error;
      } finally {
        server.close();
      }
    }
    expect(await run(main())).toMatchObject({ code: await codeOfNode() });
  });

  it("ends when the stream was destroyed before", async () => {
    function* main(): Coroutine<unknown[]> {
      const outcomes: unknown[] = [];
      for (const error of [undefined, new RangeError("broken")]) {
        for (const delay of [0, 0.01]) {
          const stream = new PassThrough();
          stream.on("error", () => {});
          stream.destroy(error);
          yield* sleep(delay);
          outcomes.push(yield* outcomeOf(once(stream, "drain"), () => {}));
        }
      }
      return outcomes;
    }
    const premature = { code: await codeOfNode() };
    const broken = new RangeError("broken");
    expect(await run(main())).toMatchObject([premature, premature, broken, broken]);
  });

  it("takes the error that the stream is being destroyed with, so that the process does not get it", async () => {
    function* main(): Coroutine<unknown> {
      const stream = new PassThrough();
      stream.destroy(new RangeError("broken"));
      return yield* outcomeOf(once(stream, "drain"), () => {});
    }
    expect(await run(main())).toEqual(new RangeError("broken"));
  });

  it("waits for the close of a stream that is being destroyed", async () => {
    function* main(): Coroutine<unknown> {
      const stream = new PassThrough();
      stream.destroy();
      return yield* once(stream, "close");
    }
    expect(await run(main())).toEqual([]);
  });

  it("can be cancelled when the stream was destroyed before", async () => {
    function* main(): Coroutine<unknown> {
      const stream = new PassThrough();
      stream.destroy();
      const task = createTask(once(stream, "drain"));
      yield* sleep(0);
      task.cancel();
      try {
        return yield* task;
      } catch (error) {
        return error;
      }
    }
    expect(await run(main())).toBeInstanceOf(CancelledError);
  });
});

describe("once, of a stream that is closed already, for an ending event,", () => {
  const [closed, broken, cause] = [new PassThrough(), new PassThrough(), new RangeError("broken")];
  broken.on("error", () => {});
  const premature = (later: string): unknown =>
    expect.objectContaining({
      code: "ERR_STREAM_PREMATURE_CLOSE",
      message: `Premature close: 'close' came before ${later}`,
    });

  it.each([
    { what: "with others", names: ["close", "end"], error: premature("'end'") },
    { what: "alone", names: "close", error: premature("it was waited for") },
  ])("ends too: $what", async ({ names, error }) => {
    closed.destroy();
    broken.destroy(cause);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await run(once(closed, names as "close")).catch((thrown: unknown) => thrown)).toEqual(error);
    expect(await run(once(broken, names as "close")).catch((thrown: unknown) => thrown)).toBe(cause);
  });
});

describe("once refuses at the call", () => {
  const { source } = listenedEmitter();

  it.each([undefined, null, 5, {}, new Set(["event"])])("%o, which is neither a name nor an array of names", (name) => {
    expect(() => once(source, name as never)).toThrow(
      /^the name of an event must be a string or a symbol, or an array of such names, got (?!.*event)/,
    );
  });

  it.each([[[5]], [["event", undefined]]])("%o, with a member that is not a name", (names) => {
    expect(() => once(source, names as never)).toThrow(
      /^the name of an event must be a string or a symbol, got (?!.*event)/,
    );
  });

  it("null for an emitter", () => {
    const text = "an EventEmitter or an EventTarget was expected, got 'null' object";
    expect(() => once(null as never, "event")).toThrow(new TypeError(text));
  });

  it("an empty array of names", () => {
    expect(() => once(source, [])).toThrow(ValueError);
  });

  it.each([
    [{ close: "end" }, `close must be an iterable of names of events, got 'end' (hint: ["end"])`],
    [{ close: 5 }, "close must be an iterable of names of events, got 5"],
    [{ close: null }, "close must be an iterable of names of events, got null"],
    [{ close: [5] }, "the name of an event must be a string or a symbol, got 5"],
    [{ closed: [] }, "once() got an unexpected keyword argument 'closed'. Did you mean 'close'?"],
    [null, "once() options must be an object, got null"],
  ])("the options %o", (options, message) => {
    expect(() => once(source, "event", options as unknown as OnceOptions)).toThrow(new TypeError(message));
  });
});

it("once, of several names, has a type for each", () => {
  const emitter = new EventEmitter();
  const { signal } = new AbortController();
  function* main(): Coroutine {
    expectTypeOf(yield* once(emitter, ["drain", "close"])).toEqualTypeOf<NamedEvent<"drain" | "close", unknown[]>>();
    const event = yield* once(messages, ["message", "other"]);
    if (event.name === "message") expectTypeOf(event.args).toEqualTypeOf<[event: MessageEvent]>();
    else expectTypeOf(event).toEqualTypeOf<NamedEvent<"other", [event: Event]>>();
    expectTypeOf(yield* once(signal, ["abort"])).toEqualTypeOf<NamedEvent<"abort", [event: Event]>>();
    expectTypeOf(yield* once(emitter, "drain", { close: ["close"] })).toEqualTypeOf<unknown[]>();
  }
  expectTypeOf(main).toEqualTypeOf<() => Coroutine>();
});

declare const messages: EventTarget & { onmessage: ((event: MessageEvent) => void) | null };

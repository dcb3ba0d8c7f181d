import { EventEmitter } from "node:events";
import net from "node:net";
import { anext, asyncFor, BREAK, events, type EventsOptions } from "@yieldstar/asyncgen";
import { type Coroutine, createTask, fromPromise, run, sleep, wait } from "@yieldstar/loop";
import { runVirtual, VirtualTimeLoop } from "@yieldstar/testing";
import { describe, expect, expectTypeOf, it } from "vitest";
import { printed } from "../../../.ci/vitest/quiet.ts";
import { kinds, listenedEmitter } from "./event-sources.ts";

describe.each(kinds)("events of %s that no task took", (_, make) => {
  it.each([
    ["breaks", BREAK],
    ["fails", new RangeError("of the body")],
  ])("are disposed of, in order, when the loop's body %s", (__, outcome) => {
    const { source, emit, detailOf } = make();
    const disposed: unknown[] = [];
    function* main(): Coroutine {
      const iterator = events(source, "event", { dispose: (...args: unknown[]) => disposed.push(detailOf(args)) });
      for (let number = 1; number <= 3; number++) emit("event", number);
      yield* asyncFor(iterator, function* () {
        if (outcome instanceof Error) throw outcome;
        return outcome;
      });
    }
    const outcomeOfRun = (): unknown => {
      try {
        return runVirtual(main());
      } catch (error) {
        return error;
      }
    };
    expect(outcomeOfRun()).toBe(outcome instanceof Error ? outcome : undefined);
    expect(disposed).toEqual([2, 3]);
  });
});

describe("events that no task took", () => {
  /** The disposed events of five that come at once: those before and those after the events with room are taken. */
  function* disposedOfFive(options: EventsOptions): Coroutine<unknown[][]> {
    const { source, emit } = listenedEmitter();
    let disposed: unknown[] = [];
    const iterator = events(source, "event", { ...options, dispose: (number) => disposed.push(number) });
    for (let number = 1; number <= 5; number++) emit("event", number);
    const atOnce = disposed;
    disposed = [];
    expect(yield* anext(iterator)).toHaveLength(1);
    yield* iterator.aclose();
    yield* iterator.aclose();
    return [atOnce, disposed];
  }

  it.each<[EventsOptions["overflow"], unknown[][]]>([
    ["error", [[4], [2, 3]]],
    [
      "dropOldest",
      [
        [1, 2],
        [4, 5],
      ],
    ],
    [
      "dropNewest",
      [
        [4, 5],
        [2, 3],
      ],
    ],
  ])("are disposed of when there is no room, by the policy %s", (overflow, disposed) => {
    const closed = overflow === "error" ? { close: ["end"] } : {};
    expect(runVirtual(disposedOfFive({ maxsize: 3, overflow, ...closed }))).toEqual(disposed);
  });

  it.each([
    ["still has a listener", () => {}],
    ["has been closed", (source: EventEmitter) => source.emit("end")],
  ])("are disposed of at the end of the program, when the emitter %s", (_, end) => {
    const { source, emit, listenerCount } = listenedEmitter();
    const disposed: unknown[] = [];
    function* main(): Coroutine {
      const iterator = events(source, "event", { close: ["end"], dispose: (number) => disposed.push(number) });
      emit("event", 1);
      emit("event", 2);
      end(source);
      expect(yield* anext(iterator)).toEqual([1]);
      expect(disposed).toEqual([]);
    }
    runVirtual(main());
    expect(disposed).toEqual([2]);
    expect(listenerCount()).toBe(0);
  });

  it("are disposed of when they come after the loop was closed", () => {
    const { source, emit, listenerCount } = listenedEmitter();
    const disposed: unknown[] = [];
    const loop = new VirtualTimeLoop();
    loop.runUntilComplete(
      (function* (): Coroutine {
        events(source, "event", { dispose: (number) => disposed.push(number) });
      })(),
    );
    loop.close();
    emit("event", 1);
    emit("event", 2);
    expect(disposed).toEqual([1]);
    expect(listenerCount()).toBe(0);
  });

  it("are reported if their disposal fails, and the others are disposed of", async () => {
    const { source, emit } = listenedEmitter();
    const disposed: unknown[] = [];
    function* main(): Coroutine {
      const iterator = events(source, "event", {
        dispose: (number) => {
          disposed.push(number);
          if (number === 1) throw new RangeError("thrown");
          return number === 2 ? Promise.reject(new RangeError("rejected")) : undefined;
        },
      });
      for (let number = 1; number <= 3; number++) emit("event", number);
      yield* iterator.aclose();
      yield* sleep(0.001);
    }
    await run(main());
    expect(disposed).toEqual([1, 2, 3]);
    const message = "Exception in dispose of <events 'event' closed>";
    expect(printed()).toEqual([
      ["error", message, new RangeError("thrown")],
      ["error", message, new RangeError("rejected")],
    ]);
  });

  it("may be the connections of a server that is cancelled", async () => {
    const server = net.createServer();
    const clients: net.Socket[] = [];
    function* main(): Coroutine<number> {
      server.listen(0);
      const connections = events(server, "connection", { dispose: (socket: net.Socket) => socket.destroy() });
      const serving = createTask(
        asyncFor(connections, function* ([socket]) {
          expectTypeOf(socket).toEqualTypeOf<net.Socket>();
          try {
            yield* sleep(10);
          } finally {
            socket.destroy();
          }
        }),
      );
      yield* sleep(0);
      const { port } = server.address() as net.AddressInfo;
      for (let count = 0; count < 3; count++) clients.push(net.connect(port));
      const ended = clients.map((client) => createTask(untilClosed(client)));
      while ((yield* countOpen(server)) < 3) yield* sleep(0.001);
      serving.cancel();
      yield* wait([serving, ...ended]);
      return yield* countOpen(server);
    }
    expect(await run(main())).toBe(0);
    server.close();
  });

  function* untilClosed(client: net.Socket): Coroutine {
    yield* asyncFor(events(client, "nothing", { close: ["close"] }), function* () {});
  }

  function* countOpen(server: net.Server): Coroutine<number> {
    return yield* fromPromise(
      new Promise<number>((resolve) => {
        server.getConnections((_, count) => resolve(count));
      }),
    );
  }
});

describe("events refuse at the call", () => {
  it.each([
    [{ close: "end" }, `close must be an iterable of names of events, got 'end' (hint: ["end"])`],
    [{ close: 5 }, "close must be an iterable of names of events, got 5"],
    [{ close: [undefined] }, "the name of an event must be a string or a symbol, got None"],
    [{ dispose: 5 }, "a callable object was expected by dispose(), got 5"],
    [{ *dispose() {} }, "coroutines cannot be used with dispose() (hint: use createTask)"],
    [{ maxSize: 5 }, "events() got an unexpected keyword argument 'maxSize'. Did you mean 'maxsize'?"],
    [5, "events() options must be an object, got 5"],
  ])("the options %o, and listen to nothing", (options, message) => {
    const { source, listenerCount } = listenedEmitter();
    function* main(): Coroutine {
      expect(() => events(source, "event", options as unknown as EventsOptions)).toThrow(new TypeError(message));
      expect(() => events(source, undefined as never)).toThrow(TypeError);
    }
    runVirtual(main());
    expect(listenerCount()).toBe(0);
  });
});

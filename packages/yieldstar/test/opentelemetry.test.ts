import { context, type Span, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { runVirtual } from "@yieldstar/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  asyncWith,
  CancelledError,
  type Coroutine,
  createTask,
  followAsyncLocalStorage,
  fromPromise,
  gather,
  Queue,
  run,
  sleep,
  type Task,
  TaskGroup,
  timeout,
  TimeoutError,
  toPromise,
  waitFor,
} from "yieldstar";

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });

beforeAll(() => {
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  followAsyncLocalStorage();
});

beforeEach(() => exporter.reset());

afterAll(async () => {
  trace.disable();
  context.disable();
  await provider.shutdown();
});

/** Runs a coroutine in a new task with a new span around it, as a child of the active one. */
function* spanned<T>(name: string, body: () => Coroutine<T>): Coroutine<T> {
  const span = trace.getTracer("test").startSpan(name);
  try {
    return yield* context.with(trace.setSpan(context.active(), span), () => createTask(body()));
  } finally {
    span.end();
  }
}

/** The same by the other idiom. */
function startTask(name: string, body: () => Coroutine): Task<void> {
  const ended = function* (span: Span): Coroutine {
    try {
      yield* body();
    } finally {
      span.end();
    }
  };
  return trace.getTracer("test").startActiveSpan(name, (span) => createTask(ended(span)));
}

function* leaf(name: string, seconds = 1): Coroutine {
  yield* sleep(seconds);
  yield* spanned(name, () => sleep(seconds));
}

/** Every span that has ended, with the way from its root down to it. */
function paths(): string[] {
  const spans = exporter.getFinishedSpans();
  const byId = new Map(spans.map((span) => [span.spanContext().spanId, span]));
  const path = (span: (typeof spans)[number]): string => {
    const { parentSpanContext } = span;
    if (parentSpanContext === undefined) return span.name;
    const parent = byId.get(parentSpanContext.spanId);
    expect(parent?.spanContext().traceId).toBe(span.spanContext().traceId);
    return `${parent === undefined ? "?" : path(parent)}/${span.name}`;
  };
  return spans.map(path).sort();
}

describe("OpenTelemetry's spans", () => {
  it("nest across yield*", () => {
    runVirtual(
      spanned("a", function* () {
        yield* leaf("b");
        yield* spanned("c", function* () {
          yield* leaf("d");
          yield* sleep(1);
          yield* leaf("e");
        });
        yield* startTask("f", () => leaf("g"));
        yield* leaf("h");
      }),
    );
    expect(paths()).toEqual(["a", "a/b", "a/c", "a/c/d", "a/c/e", "a/f", "a/f/g", "a/h"]);
  });

  it("nest across groups and gather", () => {
    runVirtual(
      spanned("a", function* () {
        yield* asyncWith(new TaskGroup(), function* (group) {
          group.createTask(leaf("b", 2));
          group.createTask(spanned("c", () => leaf("d")));
          yield* leaf("e", 3);
        });
        yield* gather([leaf("f", 2), spanned("g", () => leaf("h", 3)), leaf("i")]);
      }),
    );
    expect(paths()).toEqual(["a", "a/b", "a/c", "a/c/d", "a/e", "a/f", "a/g", "a/g/h", "a/i"]);
  });

  it("nest across timeouts, and in the cleanup of cancelled tasks", () => {
    const worker = function* (): Coroutine {
      try {
        yield* sleep(100);
      } catch (error) {
        if (!(error instanceof CancelledError)) throw error;
        yield* leaf("cleanup");
        throw error;
      }
    };
    const late = function* (coroutine: Coroutine): Coroutine {
      try {
        yield* coroutine;
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error;
        yield* leaf("late");
      }
    };
    runVirtual(
      spanned("a", function* () {
        yield* late(asyncWith(timeout(1), () => spanned("b", worker)));
        yield* spanned("c", () => late(waitFor(worker(), 1)));
      }),
    );
    expect(paths()).toEqual(["a", "a/b", "a/b/cleanup", "a/c", "a/c/cleanup", "a/c/late", "a/late"]);
  });

  it("do not mix when requests run at once, whichever code wakes them", async () => {
    const queue = new Queue<() => void>();
    const names = ["a", "b", "c", "d"];
    const request = (name: string, index: number): Coroutine =>
      spanned(name, function* () {
        yield* asyncWith([timeout(10), new TaskGroup()], function* ([, group]) {
          group.createTask(leaf("slept", 0.001 * (index % 2)));
          yield* fromPromise(new Promise((resolve) => setTimeout(resolve, names.length - index)));
          yield* spanned("fetched", () => sleep(0));
          const { promise, resolve } = withResolvers();
          yield* queue.put(resolve);
          yield* fromPromise(promise);
          yield* spanned("served", () => sleep(0));
        });
      });
    const server = function* (): Coroutine {
      for (const _ of names) {
        const serve = yield* queue.get();
        yield* spanned("server", function* () {
          serve();
          yield* sleep(0);
        });
      }
    };
    const main = function* (): Coroutine {
      yield* gather([...names.map(request), server()]);
    };
    await run(main());
    const own = names.flatMap((name) => [name, `${name}/fetched`, `${name}/served`, `${name}/slept`]);
    expect(paths()).toEqual([...own, ...names.map(() => "server")].sort());
  });

  it("do not mix when promise code runs coroutines at once", async () => {
    const handle = (name: string): Promise<void> =>
      trace.getTracer("test").startActiveSpan(name, async (span) => {
        await toPromise(all(leaf("first", 0.001), leaf("second", 0)));
        trace.getTracer("test").startSpan("after").end();
        span.end();
      });
    await Promise.all([handle("a"), handle("b")]);
    const own = ["a", "b"].flatMap((name) => [name, `${name}/after`, `${name}/first`, `${name}/second`]);
    expect(paths()).toEqual(own.sort());
  });
});

function* all(...coroutines: Coroutine[]): Coroutine {
  yield* gather(coroutines);
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}

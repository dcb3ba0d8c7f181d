// Uses the packages as an outside program would: every compiler that we support must accept it, and infer the same
// types.

import { EventEmitter } from "node:events";
import * as asyncio from "yieldstar";
import { runVirtual } from "@yieldstar/testing";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function expectType<A>() {
  return <B>(_value: B, _same: Equal<A, B>): void => {};
}

const ticker = asyncio.asyncGenerator(function* (emit, to: number) {
  for (let tick = 0; tick < to; tick += 1) {
    yield* emit(tick);
    yield* asyncio.sleep(0.1);
  }
  yield* emit("end");
});

const connection = asyncio.asyncContextManager(function* (emit, name: string) {
  yield* emit({ name });
});

function* fetchLength(url: string): asyncio.Coroutine<number> {
  yield* asyncio.sleep(0.1);
  return url.length;
}

function* main(): asyncio.Coroutine<string> {
  const task = asyncio.createTask(fetchLength("a"), { name: "a" });
  expectType<number>()(yield* task, true);
  expectType<[number, string]>()(yield* asyncio.gather([fetchLength("b"), asyncio.sleep(0, "c")]), true);
  expectType<number[]>()(yield* asyncio.gather(["d", "e"].map(fetchLength)), true);
  const [done] = yield* asyncio.wait([asyncio.createTask(fetchLength("f"))], { timeout: 1 });
  for (const each of done) expectType<number>()(each.result(), true);
  const sum = yield* asyncio.asyncWith([asyncio.timeout(1), new asyncio.TaskGroup()], function* ([deadline, group]) {
    expectType<asyncio.Timeout>()(deadline, true);
    return [group.createTask(fetchLength("g")), group.createTask(fetchLength("h"))];
  });
  expectType<number>()(
    sum.reduce((total, each) => total + each.result(), 0),
    true,
  );
  const name = yield* asyncio.asyncWith(connection("i"), function* (opened) {
    return opened.name;
  });
  expectType<string | undefined>()(name, true);
  yield* asyncio.asyncFor(asyncio.asCompleted([fetchLength("j")]), function* (each) {
    expectType<number>()(each.result(), true);
  });
  yield* asyncio.asyncWith(asyncio.aclosing(ticker(3)), function* (ticks) {
    yield* asyncio.asyncFor(ticks, function* (tick) {
      expectType<string | number>()(tick, true);
      return tick === "end" ? asyncio.BREAK : undefined;
    });
  });
  const queue = new asyncio.Queue<Uint8Array>();
  yield* queue.put(new Uint8Array(1));
  expectType<Uint8Array>()(yield* queue.get(), true);
  try {
    yield* asyncio.waitFor(fetchLength("k"), 0);
  } catch (error) {
    yield* asyncio.exceptStar(
      error,
      asyncio.on(asyncio.SystemExit, function* (group) {
        expectType<asyncio.BaseExceptionGroup<asyncio.SystemExit>>()(group, true);
      }),
    );
    if (error instanceof asyncio.ExceptionGroup) {
      expectType<readonly asyncio.Member<Error>[]>()(error.exceptions, true);
    }
  }
  return "done";
}

const options: asyncio.EventLoopOptions = { turnBudget: 0.001 };
const target = new EventTarget();
const emitter = new EventEmitter();

function* border(signal: AbortSignal, body: ReadableStream<Uint8Array>): asyncio.Coroutine<Event> {
  const loop = asyncio.getRunningLoop();
  const stopped = loop.createFuture<void>();
  loop.addSignalHandler("SIGTERM", () => stopped.setResult());
  expectType<boolean>()(loop.removeSignalHandler("SIGTERM"), true);
  const text = asyncio.fromPromise(async (aborted) => (await fetch("l", { signal: aborted })).text());
  expectType<string>()(yield* text, true);
  const closable = Promise.resolve({ close() {} });
  expectType<{ close(): void }>()(yield* asyncio.fromPromise(closable, { dispose: (late) => late.close() }), true);
  expectType<unknown[]>()(yield* asyncio.once(emitter, "drain"), true);
  expectType<[Uint8Array]>()(yield* asyncio.once<[Uint8Array]>(emitter, "data"), true);
  yield* asyncio.asyncFor(asyncio.events(target, "m", { overflow: "dropOldest" }), function* ([event]) {
    expectType<Event>()(event, true);
    return asyncio.BREAK;
  });
  yield* asyncio.asyncFor(body, function* (chunk) {
    expectType<Uint8Array>()(chunk, true);
  });
  return yield* asyncio.asyncWith([asyncio.cancelOnAbort(signal), asyncio.abortOnCancel()], function* ([, inner]) {
    expectType<AbortSignal>()(inner, true);
    const [event] = yield* asyncio.once(target, "n");
    return event;
  });
}

const { signal } = new AbortController();
const loop = new asyncio.EventLoop(options);
expectType<Promise<Event>>()(asyncio.toPromise(border(signal, new ReadableStream()), { signal, loop }), true);
expectType<Promise<number>>()(loop.createTask(fetchLength("o")).toPromise(), true);
expectType<AsyncGenerator<string | number, undefined, unknown>>()(asyncio.toAsyncIterable(ticker(3), { signal }), true);
expectType<string>()(runVirtual(main()), true);
expectType<Promise<string>>()(asyncio.run(main()), true);

// Uses the packages as a program of somebody else's would: every compiler we support must accept it, and infer the same.

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

expectType<string>()(runVirtual(main()), true);
expectType<Promise<string>>()(asyncio.run(main()), true);

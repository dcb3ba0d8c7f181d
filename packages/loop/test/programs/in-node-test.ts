import test from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { brotliCompress } from "node:zlib";
import {
  asyncWith,
  cancelOnAbort,
  type Coroutine,
  createTask,
  DeadlockError,
  fromPromise,
  getRunningLoop,
  run,
  toPromise,
} from "@yieldstar/loop";

function* never(): Coroutine {
  yield* getRunningLoop().createFuture<void>();
}

async function isDeadlock(promise: Promise<unknown>): Promise<void> {
  await promise.then(
    () => {
      throw new Error("nothing was wrong");
    },
    (error: unknown) => {
      if (!(error instanceof DeadlockError)) throw error;
    },
  );
}

void test("run ends with a DeadlockError", async () => {
  await isDeadlock(run(never()));
});

void test("toPromise rejects with a DeadlockError", async () => {
  await isDeadlock(toPromise(never()));
});

void test("waits for unref'ed handles", async () => {
  function* main(): Coroutine {
    yield* asyncWith(cancelOnAbort(AbortSignal.timeout(400)), never);
  }
  await run(main()).then(
    () => {
      throw new Error("nothing has ended it");
    },
    (error: Error) => {
      if (error.name !== "TimeoutError") throw error;
    },
  );
});

void test("waits for timers, and for work in threads", async () => {
  await run(fromPromise(delay(500)));
  const compress = promisify(brotliCompress);
  await toPromise(fromPromise(compress(Buffer.alloc(20_000_000, "some text"))));
});

void test("leaves a helper behind", async () => {
  function* main(): Coroutine {
    createTask(never());
  }
  await toPromise(main());
});

void test("ends with a DeadlockError beside the helper", async () => {
  await isDeadlock(run(never()));
});

void test("is not affected by the helper", () => {});

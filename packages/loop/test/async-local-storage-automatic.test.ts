import { AsyncLocalStorage } from "node:async_hooks";
import { type Coroutine, createTask, run, sleep, toPromise } from "@yieldstar/loop";
import { VirtualTimeLoop } from "@yieldstar/testing";
import { expect, it, vi } from "vitest";

const als = new AsyncLocalStorage<string>();

/** A copy of the packages that follows no store yet. */
async function fresh(): Promise<{
  loop: { createTask: typeof createTask; run: typeof run; sleep: typeof sleep; toPromise: typeof toPromise };
  VirtualTimeLoop: typeof VirtualTimeLoop;
}> {
  vi.resetModules();
  return { loop: await import("@yieldstar/loop"), ...(await import("@yieldstar/testing")) };
}

it("a program that is run while a store is set has it followed", async () => {
  const { loop } = await fresh();
  const child = function* (): Coroutine<unknown> {
    yield* loop.sleep(0);
    return als.getStore();
  };
  const main = function* (): Coroutine<unknown> {
    const task = als.run("child", () => loop.createTask(child()));
    return [yield* task, als.getStore()];
  };
  expect(await als.run("main", () => loop.run(main()))).toEqual(["child", "main"]);
});

it("promise code that runs while a store is set has it followed", async () => {
  const { loop } = await fresh();
  const look = function* (): Coroutine<unknown> {
    yield* loop.sleep(0.001);
    return als.getStore();
  };
  const stores = ["one", "two"];
  expect(await Promise.all(stores.map((store) => als.run(store, () => loop.toPromise(look()))))).toEqual(stores);
});

it.each([5, 0, NaN, -1, 1n, "", false, null])("a store of any type is followed: %s", async (store) => {
  const { loop } = await fresh();
  const stores = new AsyncLocalStorage<unknown>();
  const look = function* (): Coroutine<unknown> {
    yield* loop.sleep(0.001);
    return stores.getStore();
  };
  const others = [1, 2].map((each) => stores.run(each, () => loop.toPromise(look())));
  expect(await stores.run(store, () => loop.toPromise(look()))).toBe(store);
  expect(await Promise.all(others)).toEqual([1, 2]);
});

it("a store that was set when the package was loaded is followed", async () => {
  await als.run("loader", async () => {
    const { loop } = await fresh();
    const look = function* (): Coroutine<unknown> {
      yield* loop.sleep(0.001);
      return als.getStore();
    };
    const main = loop.toPromise(look());
    expect(await Promise.all([main, als.run("other", () => loop.toPromise(look()))])).toEqual(["loader", "other"]);
  });
});

it("tasks and callbacks made before anything was followed see no store later", async () => {
  const { loop, VirtualTimeLoop: Loop } = await fresh();
  const virtual = new Loop();
  const seen: unknown[] = [];
  const look = function* (): Coroutine {
    yield* loop.sleep(1);
    seen.push(als.getStore());
  };
  virtual.createTask(look());
  virtual.callLater(2, () => seen.push(als.getStore()));
  virtual.advance(0);
  als.run("later", () => void virtual.createTask(look()));
  als.run("waker", () => virtual.advance(2));
  expect(seen).toEqual([undefined, "later", undefined]);
  virtual.close();
});

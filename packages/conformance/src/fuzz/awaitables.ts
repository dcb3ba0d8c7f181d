import type { Awaitable, Coroutine, Future, Task } from "yieldstar";
import { makeError } from "./errors.ts";
import type { Argument, Block, What } from "./program.ts";
import type { World } from "./world.ts";

/** Runs the body of a coroutine for the task `owner`. A body that awaits may run in a task of its own. */
export type RunBody = (world: World, body: Block, owner?: Task<unknown>) => Coroutine<unknown>;

/**
 * The first name without an object yet, or that would close a circle of tasks that await each other: cancelling
 * such a task recurses without end, in CPython too. A statement that needs the name is skipped.
 */
export function missing(world: World, what: What): string | undefined {
  switch (what.aw) {
    case "name": {
      const found = world.get(what.name);
      const isCircle = found instanceof world.library.Task && world.leadsToMe(found);
      return found === undefined || isCircle ? what.name : undefined;
    }
    case "call":
      return world.get(what.on) === undefined ? what.on : undefined;
    case "shield":
    case "waitFor":
      return missing(world, what.of);
    case "gather":
      return firstMissing(world, what.of);
    case "body":
    case "sleep":
      return undefined;
  }
}

/** The named tasks that are awaited with it. */
export function namedTasks(world: World, what: What): Task<unknown>[] {
  switch (what.aw) {
    case "name": {
      const found = world.get(what.name);
      return found instanceof world.library.Task ? [found] : [];
    }
    case "shield":
    case "waitFor":
      return namedTasks(world, what.of);
    case "gather":
      return what.of.flatMap((each) => namedTasks(world, each));
    default:
      return [];
  }
}

export function firstMissing(world: World, all: readonly What[]): string | undefined {
  for (const what of all) {
    const name = missing(world, what);
    if (name !== undefined) return name;
  }
  return undefined;
}

/** Makes an awaitable. All its names must have objects. */
export function toAwaitable(world: World, what: What, run: RunBody): Awaitable<unknown> {
  const { library } = world;
  const make = (each: What): Awaitable<unknown> => toAwaitable(world, each, run);
  switch (what.aw) {
    case "name":
      world.reach(what.name.startsWith("T") ? "await task" : "await future");
      return world.get(what.name) as Future<unknown>;
    case "body":
      return run(world, what.body, library.currentTask(world.loop));
    case "sleep":
      return library.sleep(what.seconds, what.value);
    case "shield":
      world.reach("shield");
      return library.shield(make(what.of));
    case "gather":
      world.reach(what.returnExceptions ? "gather with exceptions" : "gather");
      return library.gather(what.of.map(make), { returnExceptions: what.returnExceptions });
    case "waitFor":
      world.reach(what.seconds === null || what.seconds > 0 ? "wait_for" : "wait_for with no time");
      return library.waitFor(make(what.of), what.seconds);
    case "call":
      world.reach(`${kindOf(what.on)}.${what.method}`);
      return callCoroutine(world, what.on, what.method, what.args);
  }
}

function callCoroutine(world: World, on: string, method: string, args: readonly Argument[]): Coroutine<unknown> {
  if (method !== "wait_for") return callMethod(world, on, method, args) as Coroutine<unknown>;
  const enough = Number(args[0]);
  const condition = world.get(on) as { waitFor(predicate: () => boolean): Coroutine<boolean> };
  return condition.waitFor(() => world.notified >= enough);
}

/** Calls a method by its name in Python. */
export function callMethod(world: World, on: string, method: string, args: readonly Argument[]): unknown {
  const target = world.get(on) as Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;
  const name = method.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const values = args.map((arg) =>
    arg === null ? undefined : typeof arg === "object" ? makeError(world.library, arg.error) : arg,
  );
  return target[name]?.(...values);
}

const kinds: Readonly<Record<string, string>> = {
  A: "generator",
  B: "bounded semaphore",
  C: "condition",
  D: "timeout",
  E: "event",
  F: "future",
  H: "handle",
  K: "lifo queue",
  L: "lock",
  P: "priority queue",
  Q: "queue",
  R: "barrier",
  S: "semaphore",
  T: "task",
};

/** The kind of object that a name refers to. */
export function kindOf(name: string): string {
  return name === "me" || name === "main" ? name : (kinds[name.charAt(0)] ?? name);
}

import type { Future, Handle, Task, TaskGroup, Timeout } from "yieldstar";
import { callMethod, kindOf, type RunBody } from "./awaitables.ts";
import { describe, makeError } from "./errors.ts";
import type { Frame, Returned } from "./frame.ts";
import { generate, type RunBlock } from "./generators.ts";
import type { SyncStatement } from "./program.ts";
import { noteCall } from "./corners.ts";
import type { World } from "./world.ts";

/** Functions that run the parts of a program that can wait. */
export interface Runners {
  readonly body: RunBody;
  readonly block: RunBlock;
}

type Op = SyncStatement["op"];
type OfOp<K extends Op> = Extract<SyncStatement, { readonly op: K }>;
type Run<K extends Op> = (world: World, statement: OfOp<K>, frame: Frame, runners: Runners) => Returned;

function runSpawn(world: World, s: OfOp<"spawn">, _frame: Frame, runners: Runners): Returned {
  const { library } = world;
  const context = { copy: undefined, given: library.copyContext(), shared: world.context }[s.context];
  const options = {
    ...(s.named ? { name: `named-${s.task}` } : {}),
    // An eager start in a context that is entered already leaves CPython with the wrong current task.
    ...(s.context === "shared" ? { eagerStart: false } : s.eager === null ? {} : { eagerStart: s.eager }),
    ...(context === undefined ? {} : { context }),
  };
  const group = s.group === null ? undefined : (world.get(s.group) as TaskGroup | undefined);
  const maker = group ?? world.loop;
  let task: Task<unknown>;
  try {
    task = maker.createTask(runners.body(world, s.body), options);
  } catch (error) {
    if (!(error instanceof library.Exception)) throw error;
    world.log(`spawn raises ${describe(error)}`);
    return undefined;
  }
  world.register(task);
  world.objects.set(s.task, task);
  world.log(`${s.task} = ${task.getName()}`);
  world.reach(group === undefined ? "spawn" : "spawn in a group");
  if (s.named) world.reach("spawn with a name");
  if (s.eager !== null) world.reach(s.eager ? "spawn eagerly" : "spawn not eagerly");
  if (s.context !== "copy") world.reach(`spawn in a ${s.context} context`);
  return undefined;
}

/** Runs a function that may fail with an ordinary error, and logs the outcome. */
function attempt(world: World, name: string, run: () => unknown): void {
  let value: unknown;
  try {
    value = run();
  } catch (error) {
    if (!(error instanceof world.library.Exception)) throw error;
    world.log(`${name} raises ${describe(error)}`);
    return;
  }
  world.log(`${name} is ${world.format(value)}`);
}

export function whenOf(world: World, seconds: number | null): number | null {
  return seconds === null ? null : world.loop.time() + seconds;
}

const statements: { readonly [K in Op]: Run<K> } = {
  say(world, s) {
    world.log(`says ${s.value}`);
    return undefined;
  },

  call(world, { on, method, args }) {
    const target = world.get(on);
    if (target === undefined) {
      world.log(`no ${on}`);
      return undefined;
    }
    noteCall(world, target, method);
    world.reach(`${kindOf(on)}.${method}`);
    attempt(world, `${on}.${method}()`, () => {
      if (method.startsWith("notify")) world.notified += 1;
      return callMethod(world, on, method, args);
    });
    return undefined;
  },

  raise(world, { error: spec, chained }, { handled }) {
    const error = makeError(world.library, spec);
    world.reach(`raise ${spec.type}`);
    if (chained && handled !== undefined) {
      world.reach("raise from");
      error.cause = handled;
    }
    throw error;
  },

  reraise(world, _s, { handled }) {
    if (handled === undefined) return undefined;
    world.reach("raise again");
    throw handled;
  },

  return: (_world, { value }) => ({ value }),

  spawn: runSpawn,

  reschedule(world, s) {
    const deadline = world.get(s.deadline) as Timeout | undefined;
    if (deadline === undefined) {
      world.log(`no ${s.deadline}`);
      return undefined;
    }
    try {
      deadline.reschedule(whenOf(world, s.seconds));
    } catch (error) {
      if (!(error instanceof world.library.Exception)) throw error;
      world.log(`reschedule raises ${describe(error)}`);
      return undefined;
    }
    world.reach("reschedule");
    world.log(`${s.deadline}.when() is ${world.format(deadline.when())}`);
    return undefined;
  },

  addCallback(world, s, _frame, runners) {
    const target = world.get(s.on) as Future<unknown> | undefined;
    if (target === undefined) {
      world.log(`no ${s.on}`);
      return undefined;
    }
    const callback = (future: Future<unknown>): void => {
      world.log(`callback ${s.id} of ${world.format(future)}`);
      runSyncBlock(world, s.body, { handled: undefined }, runners);
    };
    world.callbacks.set(s.id, callback);
    target.addDoneCallback(callback);
    world.reach("add callback");
    return undefined;
  },

  removeCallback(world, s) {
    const target = world.get(s.on) as Future<unknown> | undefined;
    const callback = world.callbacks.get(s.id);
    if (target === undefined || callback === undefined) {
      world.log(`no ${s.on} or callback`);
      return undefined;
    }
    const count = target.removeDoneCallback(callback);
    if (count > 0) world.reach("remove callback");
    world.log(`removed ${count}`);
    return undefined;
  },

  schedule(world, s, _frame, runners) {
    const { loop } = world;
    const callback = (): void => {
      world.log(`handle ${s.handle} runs`);
      runSyncBlock(world, s.body, { handled: undefined }, runners);
    };
    const schedulers: Readonly<Record<typeof s.how, () => Handle>> = {
      soon: () => loop.callSoon(callback),
      later: () => loop.callLater(s.seconds, callback),
      at: () => loop.callAt(loop.time() + s.seconds, callback),
    };
    world.objects.set(s.handle, schedulers[s.how]());
    world.reach(`call ${s.how}`);
    return undefined;
  },

  storm(world, { timers, keep }) {
    const handles = Array.from({ length: timers }, (_, number) =>
      world.loop.callLater(((number * 7 + 5) % 16) / 4, () => world.log(`timer ${number}`)),
    );
    for (const [number, handle] of handles.entries()) if ((number + 1) % keep !== 0) handle.cancel();
    if (timers > 100) world.reach("more than 100 timers");
    return undefined;
  },

  setVariable(world, { value }) {
    world.token = world.variable.set(value);
    world.reach("set variable");
    return undefined;
  },

  getVariable(world) {
    world.log(`V is ${world.variable.get()}`);
    world.reach("get variable");
    return undefined;
  },

  resetVariable(world) {
    if (world.token === undefined) return undefined;
    world.reach("reset variable");
    try {
      world.variable.reset(world.token);
    } catch (error) {
      world.log(`reset raises ${(error as Error).name}`);
    }
    return undefined;
  },

  generator(world, s, _frame, runners) {
    world.objects.set(s.generator, generate(world, s, runners.block));
    world.reach("generator");
    return undefined;
  },
};

export function isSync(statement: { readonly op: string }): statement is SyncStatement {
  return Object.hasOwn(statements, statement.op);
}

/** Runs one statement that does not wait. */
export function runSync(world: World, statement: SyncStatement, frame: Frame, runners: Runners): Returned {
  return (statements[statement.op] as Run<Op>)(world, statement, frame, runners);
}

function runSyncBlock(world: World, block: readonly SyncStatement[], frame: Frame, runners: Runners): Returned {
  for (const statement of block) {
    const returned = runSync(world, statement, frame, runners);
    if (returned !== undefined) return returned;
  }
  return undefined;
}

/**
 * The TypeScript side of the fuzzer: runs the programs of program.ts on our packages. It corresponds to interpreter.py,
 * statement by statement.
 *
 * @module
 */

import type { AsyncContextManager, AsyncGenerator, Coroutine, Future, Task, Timeout } from "yieldstar";
import { firstMissing, kindOf, missing, namedTasks, toAwaitable } from "./awaitables.ts";
import { awaited, noteDeadline, noteDepth } from "./corners.ts";
import { classNamed, describe, describeEnding } from "./errors.ts";
import type { Library } from "./library.ts";
import type { Block, Handler, Program, Statement, SyncStatement, Trace } from "./program.ts";
import type { Frame, Returned } from "./frame.ts";
import { isSync, type Runners, runSync, whenOf } from "./sync-statements.ts";
import { Marks, markable, type Marking } from "./marks.ts";
import { World } from "./world.ts";

/** The trace of a program on our packages, and the features of the language that it reached. */
export interface PortRun {
  readonly trace: Trace;
  readonly features: ReadonlySet<string>;
}

/**
 * Runs a program to its end on a virtual clock.
 *
 * @param seed - says which calls are marked where half of them are
 */
export function runPort(program: Program, library: Library, marking: Marking = "none", seed = 0): PortRun {
  const world = new World(library, new Marks(library, marking, seed));
  let ending: string;
  // As in Python, a generator that begins after the loop has closed all others causes a warning.
  const { warn } = console;
  console.warn = () => undefined;
  try {
    ending = `main gave ${world.format(library.runVirtual(runMain(world, program)))}`;
  } catch (error) {
    ending = `main raised ${describeEnding(error)}`;
    if (error instanceof library.DeadlockError) world.reach("deadlock");
  } finally {
    console.warn = warn;
  }
  world.events.push(world.named(`${world.now} -: ${ending}`));
  world.isClosed = true;
  world.reports.sort();
  return {
    trace: { events: world.events, reports: world.reports, tasks: world.states() },
    features: world.features,
  };
}

const runMain = markable(
  () =>
    function* (world: World, program: Program): Coroutine<unknown> {
      const { library } = world;
      world.loop = library.getRunningLoop();
      world.loop.setExceptionHandler((_loop, context) => world.report(context));
      world.begin(library.currentTask() as NonNullable<ReturnType<typeof library.currentTask>>);
      world.context = library.copyContext();
      if (program.eager) {
        world.loop.setTaskFactory(library.eagerTaskFactory);
        world.reach("eager task factory");
      }
      return yield* runBody(world, program.main);
    },
);

/** The body of a coroutine. */
const runBody = markable(
  () =>
    function* (world: World, body: Block, owner?: Task<unknown>): Coroutine<unknown> {
      const task = world.library.currentTask(world.loop);
      if (task !== undefined) {
        world.register(task);
        world.begun.add(task);
        if (owner !== undefined && owner !== task) world.notesOf(owner).leadsTo.push(task);
      }
      const notes = task && world.notesOf(task);
      if (notes) notes.depth += 1;
      world.log("begins");
      let returned: Returned;
      try {
        returned = yield* runBlock(world, body, { handled: undefined });
      } catch (error) {
        world.log(`raises ${describe(error)}`);
        throw error;
      } finally {
        if (notes) notes.depth -= 1;
      }
      world.log(`returns ${world.format(returned?.value)}`);
      return returned?.value;
    },
);

const runBlock = markable(
  () =>
    function* (world: World, block: Block, frame: Frame): Coroutine<Returned> {
      for (const statement of block) {
        const returned = isSync(statement)
          ? runSync(world, statement, frame, runners)
          : yield* runWaiting(world, statement, frame);
        if (returned !== undefined) return returned;
      }
      return undefined;
    },
);

const runners: Runners = { body: runBody, block: runBlock };

type Waiting = Exclude<Statement, SyncStatement>;
type OfOp<K extends Waiting["op"]> = Extract<Waiting, { readonly op: K }>;

function runWaiting(world: World, s: Waiting, frame: Frame): Coroutine<Returned> {
  switch (s.op) {
    case "pause":
      return runPause(world);
    case "sleep":
      return runSleep(world, s);
    case "await":
      return runAwait(world, s);
    case "repeat":
      return runRepeat(world, s, frame);
    case "try":
      return runTry(world, s, frame);
    case "tryStar":
      return runTryStar(world, s, frame);
    case "group":
      return runGroup(world, s, frame);
    case "timeout":
      return runTimeout(world, s, frame);
    case "with":
      return runWith(world, s, frame);
    case "forEach":
      return runForEach(world, s, frame);
    case "wait":
      return runWait(world, s);
    case "asCompleted":
      return runAsCompleted(world, s);
  }
}

const runPause = markable(
  () =>
    function* (world: World): Coroutine<undefined> {
      world.reach("bare yield");
      yield;
    },
);

const runSleep = markable(
  () =>
    function* (world: World, { seconds }: OfOp<"sleep">): Coroutine<undefined> {
      world.reach(seconds > 0 ? "sleep" : "sleep(0)");
      noteDepth(world);
      yield* world.library.sleep(seconds);
      world.log("slept");
    },
);

const runAwait = markable(
  () =>
    function* (world: World, { what }: OfOp<"await">): Coroutine<undefined> {
      const isMyself = what.aw === "name" && what.name === "me";
      const name = isMyself ? undefined : missing(world, what);
      if (name !== undefined) {
        world.log(`no ${name}`);
        return;
      }
      if (isMyself) world.reach("await oneself");
      const tasks = isMyself ? [] : namedTasks(world, what);
      const { notes } = world;
      notes?.leadsTo.push(...tasks);
      let value: unknown;
      try {
        const awaitable = toAwaitable(world, what, runBody);
        if (notes) notes.awaits = awaited(world, awaitable);
        value = yield* awaitable;
      } finally {
        for (const task of tasks) notes?.leadsTo.splice(notes.leadsTo.indexOf(task), 1);
      }
      world.log(`got ${world.format(value)}`);
    },
);

const runRepeat = markable(
  () =>
    function* (world: World, s: OfOp<"repeat">, frame: Frame): Coroutine<Returned> {
      for (let time = 0; time < s.times; time += 1) {
        const returned = yield* runBlock(world, s.body, frame);
        if (returned !== undefined) return returned;
      }
      return undefined;
    },
);

const runTry = markable(
  () =>
    function* (world: World, s: OfOp<"try">, frame: Frame): Coroutine<Returned> {
      let returned: Returned;
      try {
        returned = yield* runHandlers(world, s, frame);
      } catch (error) {
        const final = yield* runFinal(world, s.final, frame);
        // A `return` in `finally` overrides the error, as in Python.
        if (final === undefined) throw error;
        world.reach("return out of finally");
        return final;
      }
      return (yield* runFinal(world, s.final, frame)) ?? returned;
    },
);

const runHandlers = markable(
  () =>
    function* (world: World, s: OfOp<"try">, frame: Frame): Coroutine<Returned> {
      let returned: Returned;
      try {
        returned = yield* runBlock(world, s.body, frame);
      } catch (error) {
        const handler = s.handlers.find(({ on }) => error instanceof classNamed(world.library, on));
        if (handler === undefined) throw error;
        world.reach(`except ${handler.on}`);
        world.log(`caught ${describe(error)}`);
        if (error instanceof world.library.CancelledError) world.reach("handle a cancellation");
        return yield* handling(world, error as Error, handler.body, frame);
      }
      if (returned !== undefined || s.orelse === null) return returned;
      world.reach("else");
      return yield* runBlock(world, s.orelse, frame);
    },
);

/** Runs a part of a program that handles an error or cleans up. */
const cleaningUp = markable(
  () =>
    function* (world: World, part: Coroutine<Returned>): Coroutine<Returned> {
      const { notes } = world;
      if (notes) notes.cleaningUp += 1;
      try {
        return yield* part;
      } finally {
        if (notes) notes.cleaningUp -= 1;
      }
    },
);

const runFinal = markable(
  () =>
    function* (world: World, final: Block | null, frame: Frame): Coroutine<Returned> {
      if (final === null) return undefined;
      world.reach("finally");
      world.log("finally");
      return yield* cleaningUp(world, runBlock(world, final, frame));
    },
);

const handling = markable(
  () =>
    function* (world: World, error: Error, body: Block, frame: Frame): Coroutine<Returned> {
      const outer = frame.handled;
      frame.handled = error;
      try {
        return yield* cleaningUp(world, runBlock(world, body, frame));
      } finally {
        frame.handled = outer;
      }
    },
);

const runTryStar = markable(
  () =>
    function* (world: World, s: OfOp<"tryStar">, frame: Frame): Coroutine<Returned> {
      const { library } = world;
      const clause = ({ on, body }: Handler): ReturnType<typeof library.on> =>
        library.on(
          classNamed(library, on),
          world.marks.choose(function* (group: Error) {
            world.reach("except*");
            world.log(`caught* ${describe(group)}`);
            yield* handling(world, group, body, frame);
          }),
        );
      try {
        return yield* runBlock(world, s.body, frame);
      } catch (error) {
        yield* library.exceptStar(error, ...s.handlers.slice(0, 2).map(clause));
        return undefined;
      }
    },
);

const runGroup = markable(
  () =>
    function* (world: World, s: OfOp<"group">, frame: Frame): Coroutine<Returned> {
      world.reach("task group");
      const { openGroups } = world;
      if (openGroups.size > 0) world.reach("nested task groups");
      const group = new world.library.TaskGroup();
      let failed: unknown;
      let returned: Returned;
      try {
        returned = yield* world.library.asyncWith(
          group,
          world.marks.choose(function* () {
            world.objects.set(s.group, group);
            openGroups.add(group);
            try {
              return yield* runBlock(world, s.body, frame);
            } catch (error) {
              failed = error;
              world.reach("task group whose body fails");
              throw error;
            }
          }),
        );
      } catch (error) {
        noteGroupFailure(world, error, failed);
        throw error;
      } finally {
        openGroups.delete(group);
      }
      world.log(`left ${s.group}`);
      return returned;
    },
);

function noteGroupFailure(world: World, error: unknown, failed: unknown): void {
  const { BaseExceptionGroup, CancelledError, KeyboardInterrupt, SystemExit } = world.library;
  if (error instanceof KeyboardInterrupt || error instanceof SystemExit) world.reach("interrupt in a task group");
  if (error instanceof CancelledError) world.reach("task group cancelled from outside");
  if (!(error instanceof BaseExceptionGroup)) return;
  world.reach("task group fails");
  const { now } = world;
  if (world.failedGroupAt === now) world.reach("two task groups fail at the same time");
  world.failedGroupAt = now;
  if (error.exceptions.length > 1) world.reach("task group with several errors");
  if (failed !== undefined && error.exceptions.includes(failed as Error)) world.reach("error of the body in a group");
  if (error.exceptions.some((each) => each instanceof BaseExceptionGroup)) world.reach("group in a group");
}

const runTimeout = markable(
  () =>
    function* (world: World, s: OfOp<"timeout">, frame: Frame): Coroutine<Returned> {
      const { library, openTimeouts } = world;
      const deadline: Timeout =
        s.how === "at" ? library.timeoutAt(whenOf(world, s.seconds)) : library.timeout(s.seconds);
      world.objects.set(s.deadline, deadline);
      world.reach(s.how === "at" ? "timeout_at" : "timeout");
      noteDeadline(world, deadline.when(), [...openTimeouts]);
      openTimeouts.add(deadline);
      let returned: Returned;
      try {
        returned = yield* library.asyncWith(deadline, () => runBlock(world, s.body, frame));
      } finally {
        openTimeouts.delete(deadline);
        if (deadline.expired()) world.reach("timeout expires");
      }
      world.log(`left ${s.deadline}, expired: ${world.format(deadline.expired())}`);
      return returned;
    },
);

const runWith = markable(
  () =>
    function* (world: World, s: OfOp<"with">, frame: Frame): Coroutine<Returned> {
      world.reach(`with ${kindOf(s.on)}`);
      const manager = world.get(s.on) as AsyncContextManager<unknown, void>;
      const returned = yield* world.library.asyncWith(
        manager,
        world.marks.choose(function* (value: unknown) {
          world.log(`in ${s.on} ${world.format(value)}`);
          return yield* runBlock(world, s.body, frame);
        }),
      );
      world.log(`left ${s.on}`);
      return returned;
    },
);

const runForEach = markable(
  () =>
    function* (world: World, s: OfOp<"forEach">, frame: Frame): Coroutine<Returned> {
      const generator = world.get(s.generator) as AsyncGenerator<number> | undefined;
      if (generator === undefined) {
        world.log(`no ${s.generator}`);
        return undefined;
      }
      const { library } = world;
      world.reach(s.closing ? "async for in aclosing" : "async for");
      if (!s.closing) return yield* iterate(world, generator, s, frame);
      return yield* library.asyncWith(library.aclosing(generator), () => iterate(world, generator, s, frame));
    },
);

const iterate = markable(
  () =>
    function* (world: World, generator: AsyncGenerator<number>, s: OfOp<"forEach">, frame: Frame): Coroutine<Returned> {
      const { asyncFor, BREAK } = world.library;
      let count = 0;
      let returned: Returned;
      const isExhausted = yield* asyncFor(
        generator,
        world.marks.choose(function* (value) {
          world.log(`next ${world.format(value)}`);
          returned = yield* runBlock(world, s.body, frame);
          count += 1;
          return returned !== undefined || count >= s.limit ? BREAK : undefined;
        }),
      );
      if (isExhausted) world.log("exhausted");
      else world.reach("generator left early");
      return returned;
    },
);

const runWait = markable(
  () =>
    function* (world: World, s: OfOp<"wait">): Coroutine<undefined> {
      const { library } = world;
      const futures = s.on.flatMap((name) => world.get(name) ?? []) as Future<unknown>[];
      if (futures.length === 0) {
        world.log("nothing to wait for");
        return;
      }
      world.reach(`wait ${s.policy}`);
      if (s.timeout !== null) world.reach("wait with a timeout");
      const [done, pending] = yield* library.wait(futures, { timeout: s.timeout, returnWhen: library[s.policy] });
      world.log(`done ${world.format(done)} pending ${world.format(pending)}`);
    },
);

const runAsCompleted = markable(
  () =>
    function* (world: World, s: OfOp<"asCompleted">): Coroutine<undefined> {
      const { library } = world;
      const name = firstMissing(world, s.of);
      if (name !== undefined) {
        world.log(`no ${name}`);
        return;
      }
      world.reach(`as_completed ${s.style}`);
      if (s.timeout !== null) world.reach("as_completed with a timeout");
      const awaitables = s.of.map((each) => toAwaitable(world, each, runBody));
      const all = library.asCompleted(awaitables, { timeout: s.timeout });
      let count = 0;
      if (s.style === "async") {
        yield* library.asyncFor(
          all,
          world.marks.choose(function* (future) {
            world.log(`completed ${world.format(future)}`);
            count += 1;
            return count >= s.limit ? library.BREAK : undefined;
          }),
        );
        return;
      }
      for (const next of all) {
        try {
          world.log(`completed with ${world.format(yield* next)}`);
        } catch (error) {
          if (!(error instanceof library.Exception)) throw error;
          world.log(`completed with ${describe(error)}`);
        }
        count += 1;
        if (count >= s.limit) return;
      }
    },
);

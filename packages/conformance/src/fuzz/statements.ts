import * as fc from "fast-check";
import type { Arbitrary } from "fast-check";
import type { Block, GeneratorItem, Policy, Statement, SyncStatement, What } from "./program.ts";
import {
  anySeconds,
  anyTask,
  awaitedCall,
  awaitedGenerator,
  awaitedLock,
  awaitedQueue,
  catchable,
  catchableInGroup,
  deadline,
  error,
  future,
  futureCall,
  generatorName,
  group,
  handle,
  leafError,
  lockCall,
  maybeSeconds,
  number,
  otherCall,
  pick,
  primitiveCall,
  queueCall,
  seconds,
  task,
  taskCall,
} from "./vocabulary.ts";

interface Tied {
  readonly block: Block;
  readonly statement: Statement;
  readonly sync: SyncStatement;
  readonly syncBlock: readonly SyncStatement[];
  readonly what: What;
  readonly item: GeneratorItem;
  readonly spawn: Spawn;
  readonly schedule: Schedule;
  readonly generator: MakeGenerator;
}

type MakeGenerator = Extract<SyncStatement, { readonly op: "generator" }>;
type Spawn = Extract<SyncStatement, { readonly op: "spawn" }>;
type Schedule = Extract<SyncStatement, { readonly op: "schedule" }>;

/** The theme of a program: its statements are likelier than others. */
export type Theme = "any" | "callbacks" | "combinators" | "generators" | "groups" | "locks" | "queues" | "timeouts";

function inGroup(spawn: Spawn, name: string): Spawn {
  return Object.assign({}, spawn, { group: name });
}

/** The language, with more statements of a theme. */
export const about = (theme: Theme): { readonly [K in keyof Tied]: Arbitrary<Tied[K]> } =>
  fc.letrec<Tied>((tie: fc.LetrecTypedTie<Tied>) => {
    const likely = (of: Theme, weight: number): number => (of === theme ? weight * 5 : weight);
    const primitive = theme === "locks" ? lockCall : theme === "queues" ? queueCall : primitiveCall;
    const awaitedOfTheme =
      theme === "locks"
        ? awaitedLock
        : theme === "queues"
          ? awaitedQueue
          : theme === "generators"
            ? awaitedGenerator
            : awaitedCall;
    const block = tie("block");
    const syncBlock = tie("syncBlock");
    const what = tie("what");
    const depth = { depthIdentifier: "program", maxDepth: 5, depthSize: "medium" } as const;
    const items = (maxLength: number): Arbitrary<readonly GeneratorItem[]> =>
      fc.array(tie("item"), { minLength: 1, maxLength, ...depth });

    const say = fc.record({ op: fc.constant("say" as const), value: number });
    const raise = fc.record({ op: fc.constant("raise" as const), error, chained: fc.boolean() });
    const returning = fc.record({ op: fc.constant("return" as const), value: number });
    const spawn = fc.record({
      op: fc.constant("spawn" as const),
      task,
      body: block,
      named: fc.boolean(),
      eager: fc.oneof(
        { weight: 6, arbitrary: fc.constant(null) },
        { weight: 2, arbitrary: fc.constant(true) },
        pick(false),
      ),
      context: fc.oneof({ weight: 8, arbitrary: pick("copy") }, pick("given", "shared")),
      group: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: group }),
    });
    const schedule = fc.record({
      op: fc.constant("schedule" as const),
      handle,
      how: pick("soon", "later", "at"),
      seconds: anySeconds,
      body: syncBlock,
    });
    const generator = fc.record({
      op: fc.constant("generator" as const),
      generator: generatorName,
      body: items(4),
      handler: fc.option(fc.record({ on: catchable, body: items(2) }), { freq: 2, nil: null }),
      final: fc.option(items(2), { freq: 2, nil: null }),
    });
    const on = fc.oneof(
      { weight: 2, arbitrary: pick("T0", "F0") },
      { weight: 1, arbitrary: fc.oneof(anyTask, future) },
    );
    const id = pick(0, 1);

    const syncLeaves = [
      { weight: 2, arbitrary: say },
      { weight: 5, arbitrary: taskCall },
      { weight: likely("callbacks", 3), arbitrary: futureCall },
      { weight: likely("locks", likely("queues", 4)), arbitrary: primitive },
      { weight: likely("callbacks", 1), arbitrary: otherCall },
      { weight: 2, arbitrary: raise },
      { weight: 1, arbitrary: fc.constant({ op: "reraise" as const }) },
      { weight: 1, arbitrary: returning },
      {
        weight: likely("timeouts", 1),
        arbitrary: fc.record({ op: fc.constant("reschedule" as const), deadline, seconds: maybeSeconds }),
      },
      { weight: likely("callbacks", 2), arbitrary: fc.record({ op: fc.constant("removeCallback" as const), on, id }) },
      { weight: 1, arbitrary: fc.record({ op: fc.constant("setVariable" as const), value: number }) },
      { weight: 1, arbitrary: fc.constant({ op: "getVariable" as const }) },
      { weight: 1, arbitrary: fc.constant({ op: "resetVariable" as const }) },
    ] as const;

    const leafWhat: Arbitrary<What> = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({
          aw: fc.constant("name" as const),
          name: fc.oneof({ weight: 60, arbitrary: task }, { weight: 30, arbitrary: future }),
        }),
      },
      { weight: theme === "locks" || theme === "queues" || theme === "generators" ? 4 : 2, arbitrary: awaitedOfTheme },
    );
    const taskGroup = fc
      .tuple(group, fc.array(spawn, { minLength: 0, maxLength: 3, size: "max" }), block)
      .map(([name, children, rest]) => ({
        op: "group" as const,
        group: name,
        body: [...children.map((child) => inGroup(child, name)), ...rest],
      }));
    const sleep = fc.record({ op: fc.constant("sleep" as const), seconds });
    const failingBlock: Arbitrary<Block> = fc.oneof(
      { weight: 2, arbitrary: block },
      { weight: 1, arbitrary: fc.tuple(block, raise).map(([before, failure]) => before.concat(failure)) },
    );
    const optionalBlock = fc.option(block, { freq: 2, nil: null });
    // An error and its handler.
    const handled = fc
      .record({ before: block, error: leafError, chained: fc.boolean(), body: block, final: optionalBlock })
      .map(({ before, error: spec, chained, body, final }) => ({
        op: "try" as const,
        body: [...before, { op: "raise" as const, error: spec, chained }],
        handlers: [{ on: spec.type, body }],
        orelse: null,
        final,
      }));
    // A statement that waits while it is cancelled.
    const stubborn = fc
      .record({ seconds, during: seconds, body: block, final: optionalBlock, isHandled: fc.boolean() })
      .map(({ seconds: before, during, body, final, isHandled }) => ({
        op: "try" as const,
        body: [{ op: "sleep" as const, seconds: before }],
        handlers: isHandled
          ? [{ on: "CancelledError" as const, body: [{ op: "sleep" as const, seconds: during }, ...body] }]
          : [],
        orelse: null,
        final: isHandled ? final : [{ op: "sleep" as const, seconds: during }, ...(final ?? [])],
      }));
    // Where a program is nested deeply enough, only these are made.
    const leaf = fc.oneof(
      { weight: 6, arbitrary: sleep },
      { weight: 2, arbitrary: fc.constant({ op: "pause" as const }) },
      { weight: 2, arbitrary: taskCall },
      { weight: 1, arbitrary: futureCall },
      { weight: 2, arbitrary: primitive },
      { weight: 2, arbitrary: raise },
      { weight: 1, arbitrary: fc.constant({ op: "reraise" as const }) },
      { weight: 4, arbitrary: fc.record({ op: fc.constant("await" as const), what: leafWhat }) },
    );

    return {
      spawn,
      schedule,
      generator,
      block: fc.array(tie("statement"), { minLength: 1, maxLength: 5, ...depth }),
      syncBlock: fc.array(tie("sync"), { minLength: 0, maxLength: 2, ...depth }),
      item: fc.oneof(
        { weight: 3, arbitrary: fc.record({ op: fc.constant("emit" as const), value: number }) },
        { weight: 2, arbitrary: tie("statement") },
      ),
      sync: fc.oneof(depth, ...syncLeaves, { weight: 2, arbitrary: schedule }, { weight: 2, arbitrary: spawn }),
      what: fc.oneof(
        depth,
        { weight: 8, arbitrary: leafWhat },
        { weight: 2, arbitrary: fc.record({ aw: fc.constant("sleep" as const), seconds, value: number }) },
        { weight: 3, arbitrary: fc.record({ aw: fc.constant("body" as const), body: block }) },
        { weight: likely("combinators", 3), arbitrary: fc.record({ aw: fc.constant("shield" as const), of: what }) },
        {
          weight: likely("combinators", 3),
          arbitrary: fc.record({
            aw: fc.constant("gather" as const),
            of: fc.array(what, { minLength: 0, maxLength: 3, ...depth }),
            returnExceptions: fc.boolean(),
          }),
        },
        {
          weight: likely("combinators", likely("timeouts", 3)),
          arbitrary: fc.record({ aw: fc.constant("waitFor" as const), of: what, seconds: maybeSeconds }),
        },
      ),
      statement: fc.oneof(
        depth,
        { weight: 12, arbitrary: leaf },
        ...syncLeaves,
        { weight: 2, arbitrary: fc.constant({ op: "pause" as const }) },
        {
          weight: likely("combinators", 2),
          arbitrary: fc.record({
            op: fc.constant("wait" as const),
            on: fc.array(fc.oneof({ weight: 3, arbitrary: task }, { weight: 1, arbitrary: future }), {
              minLength: 1,
              maxLength: 3,
            }),
            policy: pick<Policy>("ALL_COMPLETED", "FIRST_COMPLETED", "FIRST_EXCEPTION"),
            timeout: maybeSeconds,
          }),
        },
        {
          weight: 1,
          arbitrary: fc.oneof(
            {
              weight: 1,
              arbitrary: fc.record({
                op: fc.constant("storm" as const),
                timers: pick(101, 130, 160),
                keep: pick(3, 20),
              }),
            },
            {
              weight: 2,
              arbitrary: fc.record({ op: fc.constant("storm" as const), timers: pick(3, 8), keep: pick(2, 3) }),
            },
          ),
        },
        { weight: 12, arbitrary: fc.record({ op: fc.constant("await" as const), what }) },
        { weight: 12, arbitrary: spawn },
        { weight: likely("callbacks", 3), arbitrary: schedule },
        {
          weight: likely("callbacks", 3),
          arbitrary: fc.record({ op: fc.constant("addCallback" as const), on, id, body: syncBlock }),
        },
        { weight: 4, arbitrary: handled },
        { weight: 5, arbitrary: stubborn },
        { weight: 1, arbitrary: fc.record({ op: fc.constant("repeat" as const), times: pick(2, 3), body: block }) },
        {
          weight: 10,
          arbitrary: fc.record({
            op: fc.constant("try" as const),
            body: failingBlock,
            handlers: fc.array(fc.record({ on: catchable, body: block }), { minLength: 0, maxLength: 2, ...depth }),
            orelse: fc.option(block, { freq: 3, nil: null }),
            final: optionalBlock,
          }),
        },
        {
          weight: likely("groups", 2),
          arbitrary: fc.record({
            op: fc.constant("tryStar" as const),
            body: failingBlock,
            handlers: fc.array(fc.record({ on: catchableInGroup, body: block }), {
              minLength: 1,
              maxLength: 2,
              ...depth,
            }),
          }),
        },
        { weight: likely("groups", 6), arbitrary: taskGroup },
        {
          weight: likely("timeouts", 6),
          arbitrary: fc.record({
            op: fc.constant("timeout" as const),
            deadline,
            how: pick("delay", "at"),
            seconds: maybeSeconds,
            body: block,
          }),
        },
        {
          weight: likely("locks", 4),
          arbitrary: fc.record({
            op: fc.constant("with" as const),
            on: pick("L0", "C0", "S0", "C0", "S1", "B0", "R0"),
            body: block,
          }),
        },
        { weight: likely("generators", 3), arbitrary: generator },
        {
          weight: likely("generators", 4),
          arbitrary: fc.record({
            op: fc.constant("forEach" as const),
            generator: generatorName,
            limit: pick(1, 2, 9),
            closing: fc.boolean(),
            body: block,
          }),
        },
        {
          weight: likely("combinators", 2),
          arbitrary: fc.record({
            op: fc.constant("asCompleted" as const),
            of: fc.array(what, { minLength: 1, maxLength: 3, ...depth }),
            style: pick("plain", "async"),
            timeout: maybeSeconds,
            limit: pick(9, 1),
          }),
        },
      ),
    };
  });

/**
 * Programs about one primitive that several tasks want at once; some of the tasks are cancelled while they wait.
 *
 * @module
 */

import * as fc from "fast-check";
import type { Arbitrary } from "fast-check";
import { ending } from "./ending.ts";
import type { Argument, Block, Program, Statement, SyncStatement, What } from "./program.ts";
import { type AwaitedCall, awaitedCallOf, type Call, callOf, error, number, pick, task } from "./vocabulary.ts";

/** The statements about one primitive. */
interface Primitive {
  readonly name: string;
  readonly calls: readonly Arbitrary<Call>[];
  readonly waits: readonly Arbitrary<AwaitedCall>[];
  readonly isManager: boolean;
}

function acquirable(name: string, more: Partial<Primitive> = {}): Primitive {
  const on = fc.constant(name);
  const release = callOf(on, "release");
  return {
    name,
    calls: [release, release, callOf(on, "locked"), ...(more.calls ?? [])],
    waits: [awaitedCallOf(on, "acquire"), ...(more.waits ?? [])],
    isManager: true,
  };
}

function queueOf(name: string): Primitive {
  const on = fc.constant(name);
  const put = callOf(on, "put_nowait", number);
  const get = callOf(on, "get_nowait");
  const shutdown = callOf(on, "shutdown", fc.boolean());
  return {
    name,
    calls: [put, put, get, get, callOf(on, "task_done"), callOf(on, "full"), shutdown],
    waits: [
      awaitedCallOf(on, "put", number),
      awaitedCallOf(on, "put", number),
      awaitedCallOf(on, "get"),
      awaitedCallOf(on, "get"),
      awaitedCallOf(on, "join"),
    ],
    isManager: false,
  };
}

function barrier(name: string): Primitive {
  const on = fc.constant(name);
  const wait = awaitedCallOf(on, "wait");
  return {
    name,
    calls: [],
    waits: [wait, wait, wait, awaitedCallOf(on, "reset"), awaitedCallOf(on, "abort")],
    isManager: true,
  };
}

const conditionName = fc.constant("C0");
const eventName = fc.constant("E0");

const primitives: readonly Primitive[] = [
  acquirable("L0"),
  acquirable("S0"),
  acquirable("S1"),
  acquirable("B0"),
  acquirable("C0", {
    calls: [
      callOf(conditionName, "notify", pick<Argument>(1, 2)),
      callOf(conditionName, "notify", pick<Argument>(1)),
      callOf(conditionName, "notify_all"),
    ],
    waits: [
      awaitedCallOf(conditionName, "wait"),
      awaitedCallOf(conditionName, "wait"),
      awaitedCallOf(conditionName, "wait_for", pick<Argument>(0, 1, 2)),
    ],
  }),
  {
    name: "E0",
    calls: [callOf(eventName, "set"), callOf(eventName, "clear"), callOf(eventName, "is_set")],
    waits: [awaitedCallOf(eventName, "wait")],
    isManager: false,
  },
  barrier("R0"),
  barrier("R1"),
  queueOf("Q0"),
  queueOf("Q1"),
  queueOf("P0"),
  queueOf("K0"),
];

const short = pick(0, 0, 0.25, 0.25, 0.5, 1);

const sleep: Arbitrary<Statement> = fc.record({ op: fc.constant("sleep" as const), seconds: short });
const cancelling = callOf(task, "cancel");

/** Tasks get names in turn, so that no task loses its name to another. */
function named<S extends Statement>(statement: S, index: number): S {
  return Object.assign({}, statement, { task: `T${index % 4}` });
}

function block(...parts: readonly Arbitrary<Statement>[]): Arbitrary<Block> {
  return fc.tuple(...parts);
}

function programAbout({ name, calls, waits, isManager }: Primitive): Arbitrary<Program> {
  const call = fc.oneof(...calls, ...(calls.length === 0 ? [cancelling] : []));
  const what: Arbitrary<What> = fc.oneof(...waits);
  const waiting: Arbitrary<Statement> = fc.record({ op: fc.constant("await" as const), what });
  const hurried = fc.record({
    op: fc.constant("timeout" as const),
    deadline: pick("D0"),
    how: pick("delay"),
    seconds: short,
    body: block(waiting),
  });
  const step = fc.oneof(waiting, sleep, call);
  const stubborn = fc.record({
    op: fc.constant("try" as const),
    body: block(waiting, sleep),
    handlers: fc.array(
      fc.record({ on: pick("CancelledError", "BaseException", "Exception"), body: fc.array(step, { maxLength: 2 }) }),
      { maxLength: 1 },
    ),
    orelse: fc.constant(null),
    final: fc.option(block(call), { nil: null }),
  });
  const failing: Arbitrary<Statement> = fc.record({
    op: fc.constant("raise" as const),
    error,
    chained: fc.constant(false),
  });
  const inside = fc.array(fc.oneof({ weight: 6, arbitrary: step }, { weight: 1, arbitrary: failing }), {
    maxLength: 3,
  });
  const holding = fc.record({ op: fc.constant("with" as const), on: fc.constant(name), body: inside });
  const piece: Arbitrary<Statement> = fc.oneof(
    { weight: 4, arbitrary: waiting },
    { weight: 3, arbitrary: sleep },
    { weight: calls.length === 0 ? 0 : 3, arbitrary: call },
    { weight: isManager ? 5 : 0, arbitrary: holding },
    { weight: 1, arbitrary: hurried },
    { weight: 2, arbitrary: stubborn },
    { weight: 1, arbitrary: cancelling },
  );
  const worker = fc
    .tuple(fc.oneof(waiting, piece), fc.array(piece, { maxLength: 3, size: "max" }))
    .map(([first, rest]) => [first].concat(rest));
  const spawn = fc.record({
    op: fc.constant("spawn" as const),
    task,
    body: worker,
    named: fc.constant(false),
    eager: pick<boolean | null>(null, null, null, true),
    context: fc.constant("copy" as const),
    group: fc.constant(null),
  });
  const soon: Arbitrary<SyncStatement> = fc.oneof({ weight: 2, arbitrary: call }, { weight: 1, arbitrary: cancelling });
  const meddling: Arbitrary<Statement> = fc.record({
    op: fc.constant("schedule" as const),
    handle: pick("H0"),
    how: pick("later"),
    seconds: pick(0, 0.25, 0.5, 0.75, 1, 1.5, 2),
    body: fc.array(soon, { minLength: 1, maxLength: 4, size: "max" }),
  });
  return fc.record({
    eager: fc.constant(false),
    main: fc
      .tuple(
        fc.array(spawn, { minLength: 2, maxLength: 5, size: "max" }).map((all) => all.map(named)),
        fc.array(meddling, { minLength: 1, maxLength: 4, size: "max" }),
        fc.array(piece, { maxLength: 2 }),
        ending,
      )
      .map((parts) => parts.flat()),
  });
}

/** A program about one of the primitives. */
export const contended: Arbitrary<Program> = fc.oneof(...primitives.map(programAbout));

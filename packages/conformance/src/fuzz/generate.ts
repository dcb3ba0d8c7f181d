/**
 * Random programs, made by fast-check.
 *
 * @module
 */

import * as fc from "fast-check";
import type { Arbitrary } from "fast-check";
import { chain } from "./chains.ts";
import { contended } from "./contended.ts";
import { ending } from "./ending.ts";
import type { ErrorClassName, Program, Statement } from "./program.ts";
import { about, type Theme } from "./statements.ts";
import { callOf, cancel, futureCall, number, pick, queue } from "./vocabulary.ts";

const guarded = (statement: Arbitrary<Statement>): Arbitrary<Statement> =>
  fc.record({
    op: fc.constant("try" as const),
    body: fc.tuple(statement),
    handlers: fc.tuple(
      fc.record({ on: pick<ErrorClassName>("Exception", "BaseException", "CancelledError"), body: fc.constant([]) }),
    ),
    orelse: fc.constant(null),
    final: fc.constant(null),
  });

/** A timer that ends what the other tasks wait for: without it every fifth program would soon stand still. */
const rescue: Arbitrary<Statement> = fc.record({
  op: fc.constant("schedule" as const),
  handle: fc.constant("H0"),
  how: fc.constant("later" as const),
  seconds: pick(1, 2, 3),
  body: fc.array(
    fc.oneof(
      { weight: 4, arbitrary: futureCall },
      callOf(pick("E0"), "set"),
      callOf(pick("L0", "S0", "B0"), "release"),
      callOf(queue, "put_nowait", number),
      callOf(queue, "get_nowait"),
      { weight: 2, arbitrary: cancel },
    ),
    { minLength: 2, maxLength: 4, size: "max" },
  ),
});

/**
 * The program begins with some tasks and timers, so that the later statements meet others and do not wait in vain; it
 * ends by waiting for them.
 */
function programAbout(theme: Theme): Arbitrary<Program> {
  const { spawn, schedule, generator, statement } = about(theme);
  const first: Arbitrary<Statement> = fc.oneof(
    { weight: 5, arbitrary: spawn },
    { weight: 3, arbitrary: rescue },
    { weight: 1, arbitrary: fc.record({ op: fc.constant("setVariable" as const), value: number }) },
    { weight: theme === "callbacks" ? 4 : 1, arbitrary: schedule },
    { weight: theme === "generators" ? 4 : 0, arbitrary: generator },
  );
  const then = fc.oneof({ weight: 1, arbitrary: statement }, { weight: 1, arbitrary: guarded(statement) });
  return fc.record({
    eager: fc.integer({ min: 0, max: 9 }).map((n) => n === 9),
    main: fc
      .tuple(
        fc.array(first, { minLength: 1, maxLength: 6, size: "max" }),
        fc.array(then, { minLength: 1, maxLength: 8, size: "max" }),
        ending,
      )
      .map((parts) => parts.flat()),
  });
}

const anySubject: Arbitrary<Program> = fc.oneof(
  { weight: 4, arbitrary: contended },
  programAbout("any"),
  programAbout("callbacks"),
  programAbout("combinators"),
  programAbout("generators"),
  programAbout("groups"),
  programAbout("locks"),
  programAbout("queues"),
  programAbout("timeouts"),
);

/** All programs of the language: every second runs a deep chain of coroutines beside the rest. */
export const anyProgram: Arbitrary<Program> = fc
  .tuple(anySubject, fc.option(chain, { freq: 2, nil: null }))
  .map(([program, deep]) => (deep === null ? program : { eager: program.eager, main: [deep].concat(program.main) }));

/**
 * The seed of one program of a run, mixed from the run's seed and the program's number, so that neighbours differ
 * fully.
 */
export function seedOf(run: number, index: number): number {
  let bits = Math.imul(run ^ 0x9e37_79b9, 0x85eb_ca6b) ^ Math.imul(index + 1, 0xc2b2_ae35);
  bits = Math.imul(bits ^ (bits >>> 15), 0x2c1b_3c6d);
  bits = Math.imul(bits ^ (bits >>> 12), 0x297a_2d39);
  return bits ^ (bits >>> 15);
}

/** The program of a seed. */
export function programOf(seed: number): Program {
  const [program] = fc.sample(anyProgram, { seed, numRuns: 1 });
  return program as Program;
}

import * as fc from "fast-check";
import type { Arbitrary } from "fast-check";
import type { Block, Statement, What } from "./program.ts";
import { cancel, catchable, deadline, error, maybeSeconds, number, seconds, task } from "./vocabulary.ts";

/** What a coroutine of a chain does around the one that it awaits. */
type Link = (next: Statement) => Block;

const awaitedName: Arbitrary<What> = fc.record({ aw: fc.constant("name" as const), name: task });
const sleep = fc.record({ op: fc.constant("sleep" as const), seconds });

/** What a coroutine of a chain does beside awaiting the next. */
const some: Arbitrary<Block> = fc.array(
  fc.oneof<Arbitrary<Statement>[]>(
    sleep,
    fc.constant({ op: "pause" as const }),
    fc.record({ op: fc.constant("await" as const), what: awaitedName }),
    fc.record({ op: fc.constant("say" as const), value: number }),
    cancel,
    fc.record({ op: fc.constant("raise" as const), error, chained: fc.boolean() }),
    fc.record({ op: fc.constant("return" as const), value: number }),
  ),
  { minLength: 1, maxLength: 2 },
);

const link: Arbitrary<Link> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Link>((next) => [next]) },
  {
    weight: 3,
    arbitrary: fc.tuple(some, some).map(([before, after]) => (next: Statement) => [...before, next, ...after]),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(catchable, some).map(([on, body]) => (next: Statement) => [tried(next, [{ on, body }], null)]),
  },
  { weight: 2, arbitrary: sleep.map((final) => (next: Statement) => [tried(next, [], [final])]) },
  {
    weight: 1,
    arbitrary: fc.tuple(deadline, maybeSeconds).map(([name, time]) => (next: Statement) => [
      { op: "timeout" as const, deadline: name, how: "delay" as const, seconds: time, body: [next] },
    ]),
  },
  { weight: 1, arbitrary: fc.constant<Link>((next) => [{ op: "repeat", times: 2, body: [next] }]) },
);

const innermost = fc.tuple(sleep, some).map((parts): Block => parts.flat());

/** A task whose coroutine awaits a coroutine, and so on, 2 to 12 deep. The innermost sleeps. */
export const chain: Arbitrary<Statement> = fc.record({
  op: fc.constant("spawn" as const),
  task,
  body: fc
    .tuple(fc.array(link, { minLength: 2, maxLength: 12, size: "max" }), innermost)
    .map(([links, inner]) => links.reduce<Block>((body, around) => around(awaiting(body)), inner)),
  named: fc.constant(false),
  eager: fc.constant(null),
  context: fc.constant("copy" as const),
  group: fc.constant(null),
});

function tried(
  statement: Statement,
  handlers: Extract<Statement, { readonly op: "try" }>["handlers"],
  final: Block | null,
): Statement {
  return { op: "try", body: [statement], handlers, orelse: null, final };
}

function awaiting(body: Block): Statement {
  return { op: "await", what: { aw: "body", body } };
}

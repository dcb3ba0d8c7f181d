import * as fc from "fast-check";

/** A coroutine function of a random program. */
export interface Body {
  /** Whether it is marked where some are. */
  readonly marked: boolean;
  readonly statements: readonly Statement[];
}

export type How =
  | "awaited"
  | "caught"
  | "with a finally that waits"
  | "overridden"
  | "driven"
  | "in a block"
  | "started";
export type Resume = "next" | "throw" | "return";
export type Drive = Resume | "close";

export type Statement =
  | { readonly op: "sleep"; readonly seconds: number }
  | { readonly op: "pause" }
  | { readonly op: "share" }
  | { readonly op: "throw" }
  | { readonly op: "return" }
  | { readonly op: "call"; readonly body: Body; readonly how: How }
  | {
      readonly op: "byHand";
      readonly body: Body;
      readonly drives: readonly Drive[];
      readonly through: "object" | "iterator";
      readonly goesOn: boolean;
    }
  | { readonly op: "forOf"; readonly marked: boolean; readonly limit: number }
  | { readonly op: "spawn"; readonly body: Body; readonly eager: boolean; readonly after: "await" | "cancel" | "leave" }
  | { readonly op: "nested"; readonly body: Body };

/** A statement that waits. */
export type Awaited = Exclude<Statement, { readonly op: "throw" } | { readonly op: "return" }>;

/** Random programs. */
export const { body: anyBody } = fc.letrec<{ body: Body; statement: Statement }>((tie) => {
  const depth = { depthIdentifier: "program", maxDepth: 6, depthSize: "large" } as const;
  const body = tie("body");
  return {
    body: fc.record({ marked: fc.boolean(), statements: fc.array(tie("statement"), { minLength: 1, maxLength: 3 }) }),
    statement: fc.oneof(
      depth,
      { weight: 4, arbitrary: fc.record({ op: fc.constant("sleep"), seconds: fc.constantFrom(0, 1, 2) }) },
      { weight: 2, arbitrary: fc.record({ op: fc.constantFrom("pause", "share", "throw", "return") }) },
      {
        weight: 12,
        arbitrary: fc.record({
          op: fc.constant("call"),
          body,
          how: fc.constantFrom<How>(
            "awaited",
            "awaited",
            "awaited",
            "caught",
            "with a finally that waits",
            "overridden",
            "driven",
            "in a block",
            "started",
          ),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          op: fc.constant("byHand"),
          body,
          drives: fc.array(fc.constantFrom<Drive>("next", "next", "next", "throw", "return", "close"), {
            minLength: 1,
            maxLength: 4,
          }),
          through: fc.constantFrom("object", "iterator"),
          goesOn: fc.boolean(),
        }),
      },
      { weight: 1, arbitrary: fc.record({ op: fc.constant("forOf"), marked: fc.boolean(), limit: fc.nat(4) }) },
      {
        weight: 2,
        arbitrary: fc.record({
          op: fc.constant("spawn"),
          body,
          eager: fc.boolean(),
          after: fc.constantFrom("await", "cancel", "leave"),
        }),
      },
      { weight: 1, arbitrary: fc.record({ op: fc.constant("nested"), body }) },
    ) as fc.Arbitrary<Statement>,
  };
});

import type { Program } from "../../src/fuzz/program.ts";

/** A program that once behaved differently on the two sides. */
export interface Regression {
  /** The mistake, after the code of the statement that it broke, of SEMANTICS.md or the README. */
  readonly name: string;
  readonly program: Program;
}

const spawned = { named: false, eager: null, context: "copy", group: null } as const;

/** Every divergence that the fuzzer has found, shrunk. */
export const regressions: readonly Regression[] = [
  {
    name: "FZ-01 asend() of a running generator reports anext(), as CPython's message does",
    program: {
      eager: false,
      main: [
        {
          op: "generator",
          generator: "A0",
          body: [{ op: "await", what: { aw: "call", on: "A0", method: "asend", args: [1] } }],
          handler: null,
          final: null,
        },
        { op: "forEach", generator: "A0", limit: 2, closing: true, body: [] },
      ],
    },
  },
  {
    name: "FZ-02 a generator that ignored GeneratorExit counts as closed: closing it again raises StopAsyncIteration",
    program: {
      eager: false,
      main: [
        {
          op: "generator",
          generator: "A1",
          body: [{ op: "emit", value: 0 }],
          handler: null,
          final: [{ op: "emit", value: 0 }],
        },
        { op: "forEach", generator: "A1", limit: 1, closing: true, body: [] },
      ],
    },
  },
  {
    name: "FZ-03 athrow() on a generator that has ended returns None",
    program: {
      eager: false,
      main: [
        { op: "generator", generator: "A1", body: [], handler: null, final: null },
        { op: "await", what: { aw: "call", on: "A1", method: "aclose", args: [] } },
        {
          op: "await",
          what: { aw: "call", on: "A1", method: "athrow", args: [{ error: { type: "Oops", text: "x" } }] },
        },
      ],
    },
  },
  {
    name: "FZ-04 a value sent to a generator that has not begun is refused, and the generator stays as it was",
    program: {
      eager: false,
      main: [
        {
          op: "spawn",
          task: "T2",
          body: [{ op: "forEach", generator: "A1", limit: 2, closing: false, body: [] }],
          ...spawned,
        },
        { op: "generator", generator: "A1", body: [], handler: null, final: null },
        { op: "await", what: { aw: "call", on: "A1", method: "asend", args: [1] } },
      ],
    },
  },
  {
    name: "FZ-05 a cancellation thrown into an anext() that has not begun goes into the generator",
    program: {
      eager: false,
      main: [
        { op: "generator", generator: "A0", body: [{ op: "emit", value: 2 }], handler: null, final: null },
        { op: "await", what: { aw: "call", on: "A0", method: "anext", args: [] } },
        {
          op: "await",
          what: { aw: "waitFor", of: { aw: "call", on: "A0", method: "asend", args: [null] }, seconds: -1 },
        },
      ],
    },
  },
  {
    name: "FZ-06 after an interrupt in the iteration that ends main, the stop that was due ends the next run early",
    program: {
      eager: false,
      main: [
        { op: "generator", generator: "A0", body: [{ op: "emit", value: 2 }], handler: null, final: null },
        { op: "await", what: { aw: "call", on: "A0", method: "anext", args: [] } },
        {
          op: "spawn",
          task: "T2",
          body: [{ op: "raise", error: { type: "SystemExit", text: "x" }, chained: false }],
          ...spawned,
        },
      ],
    },
  },
  {
    name: "FZ-07 the repr of a group shows its message, even if that is empty",
    program: {
      eager: false,
      main: [
        {
          op: "raise",
          error: { type: "BaseExceptionGroup", text: "", members: [{ type: "Oops", text: "x" }] },
          chained: false,
        },
      ],
    },
  },
  {
    name: "FZ-08 the loop knows an async generator from the call of its first method on, not from its first step",
    program: {
      eager: false,
      main: [
        {
          op: "spawn",
          task: "T0",
          body: [
            {
              op: "generator",
              generator: "A1",
              body: [{ op: "emit", value: 0 }],
              handler: null,
              final: [{ op: "emit", value: 0 }],
            },
          ],
          ...spawned,
        },
        { op: "generator", generator: "A1", body: [{ op: "emit", value: 0 }], handler: null, final: null },
        {
          op: "spawn",
          task: "T0",
          body: [{ op: "forEach", generator: "A1", limit: 1, closing: true, body: [] }],
          ...spawned,
          group: "G0",
        },
        { op: "await", what: { aw: "shield", of: { aw: "call", on: "A1", method: "anext", args: [] } } },
      ],
    },
  },
  {
    name: "FZ-09 a handler of except* that raises the whole group puts it last",
    program: {
      eager: false,
      main: [
        {
          op: "spawn",
          task: "T2",
          body: [
            {
              op: "raise",
              error: {
                type: "BaseExceptionGroup",
                text: "g",
                members: [
                  { type: "RuntimeError", text: "x" },
                  { type: "CancelledError", text: "x" },
                ],
              },
              chained: false,
            },
          ],
          ...spawned,
          group: "G0",
        },
        {
          op: "tryStar",
          body: [{ op: "await", what: { aw: "name", name: "T2" } }],
          handlers: [{ on: "Exception", body: [{ op: "await", what: { aw: "name", name: "T2" } }] }],
        },
      ],
    },
  },
];

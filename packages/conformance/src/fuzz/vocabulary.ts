/**
 * The words of random programs. The likelihoods make the parts of a program meet: few names, few moments in time, all
 * of them multiples of a quarter of a second, which floats add exactly.
 *
 * @module
 */

import * as fc from "fast-check";
import type { Arbitrary } from "fast-check";
import type { Argument, ErrorClassName, ErrorSpec, SyncStatement, What } from "./program.ts";

export const pick = <const T>(...values: readonly T[]): Arbitrary<T> => fc.constantFrom(...values);
export const number = fc.integer({ min: 0, max: 9 });
export const seconds = pick(0, 0.25, 0.5, 0.5, 1, 1, 1.5, 2);
export const anySeconds = pick(1, 0.5, 0, 0.25, 2, -1, 3);
export const maybeSeconds: Arbitrary<number | null> = pick(1, 0.5, 0.25, 2, 0, -1, null);
export const task = pick("T0", "T1", "T2", "T3");
export const future = pick("F0", "F1");
export const group = pick("G0", "G1");
export const deadline = pick("D0", "D1");
export const generatorName = pick("A0", "A1");
export const handle = pick("H0", "H1");

export type Leaf = Exclude<ErrorSpec, { readonly members: readonly ErrorSpec[] }>;

export const leafError: Arbitrary<Leaf> = fc.record({
  type: fc.oneof(
    { weight: 10, arbitrary: pick("ValueError", "Oops", "Worse") },
    { weight: 4, arbitrary: pick("RuntimeError", "CancelledError", "TimeoutError") },
    { weight: 1, arbitrary: pick("KeyboardInterrupt", "SystemExit") },
  ),
  text: pick("x", "y", ""),
});

export const error: Arbitrary<ErrorSpec> = fc.oneof(
  { weight: 8, arbitrary: leafError },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("BaseExceptionGroup" as const),
      text: pick("g", "h"),
      members: fc.array(
        fc.oneof(
          { weight: 4, arbitrary: leafError },
          {
            weight: 1,
            arbitrary: fc.record({
              type: fc.constant("BaseExceptionGroup" as const),
              text: pick("i", "j"),
              members: fc.array(leafError, { minLength: 1, maxLength: 2 }),
            }),
          },
        ),
        { minLength: 1, maxLength: 3 },
      ),
    }),
  },
);

const errorArgument = leafError.map((spec): Argument => ({ error: spec }));

export type Call = Extract<SyncStatement, { readonly op: "call" }>;

export function callOf(
  on: Arbitrary<string>,
  method: string,
  ...args: readonly Arbitrary<Argument>[]
): Arbitrary<Call> {
  return fc.record({
    op: fc.constant("call" as const),
    on,
    method: fc.constant(method),
    args: fc.tuple(...args),
  });
}

export const anyTask = fc.oneof({ weight: 6, arbitrary: task }, { weight: 1, arbitrary: pick("me", "main") });

export const cancel: Arbitrary<Call> = fc.oneof(
  callOf(anyTask, "cancel"),
  callOf(anyTask, "cancel", pick<Argument>("m", "n", 7)),
);

export const taskCall: Arbitrary<Call> = fc.oneof(
  { weight: 4, arbitrary: cancel },
  { weight: 3, arbitrary: callOf(fc.oneof(pick("me"), task), "uncancel") },
  { weight: 1, arbitrary: callOf(anyTask, "cancelling") },
  { weight: 1, arbitrary: callOf(anyTask, "done") },
  { weight: 1, arbitrary: callOf(task, "cancelled") },
  { weight: 1, arbitrary: callOf(task, "result") },
  { weight: 1, arbitrary: callOf(task, "exception") },
);

export const futureCall: Arbitrary<Call> = fc.oneof(
  { weight: 4, arbitrary: callOf(future, "set_result", number) },
  { weight: 2, arbitrary: callOf(future, "set_exception", errorArgument) },
  { weight: 2, arbitrary: callOf(future, "cancel") },
  { weight: 1, arbitrary: callOf(future, "cancel", pick<Argument>("m", "n")) },
  { weight: 1, arbitrary: callOf(future, "result") },
  { weight: 1, arbitrary: callOf(future, "exception") },
);

export const queue = fc.oneof({ weight: 3, arbitrary: pick("Q0", "Q1") }, { weight: 1, arbitrary: pick("P0", "K0") });
const acquirable = pick("L0", "S0", "S1", "B0", "C0");

export const lockCall: Arbitrary<Call> = fc.oneof(
  { weight: 3, arbitrary: callOf(acquirable, "release") },
  callOf(acquirable, "locked"),
  callOf(pick("C0"), "notify", pick<Argument>(1, 2)),
  callOf(pick("C0"), "notify_all"),
  callOf(pick("E0"), "set"),
  callOf(pick("E0"), "clear"),
  callOf(pick("E0"), "is_set"),
);

export const queueCall: Arbitrary<Call> = fc.oneof(
  { weight: 3, arbitrary: callOf(queue, "put_nowait", number) },
  { weight: 3, arbitrary: callOf(queue, "get_nowait") },
  { weight: 2, arbitrary: callOf(queue, "task_done") },
  callOf(queue, "qsize"),
  callOf(queue, "full"),
  callOf(queue, "shutdown", fc.boolean()),
);

export const primitiveCall: Arbitrary<Call> = fc.oneof(lockCall, queueCall);

export const otherCall: Arbitrary<Call> = fc.oneof(
  callOf(handle, "cancel"),
  callOf(handle, "cancelled"),
  callOf(deadline, "when"),
  callOf(deadline, "expired"),
);

export type AwaitedCall = Extract<What, { readonly aw: "call" }>;

export function awaitedCallOf(on: Arbitrary<string>, method: string, ...args: readonly Arbitrary<Argument>[]) {
  return fc.record({
    aw: fc.constant("call" as const),
    on,
    method: fc.constant(method),
    args: fc.tuple(...args),
  });
}

export const awaitedLock: Arbitrary<AwaitedCall> = fc.oneof(
  { weight: 5, arbitrary: awaitedCallOf(acquirable, "acquire") },
  { weight: 2, arbitrary: awaitedCallOf(pick("C0"), "wait") },
  { weight: 1, arbitrary: awaitedCallOf(pick("C0"), "wait_for", pick<Argument>(0, 1, 2)) },
  { weight: 2, arbitrary: awaitedCallOf(pick("E0"), "wait") },
  { weight: 3, arbitrary: awaitedCallOf(pick("R0", "R1"), "wait") },
  { weight: 1, arbitrary: awaitedCallOf(pick("R0", "R1"), "reset") },
  { weight: 1, arbitrary: awaitedCallOf(pick("R0", "R1"), "abort") },
);

export const awaitedQueue: Arbitrary<AwaitedCall> = fc.oneof(
  { weight: 3, arbitrary: awaitedCallOf(queue, "put", number) },
  { weight: 3, arbitrary: awaitedCallOf(queue, "get") },
  { weight: 1, arbitrary: awaitedCallOf(queue, "join") },
);

export const awaitedGenerator: Arbitrary<AwaitedCall> = fc.oneof(
  { weight: 3, arbitrary: awaitedCallOf(generatorName, "anext") },
  { weight: 1, arbitrary: awaitedCallOf(generatorName, "asend", pick<Argument>(null, 1)) },
  { weight: 1, arbitrary: awaitedCallOf(generatorName, "athrow", errorArgument) },
  { weight: 2, arbitrary: awaitedCallOf(generatorName, "aclose") },
);

export const awaitedCall: Arbitrary<AwaitedCall> = fc.oneof(awaitedLock, awaitedQueue, awaitedGenerator);

export const catchable: Arbitrary<ErrorClassName> = fc.oneof(
  { weight: 4, arbitrary: pick("CancelledError") },
  { weight: 3, arbitrary: pick("Exception", "BaseException") },
  { weight: 2, arbitrary: pick("ValueError", "Oops", "TimeoutError", "RuntimeError") },
  { weight: 2, arbitrary: pick("BaseExceptionGroup", "ExceptionGroup", "KeyboardInterrupt") },
);

export const catchableInGroup: Arbitrary<ErrorClassName> = pick(
  "Exception",
  "ValueError",
  "Oops",
  "Worse",
  "RuntimeError",
  "CancelledError",
  "BaseException",
  "TimeoutError",
);

import type { BaseExceptionGroup } from "yieldstar";
import { repr } from "../python-text.ts";
import type { Library } from "./library.ts";
import type { ErrorClassName, ErrorSpec } from "./program.ts";

/** The programs' own classes. */
class Oops extends Error {
  override readonly name: string = "Oops";
}

class Worse extends Oops {
  override readonly name = "Worse";
}

type ErrorClass = abstract new (...args: never[]) => Error;

/** Returns the class of a name. */
export function classNamed(library: Library, name: ErrorClassName): ErrorClass {
  if (name === "Oops") return Oops;
  return name === "Worse" ? Worse : library[name];
}

/** Makes an error as a program describes it. */
export function makeError(library: Library, spec: ErrorSpec): Error {
  if ("members" in spec) {
    return new library.BaseExceptionGroup(
      spec.text,
      spec.members.map((member) => makeError(library, member)),
    );
  }
  const make = classNamed(library, spec.type) as new (...args: string[]) => Error;
  return spec.text === "" ? new make() : new make(spec.text);
}

const objects = /<(Task|Future|GatheringFuture|Context|Token|coroutine|async_generator)\b.*>/s;

/**
 * Removes from a text the parts that differ on purpose: names of our own functions, how an object is shown, our hints.
 */
export function clean(text: string): string {
  return text
    .replace(/Exception in callback .*/s, "Exception in callback")
    .replace(/ \(hint: [^]*?\)(?='?$)/, "")
    .replace(objects, (_, kind: string) => `<${kind === "GatheringFuture" ? "_GatheringFuture" : kind}>`);
}

/**
 * Without the cause: our `run` chains the errors of its shutdown to the earlier one, which in Python is `__context__`.
 */
export function describeEnding(error: unknown): string {
  return describe(error, 0, false);
}

/** An error in full, with its causes, as `describe` of interpreter.py writes it. */
export function describe(error: unknown, depth = 0, withCause = true): string {
  if (!(error instanceof Error)) return `not an error: ${String(error)}`;
  const { name } = error;
  const cause = causeOf(error);
  if (name === "DeadlockError") return name;
  const text = "exceptions" in error ? describeGroup(error as BaseExceptionGroup, depth) : `${name}(${argsOf(error)})`;
  return cause === undefined || depth > 6 || !withCause ? text : `${text} from ${describe(cause, depth + 1)}`;
}

/**
 * Skips the TimeoutErrors that timeouts insert before the cancellation that led to an error: CPython inserts them into
 * `__context__`, our packages into `cause`.
 */
function causeOf(error: Error): unknown {
  const { cause } = error;
  if (!(cause instanceof Error) || cause.name !== "TimeoutError" || cause.message !== "") return cause;
  const first = causeOf(cause);
  return first instanceof Error && first.name === "CancelledError" ? first : cause;
}

function describeGroup(group: BaseExceptionGroup, depth: number): string {
  const members = group.exceptions.map((member) => describe(member, depth + 1));
  return `${group.name}(${repr(group.message)}, [${members.join(", ")}])`;
}

function argsOf(error: Error): string {
  const given = error.message === "" ? [] : [error.message];
  const args = "args" in error ? (error.args as readonly unknown[]) : given;
  return args.map((arg) => clean(repr(arg))).join(", ");
}

import { type Coroutine, iscoroutine } from "@yieldstar/loop";
import { BaseExceptionGroup, type ErrorClass, isErrorClass, originOf } from "./exception-group.ts";

/** What handles the errors of a group that match: a plain function, or a generator function run as a coroutine. */
export type GroupHandler<E extends Error> = (group: BaseExceptionGroup<E>) => unknown;

/** One `except*` clause. `on` makes it. */
export interface ExceptClause {
  readonly classes: readonly ErrorClass<Error>[];
  readonly handler: GroupHandler<Error>;
}

/**
 * Makes one `except*` clause: Python's `except* E as group:`.
 *
 * @param errorClass - which errors it takes: a class, or an array of them
 * @param handler - is called with a group of those errors, if there are any
 * @throws TypeError when `errorClass` is no class of errors, or one of groups
 *
 * Source: the `except*` clause, CPython 3.14.
 */
export function on<E extends Error>(
  errorClass: ErrorClass<E> | readonly ErrorClass<E>[],
  handler: GroupHandler<E>,
): ExceptClause {
  const classes: readonly unknown[] = Array.isArray(errorClass) ? errorClass : [errorClass];
  if (!classes.every(isErrorClass)) {
    throw new TypeError("catching classes that do not inherit from BaseException is not allowed");
  }
  if (classes.some((each) => each === BaseExceptionGroup || each.prototype instanceof BaseExceptionGroup)) {
    throw new TypeError("catching ExceptionGroup with except* is not allowed. Use except instead.");
  }
  return { classes, handler: handler as GroupHandler<Error> };
}

/**
 * Handles what a `catch` caught, in the way of Python's `except*`: each clause is given the errors that match it and
 * that no clause before it took, as a group. An error that is no group is handled as a group of one.
 *
 * @param error - what was caught
 * @param clauses - made by `on`; their handlers may be generator functions, which can await
 * @throws what no clause took, and what the handlers threw. New errors come in a group with the rest; a single one
 * comes bare
 *
 * Source: the `except*` clause, CPython 3.14.
 */
export function* exceptStar(error: unknown, ...clauses: readonly ExceptClause[]): Coroutine {
  requireClauses(clauses);
  const caught = new Caught(error);
  for (const { classes, handler } of clauses) {
    const group = caught.take(classes);
    if (group === undefined) continue;
    try {
      const result = handler(group);
      if (iscoroutine(result)) yield* result;
    } catch (thrown) {
      caught.thrown.push(thrown);
    }
  }
  caught.throwRest();
}

/**
 * Does what `exceptStar` does where there is no coroutine to await in: all handlers are plain functions.
 *
 * @param error - what was caught
 * @param clauses - made by `on`
 * @throws what no clause took, and what the handlers threw
 * @throws TypeError when a handler is a generator function
 *
 * Source: the `except*` clause, CPython 3.14.
 */
export function exceptStarSync(error: unknown, ...clauses: readonly ExceptClause[]): void {
  requireClauses(clauses);
  const caught = new Caught(error);
  for (const { classes, handler } of clauses) {
    const group = caught.take(classes);
    if (group === undefined) continue;
    try {
      if (iscoroutine(handler(group))) {
        throw new TypeError("exceptStarSync() cannot await (hint: use yield* exceptStar())");
      }
    } catch (thrown) {
      caught.thrown.push(thrown);
    }
  }
  caught.throwRest();
}

function requireClauses(clauses: readonly Partial<ExceptClause>[]): void {
  if (clauses.every((clause) => typeof clause?.handler === "function")) return;
  throw new TypeError("except* clauses are made by on() (hint: pass them one by one: on(…), on(…))");
}

/** What was caught, on its way through the clauses. */
class Caught {
  /** What the handlers threw. */
  readonly thrown: unknown[] = [];
  readonly #error: unknown;
  /** What no clause has taken yet. */
  #rest: BaseExceptionGroup | undefined;

  constructor(error: unknown) {
    this.#error = error;
    if (error instanceof BaseExceptionGroup) this.#rest = error;
    else if (error instanceof Error) this.#rest = new BaseExceptionGroup("", [error]);
  }

  /** Takes the errors of `classes` out of the rest. */
  take(classes: readonly ErrorClass<Error>[]): BaseExceptionGroup | undefined {
    if (this.#rest === undefined) return undefined;
    const [group, rest] = this.#rest.split(classes);
    this.#rest = rest;
    return group;
  }

  throwRest(): void {
    const error = this.#error;
    if (!(error instanceof BaseExceptionGroup)) {
      // Only one clause can have matched. An error that none did is thrown on as it was.
      if (this.thrown.length > 0) throw this.thrown[0];
      if (this.#rest !== undefined || !(error instanceof Error)) throw error;
      return;
    }
    const isPart = (each: unknown): each is BaseExceptionGroup =>
      each instanceof BaseExceptionGroup && originOf(each) === originOf(error);
    const raised = this.thrown.filter((each) => !isPart(each)) as Error[];
    const kept = this.thrown.filter(isPart);
    if (this.#rest !== undefined) kept.push(this.#rest);
    const rest = keepOnly(error, kept);
    if (rest !== undefined) raised.push(rest);
    if (raised.length === 0) return;
    throw raised.length === 1 ? raised[0] : new BaseExceptionGroup("", raised);
  }
}

/** The part of `group` that holds the errors of `parts`, in its own nesting and order. */
function keepOnly(group: BaseExceptionGroup, parts: readonly BaseExceptionGroup[]): BaseExceptionGroup | undefined {
  if (parts.length === 0) return undefined;
  const leaves = new Set<Error>();
  const collect = (part: BaseExceptionGroup): void => {
    for (const member of part.exceptions) {
      if (member instanceof BaseExceptionGroup) collect(member);
      else leaves.add(member);
    }
  };
  parts.forEach(collect);
  return group.subgroup((error) => leaves.has(error));
}

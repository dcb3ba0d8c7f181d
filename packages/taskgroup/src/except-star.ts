import { BaseException, type Coroutine, iscoroutine, isFuture, repr } from "@yieldstar/loop";
import { isErrorClass, isPromiseLike, markForLibrary, prepareBody, withHint } from "@yieldstar/loop/internal";
import { asMember, BaseExceptionGroup, type ErrorClass, type Matched, project } from "./exception-group.ts";

/** Handles the errors of a clause: a plain function, or a generator function, which runs as a coroutine. */
export type GroupHandler<E extends Error> = (group: BaseExceptionGroup<E>) => unknown;

/** One `except*` clause. `on` makes it. */
export interface ExceptClause {
  /** The classes of the errors that the clause takes. */
  readonly classes: readonly ErrorClass<Error>[];
  /** Called with a group of these errors. */
  readonly handler: GroupHandler<Error>;
}

/**
 * Makes one `except*` clause: Python's `except* E as group:`.
 *
 * @param errorClass - the class of the errors that the clause takes, or an array of classes
 * @param handler - called with a group of these errors, if there are any
 * @returns the clause, for `exceptStar` and `exceptStarSync`
 * @throws TypeError when `errorClass` is no class of errors or a class of groups, or `handler` is no function
 *
 * Source: the `except*` clause, CPython 3.14.
 */
export function on<const C extends ErrorClass<Error> | readonly ErrorClass<Error>[]>(
  errorClass: C,
  handler: GroupHandler<Matched<C>>,
): ExceptClause {
  const classes: readonly unknown[] = Array.isArray(errorClass) ? errorClass : [errorClass];
  if (!classes.every(isErrorClass)) {
    throw new TypeError("catching classes that do not inherit from BaseException is not allowed");
  }
  if (classes.some((each) => each === BaseExceptionGroup || each.prototype instanceof BaseExceptionGroup)) {
    throw new TypeError("catching ExceptionGroup with except* is not allowed. Use except instead.");
  }
  if (typeof handler !== "function") {
    const text = `the handler of on() must be a function, got ${repr(handler)}`;
    throw new TypeError(withHint(text, "on(errorClass, handler)"));
  }
  prepareBody(handler);
  return { classes, handler: handler as GroupHandler<Error> };
}

/**
 * Handles an error that a `catch` caught, as Python's `except*` does: each clause gets a group of the errors that match
 * it and that no earlier clause has taken. An error that is no group is handled as a group of one.
 *
 * @param error - the error that was caught
 * @param clauses - made by `on`; their handlers can be generator functions, which can await
 * @throws the errors that no clause has taken, and the errors that the handlers throw. New errors are thrown in a group
 * with the rest; a single new error is thrown without a group
 * @throws TypeError, when awaited, if `error` is an awaitable or a function, which no `catch` caught; or if a clause
 * was not made by `on`. A handler that returns a promise counts as a handler that throws a `TypeError`
 *
 * Cancellation is thrown into the handler that waits, and counts as an error that the handler threw.
 *
 * Source: the `except*` clause, CPython 3.14.
 */
export function exceptStar(error: unknown, ...clauses: readonly ExceptClause[]): Coroutine {
  return runClauses(error, clauses);
}

const runClauses = markForLibrary(function* (error: unknown, clauses: readonly ExceptClause[]): Coroutine {
  requireClauses(clauses);
  refuseBlock(error, "yield* exceptStar");
  const caught = new Caught(error);
  for (const { classes, handler } of clauses) {
    const group = caught.take(classes);
    if (group === undefined) continue;
    try {
      const result = handler(group);
      if (iscoroutine(result)) yield* result;
      else refusePromise(result);
    } catch (thrown) {
      caught.noteThrown(group, thrown);
    }
  }
  caught.throwRest();
});

/**
 * Works as `exceptStar` does, in a plain function: all handlers are plain functions too.
 *
 * @param error - the error that was caught
 * @param clauses - made by `on`
 * @throws the errors that no clause has taken, and the errors that the handlers throw
 * @throws TypeError when `error` is an awaitable or a function; when a clause was not made by `on`. A handler that is a
 * generator function, or returns a promise, counts as a handler that throws a `TypeError`
 *
 * Source: the `except*` clause, CPython 3.14.
 */
export function exceptStarSync(error: unknown, ...clauses: readonly ExceptClause[]): void {
  requireClauses(clauses);
  refuseBlock(error, "exceptStarSync");
  const caught = new Caught(error);
  for (const { classes, handler } of clauses) {
    const group = caught.take(classes);
    if (group === undefined) continue;
    try {
      const result = handler(group);
      if (iscoroutine(result))
        throw new TypeError(withHint("exceptStarSync() cannot await", "use yield* exceptStar()"));
      refusePromise(result);
    } catch (thrown) {
      caught.noteThrown(group, thrown);
    }
  }
  caught.throwRest();
}

function requireClauses(clauses: readonly Partial<ExceptClause>[]): void {
  if (clauses.every((clause) => typeof clause?.handler === "function")) return;
  throw new TypeError(withHint("except* clauses are made by on()", "pass them one by one: on(…), on(…)"));
}

/** Refuses the promise of an async function: the clauses would not wait for it. */
function refusePromise(result: unknown): void {
  if (!isPromiseLike(result)) return;
  const fix =
    "write yield* exceptStar(error, on(…, function* (group) { … })), and await by yield* fromPromise(promise)";
  throw new TypeError(withHint(`a handler of except* must return no promise, got ${repr(result)}`, fix));
}

/** Refuses a block: unlike `asyncWith`, `except*` takes an error that was caught. */
function refuseBlock(error: unknown, call: string): void {
  const isPromise = isPromiseLike(error) && !(error instanceof Error);
  if (!isPromise && !iscoroutine(error) && !isFuture(error) && typeof error !== "function") return;
  const fix = `write try { … } catch (error) { ${call}(error, on(…)); }`;
  throw new TypeError(withHint(`except* handles what was caught, got ${repr(error)}`, fix));
}

/** An error that was caught, on its way through the clauses. */
class Caught {
  readonly #error: unknown;
  /** The errors that no clause has taken yet. */
  #rest: Error | undefined;
  /** The errors that the handlers threw, in this order. */
  readonly #thrown: Error[] = [];
  /** Those of them that are the groups which the handlers got, thrown on unchanged. */
  readonly #reraised = new Set<Error>();
  /** Whether a handler that got a part of the group has thrown the whole group. */
  #isThrownWhole = false;
  #causeGiven: unknown;

  constructor(error: unknown) {
    this.#error = error;
    if (error instanceof BaseException) this.#rest = error;
  }

  /** Takes the errors of `classes` out of the rest. An error that is no group becomes a group of one. */
  take(classes: readonly ErrorClass<Error>[]): BaseExceptionGroup | undefined {
    const rest = this.#rest;
    if (rest === undefined) return undefined;
    let taken: BaseExceptionGroup | undefined;
    if (rest instanceof BaseExceptionGroup) {
      [taken, this.#rest] = rest.split(classes);
    } else if (classes.some((each) => rest instanceof each)) {
      taken = new BaseExceptionGroup("", [rest]);
      this.#rest = undefined;
    }
    this.#causeGiven = taken?.cause;
    return taken;
  }

  /**
   * Notes an error that a handler threw. The same group that the handler got goes back to the rest; any other error is
   * new.
   */
  noteThrown(given: BaseExceptionGroup, thrown: unknown): void {
    if (thrown === this.#error && thrown !== given && thrown instanceof BaseExceptionGroup) {
      this.#isThrownWhole = true;
      return;
    }
    this.#thrown.push(asMember(thrown));
    if (thrown === given && given.cause === this.#causeGiven) this.#reraised.add(given);
  }

  throwRest(): void {
    if (!(this.#error instanceof BaseExceptionGroup)) {
      // The error is no group, so at most one clause has taken it.
      if (this.#rest !== undefined || !(this.#error instanceof BaseException)) throw this.#error;
      if (this.#thrown.length > 0) throw this.#thrown[0];
      return;
    }
    const rest = this.#rest === undefined ? [] : [this.#rest];
    // CPython finds the parts of a group by its traceback, which a throw of the whole group changes: all parts count as
    // new.
    const members = this.#isThrownWhole
      ? [...this.#thrown, ...rest, this.#error]
      : this.#putTogether(this.#error, rest);
    if (members.length > 1) throw new BaseExceptionGroup("", members);
    if (members.length > 0) throw members[0];
  }

  /** The new errors, then one part of `group` with the errors that were thrown on or that no clause has taken. */
  #putTogether(group: BaseExceptionGroup, rest: readonly Error[]): Error[] {
    const members = this.#thrown.filter((error) => !this.#reraised.has(error));
    const part = keepOnly(group, [...this.#reraised, ...rest] as BaseExceptionGroup[]);
    return part === undefined ? members : [...members, part];
  }
}

/** The part of `group` that holds the errors of `parts`. */
function keepOnly(group: BaseExceptionGroup, parts: readonly BaseExceptionGroup[]): BaseExceptionGroup | undefined {
  const leaves = new Set<Error>();
  const collect = (part: BaseExceptionGroup): void => {
    for (const member of part.exceptions) {
      if (member instanceof BaseExceptionGroup) collect(member);
      else leaves.add(member);
    }
  };
  parts.forEach(collect);
  return project(group, (error) => leaves.has(error));
}

import { BaseException, type Coroutine, iscoroutine, isFuture, repr } from "@yieldstar/loop";
import { isErrorClass, isPromiseLike, withHint } from "@yieldstar/loop/internal";
import { asMember, BaseExceptionGroup, type ErrorClass, type Matched, project } from "./exception-group.ts";

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
 * @throws TypeError when `errorClass` is no class of errors, or one of groups, or `handler` no function
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
  return { classes, handler: handler as GroupHandler<Error> };
}

/**
 * Handles what a `catch` caught, in the way of Python's `except*`: each clause is given the errors that match it and
 * that no clause before it took, as a group. An error that is no group is handled as a group of one.
 *
 * @param error - what was caught
 * @param clauses - made by `on`; their handlers may be generator functions, which can await
 * @throws TypeError when `error` is something to be awaited or called, and was not caught
 * @throws what no clause took, and what the handlers threw. New errors come in a group with the rest; a single one
 * comes bare
 *
 * Source: the `except*` clause, CPython 3.14.
 */
export function* exceptStar(error: unknown, ...clauses: readonly ExceptClause[]): Coroutine {
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
}

/**
 * Does what `exceptStar` does where there is no coroutine to await in: all handlers are plain functions.
 *
 * @param error - what was caught
 * @param clauses - made by `on`
 * @throws what no clause took, and what the handlers threw
 * @throws TypeError when a handler is a generator function, or `error` something to be awaited or called
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

/** What an async function returns: nobody would wait for it. */
function refusePromise(result: unknown): void {
  if (!isPromiseLike(result)) return;
  const fix =
    "write yield* exceptStar(error, on(…, function* (group) { … })), and await by yield* fromPromise(promise)";
  throw new TypeError(withHint(`a handler of except* must return no promise, got ${repr(result)}`, fix));
}

/** Unlike `asyncWith` these run no block: what was caught is given to them. */
function refuseBlock(error: unknown, call: string): void {
  const isPromise = isPromiseLike(error) && !(error instanceof Error);
  if (!isPromise && !iscoroutine(error) && !isFuture(error) && typeof error !== "function") return;
  const fix = `write try { … } catch (error) { ${call}(error, on(…)); }`;
  throw new TypeError(withHint(`except* handles what was caught, got ${repr(error)}`, fix));
}

/** What was caught, on its way through the clauses. */
class Caught {
  readonly #error: unknown;
  /** What no clause has taken yet. */
  #rest: Error | undefined;
  /** What the handlers threw, in that order. */
  readonly #thrown: Error[] = [];
  /** The groups among it that they were given and threw on as they were. */
  readonly #reraised = new Set<Error>();
  /** A handler that was given a part of the group has thrown all of it. */
  #isThrownWhole = false;
  #causeGiven: unknown;

  constructor(error: unknown) {
    this.#error = error;
    if (error instanceof BaseException) this.#rest = error;
  }

  /** Takes the errors of `classes` out of the rest. One that is no group is taken as a group of one. */
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

  /** Notes what a handler threw: the very group that it was given goes back to the rest, anything else is new. */
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
      // It was no group, and so at most one clause can have taken it.
      if (this.#rest !== undefined || !(this.#error instanceof BaseException)) throw this.#error;
      if (this.#thrown.length > 0) throw this.#thrown[0];
      return;
    }
    const rest = this.#rest === undefined ? [] : [this.#rest];
    // To be thrown has changed the traceback of the group, by which CPython tells parts of it: each of them counts as new.
    const members = this.#isThrownWhole
      ? [...this.#thrown, ...rest, this.#error]
      : this.#putTogether(this.#error, rest);
    if (members.length > 1) throw new BaseExceptionGroup("", members);
    if (members.length > 0) throw members[0];
  }

  /** What is new; then what was thrown on, and what no clause has taken, as one part of `group`. */
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

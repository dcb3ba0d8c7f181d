import { BaseException, Exception, ValueError } from "@yieldstar/loop";
import { isClass, isErrorClass, nameErrorClass, nameOfType, readOptions, typeName } from "@yieldstar/loop/internal";
import { showAsTree } from "./render-group.ts";

/** A class of errors: the right side of `instanceof`. */
export type ErrorClass<E extends Error> = abstract new (...args: never[]) => E;

/** Picks errors out of a group: a class, an array of classes, or a function that returns whether an error matches. */
export type GroupCondition = ErrorClass<Error> | readonly ErrorClass<Error>[] | ((error: Error) => boolean);

type ErrorOf<C> = C extends ErrorClass<infer E> ? E : never;

/** The type of the errors that a class, or an array of classes, matches. */
export type Matched<C> = ErrorOf<C extends readonly (infer Each)[] ? Each : C>;

/** A member of a group: an error, or a group of such errors. */
export type Member<E extends Error> = E | BaseExceptionGroup<E>;

/** The two parts of a group: the errors that match, and the rest. */
export type Split<E extends Error, Rest extends Error> = [
  BaseExceptionGroup<E> | undefined,
  BaseExceptionGroup<Rest> | undefined,
];

/**
 * @internal Returns the part of `group` that holds the errors for which `keep` returns true, with their nesting and
 * order.
 */
export let project: (group: BaseExceptionGroup, keep: (error: Error) => boolean) => BaseExceptionGroup | undefined;

/**
 * Several errors thrown as one. Members can be groups too. When all members are ordinary errors (`Exception`), the
 * constructor makes an `ExceptionGroup`.
 *
 * Source: builtins.BaseExceptionGroup, CPython 3.14.
 */
export class BaseExceptionGroup<E extends Error = Error> extends AggregateError {
  static {
    nameErrorClass(this, "BaseExceptionGroup");
    Object.defineProperty(this.prototype, BaseException.mark, { value: true });
    showAsTree(this);
    project = (group, keep) => group.#match(keep);
  }

  /**
   * @param message - describes the errors
   * @param exceptions - the errors, at least one: an array, or another iterable with a `length`. As in Python, a `Set`
   * or a generator is refused
   * @param options - `cause` is the error that led to these
   * @throws TypeError when `message` is no string, `exceptions` is no sequence, this class cannot hold a member, or an
   * option is wrong
   * @throws ValueError when there is no member, or a member is no error
   */
  constructor(message: string, exceptions: readonly Member<E>[], options?: ErrorOptions) {
    const members = checkMembers<E>(message, exceptions);
    const given = readCause(options);
    if (!members.every((member) => member instanceof Exception)) refuseBaseExceptions(new.target);
    else if ((new.target as unknown) === BaseExceptionGroup) return new ExceptionGroup(message, members, given);
    super(members, message, given);
  }

  /**
   * The members, in the order in which they were given: the same array as `errors`.
   *
   * Source: BaseExceptionGroup.exceptions, CPython 3.14.
   */
  get exceptions(): readonly Member<E>[] {
    return this.errors as readonly Member<E>[];
  }

  /**
   * Makes a group with the same message and other members. `subgroup` and `split` call it. A subclass overrides it, so
   * that its parts are of the subclass too.
   *
   * @param exceptions - the members of the part
   * @returns the new group
   *
   * Source: BaseExceptionGroup.derive, CPython 3.14.
   */
  derive<D extends Error>(exceptions: readonly Member<D>[]): BaseExceptionGroup<D> {
    return new BaseExceptionGroup(this.message, exceptions);
  }

  /**
   * Picks the errors that match out of this group.
   *
   * @param condition - a class, an array of classes, or a predicate, which is called with groups too
   * @returns a group of the errors that match, with their nesting; `undefined` when none matches
   * @throws TypeError when `condition` is none of these
   *
   * Source: BaseExceptionGroup.subgroup, CPython 3.14.
   */
  subgroup(condition: (error: Error) => boolean): BaseExceptionGroup | undefined;
  subgroup<const C extends ErrorClass<Error> | readonly ErrorClass<Error>[]>(
    condition: C,
  ): BaseExceptionGroup<Matched<C>> | undefined;
  subgroup(condition: GroupCondition): BaseExceptionGroup | undefined;
  subgroup(condition: unknown): BaseExceptionGroup | undefined {
    return this.#match(toPredicate(condition));
  }

  /**
   * Splits this group into the errors that match and the rest.
   *
   * @param condition - a class, an array of classes, or a predicate, which is called with groups too
   * @returns both parts, with their nesting; `undefined` for an empty part
   * @throws TypeError when `condition` is none of these
   *
   * Source: BaseExceptionGroup.split, CPython 3.14.
   */
  split(condition: (error: Error) => boolean): Split<Error, E>;
  split<const C extends ErrorClass<Error> | readonly ErrorClass<Error>[]>(condition: C): Split<Matched<C>, E>;
  split(condition: GroupCondition): Split<Error, E>;
  split(condition: unknown): Split<Error, E> {
    return this.#split(toPredicate(condition));
  }

  #split<M extends Error>(matches: (error: Error) => boolean): Split<M, E> {
    if (matches(this)) return [this as unknown as BaseExceptionGroup<M>, undefined];
    const matched: Member<M>[] = [];
    const rest: Member<E>[] = [];
    for (const member of this.exceptions) {
      if (member instanceof BaseExceptionGroup) {
        const [matchedPart, restPart] = member.#split<M>(matches);
        if (matchedPart !== undefined) matched.push(matchedPart);
        if (restPart !== undefined) rest.push(restPart);
      } else if (matches(member)) {
        matched.push(member as unknown as M);
      } else {
        rest.push(member);
      }
    }
    return [this.#part(matched), this.#part(rest)];
  }

  /** The first part of `#split`, without making groups of the rest. */
  #match<M extends Error>(matches: (error: Error) => boolean): BaseExceptionGroup<M> | undefined {
    if (matches(this)) return this as unknown as BaseExceptionGroup<M>;
    const matched: Member<M>[] = [];
    for (const member of this.exceptions) {
      if (member instanceof BaseExceptionGroup) {
        const part = member.#match<M>(matches);
        if (part !== undefined) matched.push(part);
      } else if (matches(member)) {
        matched.push(member as unknown as M);
      }
    }
    return this.#part(matched);
  }

  /** Makes a group with other members and the same stack and cause. */
  #part<D extends Error>(members: readonly Member<D>[]): BaseExceptionGroup<D> | undefined {
    if (members.length === 0) return undefined;
    const part: unknown = this.derive(members);
    if (!(part instanceof BaseExceptionGroup)) {
      throw new TypeError("derive must return an instance of BaseExceptionGroup");
    }
    if (this.stack !== undefined) part.stack = this.stack;
    if ("cause" in this) part.cause = this.cause;
    return part as BaseExceptionGroup<D>;
  }

  /**
   * Does what `instanceof` does for every class. It is here for its type: without it, the members of a group would be
   * `any` after `error instanceof ExceptionGroup`.
   */
  static override [Symbol.hasInstance]<G>(this: abstract new (...args: never[]) => G, value: unknown): value is G {
    return Function.prototype[Symbol.hasInstance].call(this, value);
  }

  /** Returns the line that a traceback of CPython's shows: the class's name, the message, and the number of members. */
  override toString(): string {
    const { length } = this.exceptions;
    return `${typeName(this)}: ${this.message} (${length} sub-exception${length === 1 ? "" : "s"})`;
  }
}

/**
 * Several ordinary errors (`Exception`) thrown as one.
 *
 * Source: builtins.ExceptionGroup, CPython 3.14.
 */
export class ExceptionGroup<E extends Error = Error> extends BaseExceptionGroup<E> {
  static {
    nameErrorClass(this, "ExceptionGroup");
    Object.defineProperty(this.prototype, BaseException.mark, { value: false });
  }
}

function checkMembers<E extends Error>(message: unknown, exceptions: unknown): Member<E>[] {
  if (typeof message !== "string") {
    const type = message === undefined ? "None" : nameOfType(message);
    throw new TypeError(`BaseExceptionGroup.__new__() argument 1 must be str, not ${type}`);
  }
  if (!isSequence(exceptions)) throw new TypeError("second argument (exceptions) must be a sequence");
  const members = Array.from(exceptions as readonly Member<E>[]);
  if (members.length === 0) throw new ValueError("second argument (exceptions) must be a non-empty sequence");
  const index = members.findIndex((member) => !(member instanceof BaseException));
  if (index >= 0) throw new ValueError(`Item ${index} of second argument (exceptions) is not an exception`);
  return members;
}

/** Python asks for a sequence. Here that is an iterable with a length. */
function isSequence(value: unknown): value is readonly unknown[] {
  if (typeof value === "string" || Array.isArray(value)) return true;
  if (typeof value !== "object" || value === null) return false;
  const { length, [Symbol.iterator]: iterate } = value as Partial<readonly unknown[]>;
  return typeof length === "number" && typeof iterate === "function";
}

const groupDefaults: ErrorOptions = { cause: undefined };

/** An error has a `cause` only if the options have one, even one that is `undefined`. */
function readCause(options: ErrorOptions | undefined): ErrorOptions | undefined {
  const given = readOptions(options, groupDefaults, "BaseExceptionGroup");
  return options !== undefined && Object.hasOwn(options, "cause") ? given : undefined;
}

/** A group class that is an `Exception` itself can hold only `Exception`s. */
function refuseBaseExceptions(groupClass: { readonly name: string; readonly prototype: object }): void {
  if ((groupClass.prototype as { [BaseException.mark]?: boolean })[BaseException.mark] === true) return;
  const name = (groupClass as unknown) === ExceptionGroup ? "an ExceptionGroup" : `'${groupClass.name}'`;
  throw new TypeError(`Cannot nest BaseExceptions in ${name}`);
}

/** A group can hold only errors. Any other value that was thrown becomes the cause of a `TypeError`. */
export function asMember(thrown: unknown): Error {
  if (thrown instanceof BaseException) return thrown;
  return new TypeError("exceptions must derive from BaseException", { cause: thrown });
}

function toPredicate(condition: unknown): (error: Error) => boolean {
  const classes: unknown[] = Array.isArray(condition) ? condition : [condition];
  if (classes.every(isErrorClass)) return (error) => classes.some((errorClass) => error instanceof errorClass);
  // Any function is a predicate, except a class: a class that is no class of errors can only be a mistake.
  if (typeof condition === "function" && !isClass(condition)) {
    return condition as (error: Error) => boolean;
  }
  throw new TypeError("expected an exception type, a tuple of exception types, or a callable (other than a class)");
}

import { BaseException, Exception, ValueError } from "@yieldstar/loop";
import { isErrorClass, nameErrorClass, nameOfType, readOptions, typeName } from "@yieldstar/loop/internal";
import { showAsTree } from "./render-group.ts";

/** A class of errors, as `instanceof` takes it. */
export type ErrorClass<E extends Error> = abstract new (...args: never[]) => E;

/** What picks errors out of a group: a class, several of them, or a function that is asked about each. */
export type GroupCondition = ErrorClass<Error> | readonly ErrorClass<Error>[] | ((error: Error) => boolean);

type ErrorOf<C> = C extends ErrorClass<infer E> ? E : never;

/** The errors that a class, or several of them, stand for. */
export type Matched<C> = ErrorOf<C extends readonly (infer Each)[] ? Each : C>;

/** What a group holds: errors, and groups of such errors. */
export type Member<E extends Error> = E | BaseExceptionGroup<E>;

/** The two parts of a group: what matched, and the rest. */
export type Split<E extends Error, Rest extends Error> = [
  BaseExceptionGroup<E> | undefined,
  BaseExceptionGroup<Rest> | undefined,
];

/** @internal The part of `group` that holds the errors `keep` says yes to, in its own nesting and order. */
export let project: (group: BaseExceptionGroup, keep: (error: Error) => boolean) => BaseExceptionGroup | undefined;

/**
 * Several errors thrown as one, which may be groups themselves. Made of nothing but ordinary errors it is an
 * `ExceptionGroup`.
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
   * @param message - what the errors have in common
   * @param exceptions - the errors, at least one: an array, or anything else that has a `length` and can be iterated. As in
   * Python a `Set` or a generator is refused
   * @param options - `cause` is what led to them
   * @throws TypeError when `message` is no string, `exceptions` no sequence, a member not allowed in this class, or an
   * option is wrong
   * @throws ValueError when there is no member, or one is no error
   */
  constructor(message: string, exceptions: readonly Member<E>[], options?: ErrorOptions) {
    const members = checkMembers<E>(message, exceptions);
    const given = readCause(options);
    if (!members.every((member) => member instanceof Exception)) refuseBaseExceptions(new.target);
    else if ((new.target as unknown) === BaseExceptionGroup) return new ExceptionGroup(message, members, given);
    super(members, message, given);
  }

  /** The members, in the order they were given: the same array as `errors`. */
  get exceptions(): readonly Member<E>[] {
    return this.errors as readonly Member<E>[];
  }

  /**
   * Makes the group that holds a part of this one. A subclass whose parts are to be of its own class overrides it.
   *
   * @param exceptions - the members of the part
   */
  derive<D extends Error>(exceptions: readonly Member<D>[]): BaseExceptionGroup<D> {
    return new BaseExceptionGroup(this.message, exceptions);
  }

  /**
   * Returns the part of this group that matches, with the nesting kept, or `undefined` if nothing does.
   *
   * @param condition - a class, several of them, or a predicate, which is also asked about groups
   * @throws TypeError when it is none of these
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
   * Returns the part of this group that matches and the part that does not, with the nesting kept; `undefined` stands
   * for a part that would be empty.
   *
   * @param condition - a class, several of them, or a predicate, which is also asked about groups
   * @throws TypeError when it is none of these
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

  /** The first part of `#split`: what does not match is not made into groups. */
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

  /** A group like this one with other members: where it was thrown, and why, are the same. */
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
   * What `instanceof` does in every class. It stands here for its type: otherwise the members of a group that was found by
   * `error instanceof ExceptionGroup` would be `any`.
   */
  static override [Symbol.hasInstance]<G>(this: abstract new (...args: never[]) => G, value: unknown): value is G {
    return Function.prototype[Symbol.hasInstance].call(this, value);
  }

  /** The class's name, the message, and how many members there are. */
  override toString(): string {
    const { length } = this.exceptions;
    return `${typeName(this)}: ${this.message} (${length} sub-exception${length === 1 ? "" : "s"})`;
  }
}

/**
 * Several ordinary errors thrown as one.
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

/** What Python can index is here what has a length, and so an order. */
function isSequence(value: unknown): value is readonly unknown[] {
  if (typeof value === "string" || Array.isArray(value)) return true;
  if (typeof value !== "object" || value === null) return false;
  const { length, [Symbol.iterator]: iterate } = value as Partial<readonly unknown[]>;
  return typeof length === "number" && typeof iterate === "function";
}

const groupDefaults: ErrorOptions = { cause: undefined };

/** An error has a `cause` only where it was given one. */
function readCause(options: ErrorOptions | undefined): ErrorOptions | undefined {
  const given = readOptions(options, groupDefaults, "BaseExceptionGroup");
  return options !== undefined && Object.hasOwn(options, "cause") ? given : undefined;
}

/** Classes that are exceptions themselves can hold nothing else. */
function refuseBaseExceptions(groupClass: { readonly name: string; readonly prototype: object }): void {
  if ((groupClass.prototype as { [BaseException.mark]?: boolean })[BaseException.mark] === true) return;
  const name = (groupClass as unknown) === ExceptionGroup ? "an ExceptionGroup" : `'${groupClass.name}'`;
  throw new TypeError(`Cannot nest BaseExceptions in ${name}`);
}

/** A group can hold nothing but errors: anything else that was thrown becomes the cause of one. */
export function asMember(thrown: unknown): Error {
  if (thrown instanceof BaseException) return thrown;
  return new TypeError("exceptions must derive from BaseException", { cause: thrown });
}

function toPredicate(condition: unknown): (error: Error) => boolean {
  const classes: unknown[] = Array.isArray(condition) ? condition : [condition];
  if (classes.every(isErrorClass)) return (error) => classes.some((errorClass) => error instanceof errorClass);
  // An arrow function is asked; a class that is not one of errors can only be a mistake.
  if (typeof condition === "function" && !/^class\b/.test(Function.prototype.toString.call(condition))) {
    return condition as (error: Error) => boolean;
  }
  throw new TypeError("expected an exception type, a tuple of exception types, or a callable (other than a class)");
}

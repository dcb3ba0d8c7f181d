import { isDebugging, isDebugRequested } from "../debug/debug-mode.ts";
import { noteUnawaited } from "../debug/awaited-once.ts";
import { markGenerators } from "../text/names.ts";
import { repr, showValue, withHint } from "../text/repr.ts";
import { noteMark } from "./frame.ts";
import { markedProperties } from "./generator-frame.ts";
import { ownPrototype } from "./start-body.ts";

type GeneratorFunctionLike = (...args: never[]) => Generator<unknown, unknown, unknown>;

/** What a decorator of a method or a class is called with. */
interface DecoratorContext {
  readonly kind: string;
}

/**
 * Marks a generator function, so that a task resumes its calls directly, however deep they are in a chain of `yield*`: the
 * time that a resume takes does not depend on the depth. Nothing changes where the function is called. Marked and unmarked
 * functions mix freely, and behave alike; reports know the names of marked ones.
 *
 * ```ts
 * const worker = coroutine(function* worker(queue: Queue<string>): Coroutine<number> { … });
 *
 * class Server {
 *   @coroutine *handle(request: Request): Coroutine<Response> { … }
 * }
 *
 * coroutine(Server); // all methods of a class, or of an object, that are generator functions
 * ```
 *
 * @param target - a generator function, a class, or an object whose methods are marked
 * @returns `target`
 * @throws TypeError when `target` is neither, has no generator function, or is frozen
 *
 * An awaitable written by hand that calls `next` of a marked coroutine is called at each resume, as without the mark. One
 * that calls `next` of an unmarked coroutine, or of the iterator of a marked one, and hands on its steps unchanged, is not
 * called at each resume of a marked coroutine inside that.
 */
export function coroutine<F extends GeneratorFunctionLike>(target: F, context?: DecoratorContext): F;
export function coroutine<T extends object>(target: T, context?: DecoratorContext): T;
export function coroutine(target: object): object {
  const marked = markOwn(target);
  noteMark();
  return marked;
}

/** Marks functions of the library itself: what `coroutine` does, but it does not count as a mark of the program. */
export function markOwn<T extends object>(target: T): T;
export function markOwn(target: object): object {
  if (isGeneratorFunction(target)) return markOne(target);
  if (isClass(target)) markAll(target, [target, target.prototype]);
  else if (typeof target === "object" && target !== null) markAll(target, [target]);
  else refuse(target);
  return target;
}

type MarkableFunction = ((...args: unknown[]) => unknown) & { readonly prototype: object };

function isGeneratorFunction(value: unknown): value is MarkableFunction {
  // A bound one has no prototype of its own, and would lead to that of all generators.
  return typeof value === "function" && Object.hasOwn(value, "prototype") && tagOf(value) === "GeneratorFunction";
}

function isClass(value: unknown): value is { readonly prototype: object } {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}

/** In debug mode it is wrapped, to know when a call makes a coroutine. */
function markOne(target: MarkableFunction): object {
  mark(target);
  if (!isDebugging && !isDebugRequested()) return target;
  return new Proxy(target, {
    apply(called, self, args: unknown[]) {
      const made = Reflect.apply(called, self, args) as object;
      noteUnawaited(made, called);
      return made;
    },
  });
}

function mark(target: MarkableFunction): void {
  const prototype = ownPrototype(target);
  if (Object.hasOwn(prototype, Symbol.iterator)) return;
  try {
    markGenerators(target);
    Object.defineProperties(prototype, markedProperties);
  } catch {
    throw new TypeError(`coroutine() cannot mark ${repr(target)}: its prototype is frozen`);
  }
}

function markAll(target: object, holders: readonly object[]): void {
  const methods = holders
    .flatMap((holder) => Object.values(Object.getOwnPropertyDescriptors(holder)))
    .map(({ value }) => value as unknown)
    .filter(isGeneratorFunction);
  if (methods.length === 0) refuse(target);
  for (const method of methods) mark(method);
}

function refuse(target: unknown): never {
  const text = `coroutine() expects a generator function, got ${showValue(target)}`;
  const hint = typeof target === "function" ? hints[tagOf(target)] : undefined;
  throw new TypeError(hint === undefined ? text : withHint(text, hint));
}

const hints: Readonly<Record<string, string>> = {
  Function: "write function* with a star",
  AsyncFunction: "write function* with a star",
  AsyncGeneratorFunction: "use asyncGenerator",
  GeneratorFunction: "mark it before bind()",
};

function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

import { noteAwait } from "../debug/awaited-once.ts";
import { isDebugging } from "../debug/debug-mode.ts";
import { type Coroutine, iscoroutine } from "./coroutine.ts";
import { markedProperties } from "./generator-frame.ts";
import { NativeGenerator } from "./native-generator.ts";
import { requireFree } from "./take-coroutine.ts";

type Body<V, R> = (value: V) => Coroutine<R>;

/** What `instanceof` matches generator functions with. */
const GeneratorFunction = function () {} as unknown as new () => GeneratorFunctionLike;
GeneratorFunction.prototype = Object.getPrototypeOf(function* () {}) as GeneratorFunctionLike;

interface GeneratorFunctionLike {
  prototype: object;
  [preparedKey]?: boolean;
}

/** A generator function has a property of this name when its prototype is to stay as it is. */
const preparedKey: unique symbol = Symbol("yieldstar.prepared");

const generatorPrototype = NativeGenerator.prototype as object;

/** The prototype that all bodies share. Their generators are those of a marked function without a name. */
const bodyPrototype = Object.create(generatorPrototype, markedProperties) as object;

/**
 * Has a function that a program writes in place, and calls once, make generators of the shared prototype. V8 would make
 * a prototype for it at its first call, which takes several times as long as the call.
 */
export function prepareBody(body: unknown): void {
  if (isGeneratorFunction(body) && body[preparedKey] !== true) prepare(body);
}

function isGeneratorFunction<T>(value: T): value is T & GeneratorFunctionLike {
  return value instanceof GeneratorFunction;
}

function prepare(body: GeneratorFunctionLike): void {
  try {
    // A bound function has no prototype.
    if (Object.hasOwn(body, "prototype")) body.prototype = bodyPrototype;
    body[preparedKey] = true;
  } catch {
    // It is frozen.
  }
}

/**
 * Notes in debug mode that `coroutine` is awaited, for objects that resume it without asking for its iterator.
 *
 * @throws RuntimeError, in debug mode, when it was awaited before
 */
export function noteDriven(coroutine: object): void {
  if (isDebugging) noteAwait(coroutine);
}

/** Returns the prototype of `target`, which is about to be marked: it gets one of its own, and keeps it. */
export function ownPrototype(target: GeneratorFunctionLike): object {
  // A frozen function keeps the prototype of bodies, which marks it as well, without its name.
  if (target.prototype === bodyPrototype) Reflect.set(target, "prototype", Object.create(generatorPrototype));
  Reflect.defineProperty(target, preparedKey, { value: true });
  return target.prototype;
}

/**
 * Calls the body of a block, which resumes the body's coroutine from now on.
 *
 * @param explain - makes the text of the error for a body that makes no coroutine
 * @returns the coroutine that `yield*` would resume
 * @throws RuntimeError when a task has the coroutine, or had it; in debug mode also when it was awaited before
 */
export function startBody<V, R>(body: Body<V, R>, value: V, explain: (got: unknown) => string): Coroutine<R> {
  const coroutine = callBody(body, value, explain);
  noteDriven(coroutine);
  return coroutine;
}

/** Does what `startBody` does, for a caller that leaves it to others to await the coroutine. */
export function callBody<V, R>(body: Body<V, R>, value: V, explain: (got: unknown) => string): Coroutine<R> {
  if (!isGeneratorFunction(body)) return takeBody(body(value), explain);
  if (body[preparedKey] !== true) prepare(body);
  const coroutine = body(value);
  return coroutine instanceof NativeGenerator ? coroutine : takeBody(coroutine, explain);
}

/** Other functions may return any value, such as a coroutine that was made before. */
function takeBody<R>(coroutine: Coroutine<R>, explain: (got: unknown) => string): Coroutine<R> {
  if (!iscoroutine(coroutine)) throw new TypeError(explain(coroutine));
  // As a `boolean` it does not narrow `coroutine`, which is of a generator's type on both sides.
  const isNative: boolean = coroutine instanceof NativeGenerator;
  if (!isNative) return coroutine[Symbol.iterator]();
  requireFree(coroutine);
  return coroutine;
}

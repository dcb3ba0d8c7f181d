import { isDebugging, isDebugRequested } from "../debug/debug-mode.ts";
import { noteUnawaited } from "../debug/awaited-once.ts";
import { nameGenerators } from "../text/names.ts";
import { repr } from "../text/repr.ts";
import { isClass } from "../values/is-class.ts";
import { noteProgramMark } from "./frame.ts";
import { markedProperties } from "./generator-frame.ts";
import { generatorMethods, isMarkable, type MarkableFunction } from "./markable.ts";
import { holdsMethods, refuseMark, refuseTarget } from "./refuse-mark.ts";
import { ownPrototype } from "./start-body.ts";

type GeneratorFunctionLike = (...args: never) => Generator<unknown, unknown, unknown>;

type Class = abstract new (...args: never) => object;

/** Values whose methods `coroutine` does not mark. A class is none of these types. */
type NoHolder = ((...args: never) => unknown) | readonly unknown[] | Generator<unknown, unknown>;

/** What a decorator of a method or a class is called with. */
interface DecoratorContext {
  readonly kind: string;
}

/**
 * Marks a generator function, so that a task resumes its calls directly, however deep they are in a chain of `yield*`:
 * the time that a resume takes hardly depends on the depth. Nothing changes where the function is called. Marked and
 * unmarked functions mix freely, and behave alike. Reports know the names of marked ones.
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
 * @param target - a generator function; or a class or an object, whose own methods are marked. Those of a class are its
 * static methods and its objects' methods. Inherited methods, `#private` ones and those under a symbol are left out
 * @returns `target`; if debug mode is on when it marks a function, a Proxy of the function, which sees each call
 * @throws TypeError when `target` is neither a generator function, nor a class or an object with generator methods of
 * its own; when the `prototype` of a function to mark is frozen or is `null`; and when a compiler uses it as an
 * `experimentalDecorators` decorator
 *
 * An awaitable may drive a coroutine `inner` by hand, for example to count the resumes. If `inner` is marked and the
 * awaitable calls `inner.next()`, it sees each resume, as without the mark. If `inner` is unmarked, or the awaitable
 * calls `inner[Symbol.iterator]().next()`, and it passes the steps on unchanged, the task resumes a marked coroutine
 * inside `inner` directly. The awaitable is then called when that coroutine has ended.
 */
export function coroutine<F extends GeneratorFunctionLike>(target: F, context?: DecoratorContext): F;
export function coroutine<C extends Class>(target: C, context?: DecoratorContext): C;
export function coroutine<T extends object>(target: T extends NoHolder ? GeneratorFunctionLike : T): T;
export function coroutine(target: object, context?: unknown): object {
  if (typeof context === "string" || typeof context === "symbol") {
    // The older decorators pass the prototype of the class, and the name of the method.
    refuseMark(String(context), "it is a standard decorator", "turn experimentalDecorators off");
  }
  const marked = markForLibrary(target);
  noteProgramMark();
  return marked;
}

/** Marks functions of the library itself: what `coroutine` does, but it does not count as a mark of the program. */
export function markForLibrary<T extends object>(target: T): T;
export function markForLibrary(target: object): object {
  if (isMarkable(target)) return markFunction(target);
  if (isClass(target)) markMethods(target, [target, target.prototype]);
  else if (holdsMethods(target)) markMethods(target, [target]);
  else refuseTarget(target);
  return target;
}

/** The Proxies of functions, by the function and by itself: a function that is marked twice has one. */
const proxies = new WeakMap<object, object>();

/** In debug mode it returns a Proxy, which sees each coroutine that a call makes. */
function markFunction(target: MarkableFunction): object {
  markGenerators(target);
  return isDebugging || isDebugRequested() ? (proxies.get(target) ?? wrap(target)) : target;
}

function wrap(target: MarkableFunction): object {
  const proxy = new Proxy(target, {
    apply(called, self, args: unknown[]) {
      const made = Reflect.apply(called, self, args) as object;
      noteUnawaited(made, called);
      return made;
    },
  });
  proxies.set(target, proxy).set(proxy, proxy);
  return proxy;
}

/** Gives the generators of `target` their function and an iterator of ours. */
function markGenerators(target: MarkableFunction): void {
  const prototype: object | null = ownPrototype(target);
  if (prototype !== null && Object.hasOwn(prototype, Symbol.iterator)) return;
  if (!Object.isExtensible(prototype))
    refuseMark(repr(target), `its prototype is ${prototype === null ? "null" : "frozen"}`);
  nameGenerators(target);
  Object.defineProperties(prototype, markedProperties);
}

function markMethods(target: object, holders: readonly object[]): void {
  let hasMethods = false;
  for (const holder of holders) {
    for (const [name, method] of generatorMethods(holder)) {
      hasMethods = true;
      const marked = markFunction(method);
      // It stays as it is in a frozen object, where debug mode sees no calls.
      if (marked !== method) Reflect.defineProperty(holder, name, { value: marked });
    }
  }
  if (!hasMethods) refuseTarget(target);
}

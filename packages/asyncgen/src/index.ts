export { asyncContextManager } from "./async-context-manager.ts";
export { AsyncExitStack } from "./async-exit-stack.ts";
export { aiter, anext, asyncFor } from "./async-for.ts";
export { BREAK } from "./loop-block.ts";
export { AsyncGenerator, asyncGenerator } from "./async-generator.ts";
export { events } from "./events.ts";
export { aclosing, nullcontext, suppress } from "./managers.ts";
export { once } from "./once.ts";
export { toAsyncIterable } from "./to-async-iterable.ts";

export type { NamedEvent, OnceOptions } from "./once.ts";
export type { Break } from "./loop-block.ts";
export type { AsyncIterable, AsyncIterator, ClosingIterator } from "./async-iterator.ts";
export type { BodyYield, Emit, EmittedBy, Emitting } from "./emit.ts";
export type { EventEmitterLike, EventOf, EventTargetLike } from "./event-source.ts";
export type { EventsOptions } from "./events.ts";
export type { NativeAsyncIterable, NativeAsyncIterator } from "./native-source.ts";

export { asyncContextManager } from "./async-context-manager.ts";
export { AsyncExitStack } from "./async-exit-stack.ts";
export { aiter, anext, asyncFor, BREAK } from "./async-for.ts";
export { AsyncGenerator, asyncGenerator } from "./async-generator.ts";
export { aclosing, nullcontext, suppress } from "./managers.ts";

export type { AsyncIterable, AsyncIterator } from "./async-for.ts";
export type { BodyYield, Emit, EmittedBy, Emitting } from "./emit.ts";

export { LivelockError } from "./livelock-error.ts";
export { runVirtual } from "./run-virtual.ts";
export { VirtualTimeLoop } from "./virtual-time-loop.ts";

export type { RunVirtualOptions } from "./run-virtual.ts";
export type { VirtualTimeLoopOptions } from "./virtual-time-loop.ts";

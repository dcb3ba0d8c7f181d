import type { Host } from "./host.ts";
import { BrowserHost } from "./browser-host.ts";
import { NodeHost } from "./node-host.ts";

/** Makes the host of a loop that was not given one: the one that suits what is there. */
export function defaultHost(): Host {
  return isLikeNode() ? new NodeHost() : new BrowserHost();
}

/** Bundlers give pages a `process` too, and libraries a `setImmediate`; but none claims to be a version of Node. */
function isLikeNode(): boolean {
  const { process, setImmediate } = globalThis as Partial<typeof globalThis>;
  return typeof setImmediate === "function" && typeof process?.versions?.node === "string";
}

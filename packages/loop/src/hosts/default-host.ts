import type { Host } from "./host.ts";
import { BrowserHost } from "./browser-host.ts";
import { NodeHost } from "./node-host.ts";

/** Makes the host for a loop that was not given one: a `NodeHost` where it works, a `BrowserHost` elsewhere. */
export function defaultHost(): Host {
  return isLikeNode() ? new NodeHost() : new BrowserHost();
}

/** Tells by Node's version: a bundler may give a page a `process`, and a library may give it a `setImmediate`. */
function isLikeNode(): boolean {
  const { process, setImmediate } = globalThis as Partial<typeof globalThis>;
  return typeof setImmediate === "function" && typeof process?.versions?.node === "string";
}

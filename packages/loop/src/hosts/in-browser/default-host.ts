import type { Host } from "../host.ts";
import { BrowserHost } from "../browser-host.ts";

/** Makes the host of a loop that was not given one. What is bundled for browsers has this in place of `default-host.ts`. */
export function defaultHost(): Host {
  return new BrowserHost();
}

import type { Host } from "../host.ts";
import { BrowserHost } from "../browser-host.ts";

/** Makes the host for a loop that was not given one. In a bundle for browsers it replaces `../default-host.ts`. */
export function defaultHost(): Host {
  return new BrowserHost();
}

import type { Host } from "../host.ts";
import { NodeHost } from "./node-host.ts";

/** Makes the host of a loop that was not given one. */
export function defaultHost(): Host {
  return new NodeHost();
}

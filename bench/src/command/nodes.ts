/** The Nodes that `--node` knows: packages of .ci/runtimes. */

import { join } from "node:path";
import { findNode } from "../../../.ci/nodes.mjs";
import type { NodeBinary } from "../shared/node-binary.ts";
import { UsageError } from "./arguments.ts";

/**
 * Returns the Nodes of these major versions, or the current one.
 *
 * @throws {UsageError} if one of them does not run on this machine.
 */
export function findNodes(majors: readonly string[] | undefined): NodeBinary[] {
  if (majors === undefined) return [{ command: process.execPath, version: process.versions.node }];
  return majors.map((major) => {
    const found = findNode(major);
    if (found === undefined) {
      throw new UsageError(
        `Node ${major} does not run here. Its package, node-${major} of .ci/runtimes, has no binary.`,
      );
    }
    return { command: join(found.folder, "node"), version: found.version };
  });
}

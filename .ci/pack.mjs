// Packs each public package as it would be published.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pnpm } from "./setup.mjs";

/** Returns the tarballs, each by its file's name. */
export function packAll() {
  const folder = mkdtempSync(join(tmpdir(), "yieldstar-pack-"));
  try {
    const packages = ["--recursive", "--filter", "./packages/*", "--filter", "!@yieldstar/conformance"];
    execFileSync("npx", [...pnpm, ...packages, "pack", "--pack-destination", folder], {
      shell: process.platform === "win32",
      stdio: ["ignore", "ignore", "inherit"],
    });
    return new Map(readdirSync(folder).map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

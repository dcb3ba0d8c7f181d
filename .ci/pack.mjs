// Packs each public package as it would be published.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createPackageFromTarballData } from "@arethetypeswrong/core";
import { pnpm } from "./setup.mjs";

/** Returns the tarballs, each with its file name. */
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

/** Packs the packages, and unpacks them into the `node_modules` of a folder, with all their dependencies. */
export function unpackAll(folder) {
  for (const tarball of packAll().values()) {
    const unpacked = createPackageFromTarballData(tarball);
    for (const name of unpacked.listFiles()) {
      const file = join(folder, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, unpacked.readFile(name));
    }
  }
  const tslib = fileURLToPath(new URL("../packages/loop/node_modules/tslib", import.meta.url));
  cpSync(tslib, join(folder, "node_modules/tslib"), { dereference: true, recursive: true });
}

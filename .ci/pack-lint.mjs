// Packs each public package as it would be published, and lints the tarballs: do its exports and its types resolve?

import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { pnpm } from "./setup.mjs";

const folder = mkdtempSync(join(tmpdir(), "yieldstar-pack-"));
try {
  pack();
  for (const tarball of readdirSync(folder)) {
    for (const problem of await lint(new Uint8Array(readFileSync(join(folder, tarball))))) {
      console.error(`${tarball}: ${problem}`);
      process.exitCode = 1;
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}

function pack() {
  const packages = ["--recursive", "--filter", "./packages/*", "--filter", "!@yieldstar/conformance"];
  execFileSync("npx", [...pnpm, ...packages, "pack", "--pack-destination", folder], {
    shell: process.platform === "win32",
    stdio: ["ignore", "ignore", "inherit"],
  });
}

async function lint(tarball) {
  const { messages, pkg } = await publint({ pack: { tarball: tarball.buffer }, strict: true, level: "warning" });
  const { types, problems = [] } = await checkPackage(createPackageFromTarballData(tarball));
  return [
    ...messages.map((message) => formatMessage(message, pkg)),
    ...(types ? [] : ["it holds no types"]),
    // We publish ES modules only: that `require` and resolvers from before `exports` fail is meant so.
    ...problems
      .filter((problem) => !["node10", "node16-cjs"].includes(problem.resolutionKind))
      .map((problem) => JSON.stringify(problem)),
  ];
}

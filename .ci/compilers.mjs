// Compiles a program that uses the packages' emitted types with every compiler we support.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const consumer = fileURLToPath(new URL("consumer", import.meta.url));

for (const compiler of ["typescript-5.9", "typescript-6.0", "typescript"]) {
  const tsc = fileURLToPath(new URL(`../node_modules/${compiler}/bin/tsc`, import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [tsc, "--project", consumer], { encoding: "utf8" });
  if (status === 0) continue;
  console.error(`${compiler}:\n${stdout}`);
  process.exitCode = 1;
}

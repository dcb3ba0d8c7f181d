// Compiles programs that use the packages' emitted types with every compiler we support, with Node's types and with
// those of a page.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const toPath = (name) => fileURLToPath(new URL(name, import.meta.url));

for (const compiler of ["typescript-5.9", "typescript-6.0", "typescript"]) {
  const tsc = toPath(`../node_modules/${compiler}/bin/tsc`);
  for (const project of ["tsconfig.json", "tsconfig.web.json"]) {
    const args = [tsc, "--project", toPath(`consumer/${project}`)];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
    if (status === 0) continue;
    console.error(`${compiler}, ${project}:\n${stdout}`);
    process.exitCode = 1;
  }
}

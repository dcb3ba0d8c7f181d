// Writes the version that @yieldstar/loop has in its manifest into its code. `npm run version`, with which a release
// begins, runs this after Changesets has raised the versions.

import { readFileSync, writeFileSync } from "node:fs";

const loop = new URL("../packages/loop/", import.meta.url);
const { version } = JSON.parse(readFileSync(new URL("package.json", loop), "utf8"));
const code = `/** The version of this package, as its manifest has it. */\nexport const version = "${version}";\n`;
writeFileSync(new URL("src/copies/version.ts", loop), code);

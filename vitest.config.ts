import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { markAll, markedQuery } from "./packages/conformance/src/mark-all.ts";

const packages = fileURLToPath(new URL("packages", import.meta.url));

const distOfEachPackage = [
  { find: /^@yieldstar\/(\w+)$/, replacement: `${packages}/$1/dist/index.js` },
  { find: /^@yieldstar\/(\w+)\/internal$/, replacement: `${packages}/$1/dist/internal.js` },
  { find: /^yieldstar$/, replacement: `${packages}/yieldstar/dist/index.js` },
];

/** Loads the examples a second time, with their functions marked. */
const marking = {
  name: "mark-generator-functions",
  enforce: "pre",
  transform: (source: string, id: string) => (id.endsWith(markedQuery) ? markAll(source) : undefined),
} as const;

/** With `--mode dist` the packages' own tests run on the output of `tsc --build`, instead of on the sources. */
export default defineConfig(({ mode }) => ({
  resolve: { alias: mode === "dist" ? distOfEachPackage : [] },
  plugins: [marking],
  test: {
    include: ["packages/*/test/**/*.test.ts", "bench/test/**/*.test.ts", "examples/*/*/*.test.ts"],
    exclude: mode === "dist" ? ["packages/conformance/**", "bench/**", "examples/**"] : [],
    setupFiles: [".ci/vitest/quiet.ts"],
    // The first program of a file may have to wait for CPython to start, which takes long on a loaded machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["default", ".ci/vitest/count-reporter.ts"],
  },
}));

/**
 * The TypeScript examples in the READMEs, which a test compiles and runs.
 *
 * @module
 */

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** One code block of a README. */
export interface ReadmeExample {
  /** The package, and the position of the block in its README, as in `loop-1`. */
  readonly name: string;
  readonly code: string;
  /** The text block behind the code, which has the output of the program. A program without one is only compiled. */
  readonly output: string | undefined;
}

const root = new URL("../../../", import.meta.url);
/** Inside this package, so that the examples find the packages; `dist` is not under version control. */
const folder = new URL("../dist/readmes/", import.meta.url);

const block = /^```ts\n(?<code>.*?)^```\n(?:\n```text\n(?<output>.*?)^```\n)?/gms;

/** Returns the examples of the project's README and of each package's. */
export function readmeExamples(): ReadmeExample[] {
  const packages = readdirSync(new URL("packages/", root)).map((name) => [name, `packages/${name}/README.md`] as const);
  return [["project", "README.md"] as const, ...packages].flatMap(([name, path]) =>
    Array.from(readFileSync(new URL(path, root), "utf8").matchAll(block), ({ groups }, index) => ({
      name: `${name}-${index + 1}`,
      code: groups?.["code"] ?? "",
      output: groups?.["output"],
    })),
  );
}

/** Returns where the program of an example is, once `writeExamples` has written it. */
export function programOf({ name }: ReadmeExample): URL {
  return new URL(`${name}.ts`, folder);
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(name, root));
}

/** Writes a program for each example, and returns a function that removes them. */
export function writeExamples(examples: readonly ReadmeExample[]): () => void {
  mkdirSync(folder, { recursive: true });
  for (const example of examples) writeFileSync(programOf(example), example.code);
  return () => {
    rmSync(folder, { recursive: true });
  };
}

/** Compiles the programs that `writeExamples` has written, and returns the messages of the compiler. */
export function compileExamples(): string {
  const config = {
    extends: pathOf("tsconfig.tests.json"),
    include: ["*.ts"],
    compilerOptions: {
      incremental: false,
      noUnusedLocals: false,
      // Only the package `yieldstar` depends on it, for its tests.
      paths: {
        "@opentelemetry/api": [pathOf("packages/yieldstar/node_modules/@opentelemetry/api/build/src/index.d.ts")],
      },
      rootDir: pathOf("."),
      tsBuildInfoFile: null,
    },
  };
  writeFileSync(new URL("tsconfig.json", folder), JSON.stringify(config));
  const compiler = pathOf("node_modules/.bin/tsc");
  const { stdout, stderr } = spawnSync(compiler, ["--project", fileURLToPath(folder)], { encoding: "utf8" });
  return stderr + stdout;
}

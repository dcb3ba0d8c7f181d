/**
 * Copies of our packages with a fault in them.
 *
 * @module
 */

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript-5.9";
import type { Library } from "../../src/fuzz/library.ts";
import type { Marking } from "../../src/fuzz/marks.ts";

/** A fault: a piece of a file, and the text that replaces it. */
export interface Fault {
  readonly name: string;
  /** `package/file`, without the extension. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** How the programs are marked that have to find it: they are not by default. */
  readonly marking?: Marking;
}

const packages = new URL("../../../", import.meta.url);
// In node_modules, so that Node loads the copies, and not vitest.
const copies = new URL(`../../node_modules/.cache/faults-${process.pid}/`, import.meta.url);
const names = ["asyncgen", "loop", "sync", "taskgroup", "testing", "timeout", "yieldstar"];

/** The sources, by `package/file`. */
const sources: ReadonlyMap<string, string> = new Map(
  names.flatMap((name) => {
    const folder = new URL(`${name}/src/`, packages);
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => [`${name}/${file.replace(/\.ts$/, "")}`, readFileSync(new URL(file, folder), "utf8")] as const);
  }),
);

const translated = new Map<string, string>();

/** The JavaScript of a module, whose imports of our packages lead to the copies beside it. */
function translate(file: string, source: string): string {
  const known = translated.get(source);
  if (known !== undefined) return known;
  const up = "../".repeat(file.split("/").length - 1);
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true },
  });
  const text = outputText
    .replaceAll(
      /(from\s+|import\s+)"@yieldstar\/(\w+)(?:\/(\w+))?"/g,
      (_, head: string, name: string, entry = "index") => `${head}"${up}${name}/${entry}.js"`,
    )
    .replaceAll(/(from\s+|import\s+)"(\.[^"]*)\.ts"/g, (_, head: string, path: string) => `${head}"${path}.js"`);
  translated.set(source, text);
  return text;
}

/** Loads a copy of the packages with the fault in it. */
export async function loadWith(fault: Fault): Promise<Library> {
  const folder = new URL(`${fault.name.replaceAll(/\W+/g, "-")}/`, copies);
  for (const [file, source] of sources) {
    const target = new URL(`${file}.js`, folder);
    mkdirSync(dirname(target.pathname), { recursive: true });
    writeFileSync(target, translate(file, file === fault.file ? withFault(source, fault) : source));
  }
  writeFileSync(new URL("package.json", folder), '{ "type": "module" }');
  const load = (name: string): Promise<unknown> =>
    import(/* @vite-ignore */ pathToFileURL(new URL(`${name}/index.js`, folder).pathname).href);
  const [umbrella, testing] = (await Promise.all([load("yieldstar"), load("testing")])) as [Library, Library];
  return { ...umbrella, runVirtual: testing.runVirtual };
}

function withFault(source: string, { name, from, to }: Fault): string {
  if (source.split(from).length !== 2) throw new Error(`${name}: its place is not in the source, or more than once`);
  return source.replace(from, () => to);
}

/** Deletes the copies. */
export function discardCopies(): void {
  rmSync(copies, { recursive: true, force: true });
}

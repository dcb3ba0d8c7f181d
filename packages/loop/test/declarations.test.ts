import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const packages = fileURLToPath(new URL("../..", import.meta.url));

function sourcesOf(name: string): string[] {
  const folder = join(packages, name, "src");
  return readdirSync(folder, { encoding: "utf8", recursive: true })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(folder, file));
}

function withoutCommentsAndTexts(code: string): string {
  return code.replaceAll(/\/\*.*?\*\/|\/\/[^\n]*|"[^"\n]*"|`[^`]*`/gs, "");
}

// With `isolatedDeclarations` an exported type is written in its declaration: none is inferred as `any`.
it("no declaration contains any", () => {
  const files = readdirSync(packages)
    .filter((name) => name !== "conformance" && existsSync(join(packages, name, "src")))
    .flatMap(sourcesOf);
  const saysAny = (file: string): boolean => /(?<!\.)\bany\b/.test(withoutCommentsAndTexts(readFileSync(file, "utf8")));
  expect(files.length).toBeGreaterThan(20);
  expect(files.filter(saysAny)).toEqual([]);
});

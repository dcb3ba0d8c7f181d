/** Measures one system's fairness in a page of headless Chromium. */

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import type { Sufferings } from "./probe.ts";
import type { FairnessJob } from "./worker.ts";

/** CHROMIUM is its path; otherwise we look where Debian's package `chromium`, and others, put it. */
export function findChromium(): string | undefined {
  const places = [process.env["CHROMIUM"], "/usr/bin/chromium", "/usr/bin/google-chrome"];
  return places.find((path) => path !== undefined && existsSync(path));
}

const libraries = {
  ours: `export * from "yieldstar"`,
  native: `export {}`,
  effect: `export { Effect } from "effect"`,
  effection: `export * from "effection"`,
  "redux-saga": `export * from "redux-saga"; import * as effects from "redux-saga/effects"; export { effects }`,
} as const;

/** The systems that run in a page. */
export const pageSystems: readonly string[] = Object.keys(libraries);

/** The page's clock is finest when no other origin shares its process. */
const headers = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
const origin = "http://localhost";

/**
 * Measures in a fresh browser.
 *
 * @param library the URL of our built umbrella package.
 * @param compiled the folder of this folder's compiled files.
 */
export async function measureInPage(job: FairnessJob, library: string, compiled: string): Promise<Sufferings> {
  const script = await bundle(job, library, compiled);
  const browser = await chromium.launch({ executablePath: findChromium() ?? "", args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    const errors: unknown[] = [];
    page.on("pageerror", (error) => errors.push(error));
    await page.route(`${origin}/**`, async (route) => {
      const { pathname } = new URL(route.request().url());
      const answer = { headers, contentType: pathname.endsWith(".js") ? "text/javascript" : "text/html" };
      if (pathname === "/echo.js") await route.fulfill({ ...answer, body: "onmessage = () => postMessage(0);" });
      else if (pathname === "/page.js") await route.fulfill({ ...answer, body: script });
      else await route.fulfill({ ...answer, body: `<!doctype html><script type="module" src="/page.js"></script>` });
    });
    await page.goto(origin);
    await page.waitForFunction("globalThis.sufferings !== undefined");
    const sufferings = await page.evaluate<Sufferings>("globalThis.sufferings");
    if (errors.length > 0) throw new Error(String(errors[0]));
    return sufferings;
  } finally {
    await browser.close();
  }
}

async function bundle({ system, tasks, duration }: FairnessJob, library: string, compiled: string): Promise<string> {
  const spin = system === "idle" ? "idle" : `spinnerOf("${system}", library, () => scheduler.yield())`;
  const contents = `
    import { idle, spinnerOf } from "./spinners.js";
    import { measureSufferings } from "./probe.js";
    import * as library from "library";

    const worker = new Worker("/echo.js");
    const roundTrip = (onAnswer) => {
      worker.onmessage = () => onAnswer();
      worker.postMessage(0);
    };
    globalThis.sufferings = new Promise((resolve) => roundTrip(resolve)).then(() =>
      measureSufferings(${spin}, ${tasks}, roundTrip, ${duration}));
  `;
  const source = libraries[system as keyof typeof libraries] ?? libraries.native;
  const bench = fileURLToPath(new URL("../..", import.meta.url));
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: compiled },
    bundle: true,
    define: { "process.env.NODE_ENV": '"production"' },
    external: ["node:*"],
    format: "esm",
    logLevel: "silent",
    plugins: [
      {
        name: "library",
        setup(esbuild) {
          esbuild.onResolve({ filter: /^library$/ }, () => ({ path: "library", namespace: "library" }));
          esbuild.onResolve({ filter: /^yieldstar$/ }, () => ({ path: fileURLToPath(library) }));
          esbuild.onLoad({ filter: /./, namespace: "library" }, () => ({ contents: source, resolveDir: bench }));
        },
      },
    ],
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

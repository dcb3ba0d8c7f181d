import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumIs, lacksChromium, launchChromium } from "../../../.ci/vitest/chromium.ts";
import { bundle } from "./program.ts";

const program = new URL("./programs/in-browser.ts", import.meta.url);
const lostProgram = new URL("./programs/lost-in-browser.ts", import.meta.url);
const origin = "http://yieldstar.test";

describe.skipIf(lacksChromium)(`in Chromium, ${chromiumIs},`, () => {
  let browser: Browser;
  let script: string;

  beforeAll(async () => {
    script = await bundle(program, "browser");
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
  });

  /** The answer of the program: as the script of a page, or as a worker. */
  async function ask(path: string): Promise<unknown> {
    const context = await browser.newContext();
    await context.route(`${origin}/**`, async (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname === "/program.js") await route.fulfill({ contentType: "text/javascript", path: script });
      else if (pathname === "/answer") await route.fulfill({ body: "answer" });
      else if (pathname !== "/never") await route.fulfill({ contentType: "text/html", body: page });
    });
    const tab = await context.newPage();
    const errors: unknown[] = [];
    tab.on("pageerror", (error) => errors.push(error));
    tab.on("console", (message) => errors.push(message.text()));
    await tab.goto(origin + path);
    await tab.waitForFunction("globalThis.answer !== undefined");
    const answer = await tab.evaluate("globalThis.answer");
    await context.close();
    expect(errors).toEqual([]);
    return answer;
  }

  const page = `<!doctype html><script type="module" src="/program.js"></script>`;

  it.each([
    ["a page", "/"],
    ["a worker", "/?worker"],
  ])("a loop in %s keeps time, shares its host, is woken at once, and has no signals", async (_name, path) => {
    const answer = await ask(path);
    expect(answer).toEqual({
      order: ["a1", "a2", "b", "c"],
      isNeverEarly: true,
      sleepsBriefly: true,
      served: ["message", "request", "timer"],
      iterations: expect.any(Number) as number,
      iterationsOfNoBudget: expect.any(Number) as number,
      woken: ["woken 0", "woken 1", "woken 2", "no short timer"],
      waitsForLong: true,
      signals: "RuntimeError: this host has no signals",
      aborted: true,
    });
    const { iterations, iterationsOfNoBudget } = answer as { iterations: number; iterationsOfNoBudget: number };
    expect(iterations).toBeGreaterThan(20);
    expect(iterationsOfNoBudget).toBeLessThan(5);
  });

  it("an error that was lost in a page is reported after the next collections", async () => {
    const context = await browser.newContext();
    const tab = await context.newPage();
    await tab.addScriptTag({ type: "module", path: await bundle(lostProgram, "browser") });
    await tab.waitForFunction("globalThis.isReady");
    const session = await context.newCDPSession(tab);
    let told: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      await session.send("HeapProfiler.collectGarbage");
      // A turn of the page.
      told = await tab.evaluate<string[]>("new Promise((resolve) => setTimeout(() => resolve(globalThis.told), 10))");
    }
    await context.close();
    const message = "Task exception was never retrieved";
    expect(told.sort()).toEqual([0, 1, 2].map((index) => `${message}: lost ${index}`));
  });
});

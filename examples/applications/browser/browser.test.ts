import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { build, preview, type PreviewServer } from "vite";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { chromiumIs, lacksChromium, launchChromium } from "../../../.ci/vitest/chromium.ts";

const places = ["the page", "a worker"] as const;

type Place = (typeof places)[number];

/** The lanes in the page: the name of each task, and the states it has passed through. */
const lanes = `Object.fromEntries(
  Array.from(document.querySelectorAll("#lanes li"), (row) => [
    row.querySelector(".name").textContent,
    Array.from(row.querySelectorAll("i"), (bar) => bar.dataset.state).join(", "),
  ]),
)`;

/** Makes the page record the browser's tasks that take longer than 50 ms. */
const observeLongTasks = `
  globalThis.longTasks = [];
  new PerformanceObserver((list) => {
    longTasks.push(...list.getEntries().map(({ duration }) => duration));
  }).observe({ type: "longtask" });
`;

const blockOnce = `setTimeout(() => {
  for (const end = performance.now() + 100; performance.now() < end; );
})`;

/** The lengths in milliseconds of the long tasks that end within a second. */
const longTasksOfSecond = `new Promise((resolve) => {
  longTasks.length = 0;
  setTimeout(() => resolve(longTasks), 1000);
})`;

describe.skipIf(lacksChromium)(`in Chromium, ${chromiumIs},`, () => {
  let folder: string;
  let server: PreviewServer;
  let browser: Browser;
  let page: Page;
  const errors: unknown[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "yieldstar-browser-"));
    const root = fileURLToPath(new URL("page", import.meta.url));
    const common = { root, configFile: false, logLevel: "warn", build: { outDir: folder, emptyOutDir: true } } as const;
    await build(common);
    server = await preview({ ...common, preview: { host: "127.0.0.1", port: 0 } });
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await rm(folder, { recursive: true });
  });

  beforeEach(async () => {
    page = await browser.newPage();
    errors.length = 0;
    page.on("pageerror", (error) => errors.push(error));
    page.on("console", (message) => errors.push(message.text()));
    await page.goto(server.resolvedUrls?.local[0] ?? "");
  });

  afterEach(async () => {
    await page.close();
    expectNoErrors();
  });

  function expectNoErrors(): void {
    expect(errors).toEqual([]);
  }

  async function start(program: string, place: Place): Promise<void> {
    await page.getByLabel("Program").selectOption({ label: program });
    await page.getByRole("radio", { name: place }).check();
    await page.getByRole("button", { name: "Start" }).click();
  }

  async function cancel(): Promise<void> {
    await page.getByRole("button", { name: "Cancel" }).click();
  }

  /** Waits until the status says `text`. */
  async function says(text: RegExp): Promise<void> {
    await page.getByRole("status").filter({ hasText: text }).waitFor();
  }

  /** Waits until the program has printed `text`. */
  async function prints(text: string): Promise<void> {
    await page.getByRole("log").filter({ hasText: text }).waitFor();
  }

  /** Waits until a task has made `count` steps. */
  async function steps(task: string, count: number): Promise<void> {
    const bars = page.getByRole("listitem").filter({ hasText: task }).locator("i[data-state=running]");
    await bars.nth(count - 1).waitFor({ state: "attached" });
  }

  describe.each(places)("a program in %s", (place) => {
    it("is cancelled halfway: every task cleans up, and then the program has ended", async () => {
      await start("The handbook’s: a deadline and a group", place);
      await says(/^Running in/);
      await steps("alpha", 3);
      await steps("beta", 3);
      await cancel();
      await says(/^Cancelled, and cleaned up, after/);

      const cancelled = "cancelled, cleaning up, running, cancelled";
      expect(await page.evaluate(lanes)).toEqual({
        main: `waiting, running, waiting, ${cancelled}`,
        alpha: expect.stringMatching(`^waiting(, running, waiting){3,}, ${cancelled}$`) as string,
        beta: expect.stringMatching(`^waiting(, running, waiting){3,}, ${cancelled}$`) as string,
      });
      const output = await page.getByRole("log").textContent();
      expect(output).toMatch(/^(alpha: tick\nbeta: tick\n){3,}alpha: cleanup\nbeta: cleanup\n$/);
    });

    it("starts again after that, and ends by itself", async () => {
      await start("A queue with workers", place);
      await steps("producer", 3);
      await cancel();
      await says(/^Cancelled/);
      await start("A fan-out with a timeout", place);
      await says(/^Done after/);

      const answered = "waiting, running, waiting, running, done";
      const cleanedUp = "waiting, running, waiting, cancelled, cleaning up, running, done";
      expect(await page.evaluate(lanes)).toEqual({
        main: expect.stringMatching(/^waiting(, running, waiting)+, running, done$/) as string,
        Oslo: answered,
        Lima: answered,
        Hanoi: answered,
        Quito: answered,
        Accra: cleanedUp,
        Perth: cleanedUp,
      });
    });

    it("makes no task of the page longer than 50 ms with ten thousand spinning coroutines", { retry: 2 }, async () => {
      await page.evaluate(observeLongTasks);
      await page.evaluate(blockOnce);
      await page.waitForFunction("longTasks.length > 0"); // This proves that it records anything at all.

      await start("Ten thousand spinning coroutines", place);
      await prints("10,000 coroutines spin");
      // Other work of the machine delays the page too, but not in every second.
      let found: unknown;
      for (let second = 1; second < 8; second++) {
        found = await page.evaluate(longTasksOfSecond);
        if ((found as number[]).length === 0) break;
      }
      expect(found).toEqual([]);
      await cancel();
      await says(/^Cancelled/);
    });
  });

  it("works by keyboard: Enter starts, Escape cancels, and the focus is on the useful button", async () => {
    await page.getByLabel("Program").focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await says(/^Running in a worker/);
    expect(await page.evaluate("document.activeElement.id")).toBe("cancel");
    await steps("alpha", 1);
    await page.keyboard.press("Escape");
    await says(/^Cancelled/);
    expect(await page.evaluate("document.activeElement.id")).toBe("start");
  });
});

describe("the demo", () => {
  let demo: ChildProcess;

  beforeEach(() => {
    demo = spawn(process.execPath, ["--import", "tsx", "main.ts"], {
      cwd: fileURLToPath(new URL(".", import.meta.url)),
      env: { ...process.env, PORT: "0" },
      stdio: ["ignore", "pipe", "inherit"],
    });
  });

  afterEach(() => {
    demo.kill("SIGKILL");
  });

  it("serves the page until Ctrl-C", async () => {
    const ended = once(demo, "exit");
    const [printed] = (await once(demo.stdout ?? demo, "data")) as [Buffer];
    const [, url = ""] = /^open (\S+)\n$/.exec(printed.toString()) ?? [];
    expect(await (await fetch(url)).text()).toContain("<title>Yieldstar in the browser</title>");
    demo.kill("SIGINT");
    expect(await ended).toEqual([0, null]);
  });
});

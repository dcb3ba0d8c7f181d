import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** CHROMIUM is its path; otherwise we look where Debian's package `chromium`, and others, put it. */
const executablePath = [process.env["CHROMIUM"], "/usr/bin/chromium", "/usr/bin/google-chrome"].find(
  (path) => path !== undefined && existsSync(path),
);

/** Whether tests that need a browser have to be skipped. */
export const lacksChromium = executablePath === undefined;

/** For the name of a group of tests that need a browser: "headless", or how to get a browser. */
export const chromiumIs = lacksChromium ? "which is not here (apt-get install chromium, or set CHROMIUM)" : "headless";

/** Starts a new browser. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: executablePath ?? "", args: ["--no-sandbox"] });
}

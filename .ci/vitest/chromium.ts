import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** CHROMIUM says where it is; otherwise it is where Debian's package `chromium`, and others, put it. */
const executablePath = [process.env["CHROMIUM"], "/usr/bin/chromium", "/usr/bin/google-chrome"].find(
  (path) => path !== undefined && existsSync(path),
);

/** Whether what needs a browser has to be skipped. */
export const lacksChromium = executablePath === undefined;

/** What the name of a group of tests that need a browser says of it: how to get one. */
export const chromiumIs = lacksChromium ? "which is not here (apt-get install chromium, or set CHROMIUM)" : "headless";

/** Starts a browser of its own. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: executablePath ?? "", args: ["--no-sandbox"] });
}

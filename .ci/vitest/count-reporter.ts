import type { Reporter, SerializedError, TestModule } from "vitest/node";

/**
 * Names each skipped test, with the reason if the test gives one, and ends the run with one line that any CI can read:
 * `12 passed, 0 failed, 1 skipped`.
 */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      for (const container of [module, ...module.children.allSuites()]) count.failed += container.errors().length;
      for (const test of module.children.allTests()) {
        const result = test.result();
        count[result.state === "pending" ? "skipped" : result.state]++;
        if (result.state !== "skipped") continue;
        const reason = result.note === undefined ? "" : ` (${result.note})`;
        console.log(`skipped: ${module.relativeModuleId}: ${test.fullName}${reason}`);
      }
    }
    console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  }
}

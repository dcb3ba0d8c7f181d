import { Console } from "node:console";
import { Writable } from "node:stream";
import { vi } from "vitest";

/** The outcome of a port. */
export interface PortRun {
  readonly stdout: string;
  readonly stderr: string;
  /** The error that ended the program, if it did not reach its end. */
  readonly uncaught?: Error;
}

/**
 * Runs a TypeScript program by importing it, as `tsx` would but on the virtual clock. It gets fresh modules, and so
 * counts its task names from 1. Only for vitest tests.
 */
export async function runPort(program: URL): Promise<PortRun> {
  const output = { stdout: "", stderr: "" };
  const writableTo = (stream: keyof typeof output): Writable =>
    new Writable({
      write(chunk, _encoding, done) {
        output[stream] += String(chunk);
        done();
      },
    });
  const { console } = globalThis;
  globalThis.console = new Console(writableTo("stdout"), writableTo("stderr"));
  vi.resetModules();
  vi.doMock("../../loop/src/hosts/default-host.ts", async () => {
    const { VirtualHost } = await import("../../loop/src/hosts/virtual-host.ts");
    return { defaultHost: () => new VirtualHost() };
  });
  try {
    await import(program.href);
    return output;
  } catch (thrown) {
    return { ...output, uncaught: thrown instanceof Error ? thrown : new Error(String(thrown)) };
  } finally {
    vi.doUnmock("../../loop/src/hosts/default-host.ts");
    vi.resetModules();
    globalThis.console = console;
  }
}

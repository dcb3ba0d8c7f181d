import {
  CancelledError,
  type Coroutine,
  currentTask,
  EventLoop,
  KeyboardInterrupt,
  run,
  Runner,
  sleep,
  VirtualHost,
} from "@yieldstar/loop";
import { beforeEach, describe, expect, it } from "vitest";

/** A host whose user presses Ctrl-C at a time that the test chooses: between two turns, as a signal comes. */
class KeyboardHost extends VirtualHost {
  #interrupt: (() => void) | undefined;

  get isListening(): boolean {
    return this.#interrupt !== undefined;
  }

  onInterrupt(interrupt: () => void): () => void {
    this.#interrupt = interrupt;
    return () => (this.#interrupt = undefined);
  }

  pressCtrlC(): void {
    queueMicrotask(() => this.#interrupt?.());
  }
}

let host: KeyboardHost;
const loopFactory = (): EventLoop => new EventLoop({ host });

beforeEach(() => {
  host = new KeyboardHost();
});

describe("Ctrl-C", () => {
  it("cancels main, lets it clean up, and rejects with KeyboardInterrupt", async () => {
    const events: string[] = [];
    const main = function* (): Coroutine {
      try {
        host.pressCtrlC();
        yield* sleep(100);
      } catch (error) {
        events.push(String(error));
        yield* sleep(1);
        events.push("cleaned up");
        throw error;
      }
    };
    await expect(run(main(), { loopFactory })).rejects.toEqual(new KeyboardInterrupt());
    expect(events).toEqual(["CancelledError", "cleaned up"]);
  });

  it("is forgotten when main swallows the cancellation", async () => {
    const main = function* (): Coroutine<string> {
      try {
        host.pressCtrlC();
        yield* sleep(100);
      } catch {}
      return "result";
    };
    expect(await run(main(), { loopFactory })).toBe("result");
  });

  it("gives way to another error of main", async () => {
    const error = new RangeError("in cleanup");
    const main = function* (): Coroutine {
      try {
        host.pressCtrlC();
        yield* sleep(100);
      } catch {
        throw error;
      }
    };
    await expect(run(main(), { loopFactory })).rejects.toBe(error);
  });

  it("gives way to a cancellation that other code asked for too", async () => {
    const main = function* (): Coroutine {
      try {
        host.pressCtrlC();
        yield* sleep(100);
      } finally {
        currentTask()?.cancel();
      }
    };
    await expect(run(main(), { loopFactory })).rejects.toBeInstanceOf(CancelledError);
  });

  it("ends the run at once the second time, and main is cancelled once more", async () => {
    const events: string[] = [];
    const main = function* (): Coroutine {
      try {
        host.pressCtrlC();
        yield* sleep(100);
      } catch {
        events.push("slow cleanup");
        host.pressCtrlC();
        yield* sleep(100);
        events.push("not reached");
      } finally {
        events.push("finally");
      }
    };
    const loop = loopFactory();
    await expect(run(main(), { loopFactory: () => loop })).rejects.toEqual(new KeyboardInterrupt());
    expect(events).toEqual(["slow cleanup", "finally"]);
    expect(loop.time()).toBeLessThan(100);
  });

  it("has a listener only while something runs", async () => {
    const main = function* (): Coroutine<boolean> {
      return host.isListening;
    };
    const runner = new Runner({ loopFactory });
    runner.getLoop();
    expect(host.isListening).toBe(false);
    for (let count = 0; count < 2; count++) {
      expect(await runner.run(main())).toBe(true);
      expect(host.isListening).toBe(false);
    }
    await runner.close();
  });

  it("cancels only the run during which it came", async () => {
    const main = function* (): Coroutine {
      host.pressCtrlC();
      yield* sleep(100);
    };
    const runner = new Runner({ loopFactory });
    await expect(runner.run(main())).rejects.toEqual(new KeyboardInterrupt());
    expect(await runner.run(sleep(1, "usable"))).toBe("usable");
    await runner.close();
  });
});

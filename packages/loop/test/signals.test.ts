import {
  ContextVar,
  type Coroutine,
  EventLoop,
  getRunningLoop,
  newEventLoop,
  RuntimeError,
  ValueError,
  VirtualHost,
} from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

/** Does nothing without a listener. */
const signal = "SIGWINCH";

let loop: EventLoop;
let listeners: number;

beforeEach(() => {
  listeners = process.listenerCount(signal);
  loop = newEventLoop();
});

afterEach(() => {
  loop.close();
});

/** Sends itself the signal and waits until it has come. */
function* receive(): Coroutine {
  const come = getRunningLoop().createFuture<void>();
  const listener = (): void => come.setResult();
  process.once(signal, listener);
  process.kill(process.pid, signal);
  yield* come;
}

describe("a signal handler", () => {
  it("is called in the loop at each signal, in the context in which it was set", async () => {
    const events: string[] = [];
    const name = new ContextVar<string>("name");
    const main = function* (): Coroutine {
      name.set("outer");
      loop.addSignalHandler(signal, () => events.push(`${name.get()} ${getRunningLoop() === loop}`));
      name.set("changed");
      yield* receive();
      yield* receive();
    };
    await loop.runUntilComplete(main());
    expect(events).toEqual(["outer true", "outer true"]);
  });

  it("is replaced by a second one, and not called after it is removed", async () => {
    const events: string[] = [];
    const main = function* (): Coroutine<boolean[]> {
      loop.addSignalHandler(signal, () => events.push("first"));
      loop.addSignalHandler(signal, () => events.push("second"));
      yield* receive();
      const removed = [loop.removeSignalHandler(signal), loop.removeSignalHandler(signal)];
      yield* receive();
      return removed;
    };
    expect(await loop.runUntilComplete(main())).toEqual([true, false]);
    expect(events).toEqual(["second"]);
  });

  it("of each of many loops is called, by one listener", async () => {
    const others = Array.from({ length: 12 }, newEventLoop);
    const heard: number[] = [];
    for (const [index, other] of others.entries()) other.addSignalHandler(signal, () => heard.push(index));
    expect(process.listenerCount(signal)).toBe(listeners + 1);
    await loop.runUntilComplete(receive());
    for (const other of others) {
      other.callSoon(() => other.stop());
      await other.runForever();
      other.close();
    }
    expect(heard).toEqual(others.map((_, index) => index));
  });

  it("is removed when the loop is closed", () => {
    loop.addSignalHandler(signal, () => {});
    expect(process.listenerCount(signal)).toBe(listeners + 1);
    loop.close();
    expect(process.listenerCount(signal)).toBe(listeners);
  });
});

describe("setting a signal handler", () => {
  it("is refused for a value that is not a signal", () => {
    const wrong = 15 as unknown as string;
    expect(() => loop.addSignalHandler(wrong, () => {})).toThrow(
      new TypeError("signal must be a name such as 'SIGTERM', got 15"),
    );
    expect(() => loop.removeSignalHandler(wrong)).toThrow(TypeError);
    expect(() => loop.addSignalHandler("SIGNONE", () => {})).toThrow(new ValueError("invalid signal 'SIGNONE'"));
    expect(loop.removeSignalHandler("SIGNONE")).toBe(false);
  });

  it("is refused for a signal that cannot be caught", () => {
    expect(() => loop.addSignalHandler("SIGKILL", () => {})).toThrow(new RuntimeError("sig SIGKILL cannot be caught"));
    expect(loop.removeSignalHandler("SIGKILL")).toBe(false);
  });

  it("refuses a coroutine function", () => {
    expect(() => loop.addSignalHandler(signal, function* () {})).toThrow(
      new TypeError("coroutines cannot be used with addSignalHandler() (hint: use createTask)"),
    );
  });

  it("fails on a loop without a host", () => {
    const none = new RuntimeError("this loop has no signals");
    const main = function* (): Coroutine {
      expect(() => getRunningLoop().addSignalHandler(signal, () => {})).toThrow(none);
      expect(() => getRunningLoop().removeSignalHandler(signal)).toThrow(none);
    };
    expect(runVirtual(main())).toBe(undefined);
  });

  it("fails on a closed loop, and on a host that has no signals", () => {
    loop.close();
    expect(() => loop.addSignalHandler(signal, () => {})).toThrow(new RuntimeError("Event loop is closed"));
    const other = new EventLoop({ host: new VirtualHost() });
    expect(() => other.addSignalHandler(signal, () => {})).toThrow(new RuntimeError("this host has no signals"));
    other.close();
  });
});

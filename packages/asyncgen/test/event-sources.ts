import { EventEmitter, getEventListeners } from "node:events";
import { expect } from "vitest";

/** One source of events of each kind, with the same interface. */
export interface Listened {
  readonly source: EventEmitter | EventTarget;
  readonly emit: (name: string, detail?: unknown) => void;
  /** Returns the `detail` of an event from the arguments of its listener. */
  readonly detailOf: (args: readonly unknown[]) => unknown;
  readonly listenerCount: () => number;
}

export function listenedEmitter(): Listened & { readonly source: EventEmitter } {
  const source = new EventEmitter();
  return {
    source,
    emit: (name, detail) => void source.emit(name, detail),
    detailOf: ([detail]) => detail,
    listenerCount: () => source.eventNames().reduce((count, name) => count + source.listenerCount(name), 0),
  };
}

/** A target whose events are named "event", "end" or "other". */
function listenedTarget(): Listened & { readonly source: EventTarget } {
  const source = new EventTarget();
  return {
    source,
    emit: (name, detail) => void source.dispatchEvent(new CustomEvent(name, { detail })),
    detailOf: ([event]) => {
      expect(event).toBeInstanceOf(Event);
      return (event as CustomEvent<unknown>).detail;
    },
    listenerCount: () =>
      ["event", "end", "other"].reduce((count, name) => count + getEventListeners(source, name).length, 0),
  };
}

export const kinds: readonly [name: string, make: () => Listened][] = [
  ["an EventEmitter", listenedEmitter],
  ["an EventTarget", listenedTarget],
];

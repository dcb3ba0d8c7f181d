/**
 * The same kind of work without our packages: it shows how much of the growth comes from the engine and the machine.
 */

import { setImmediate } from "node:timers/promises";
import { drain, spawn } from "../shared/ring.ts";
import { type Meter, pseudoRandom } from "./rows.ts";

/** Returns a run of `size` pieces of work, which returns how many of them were done. */
type Comparison = (size: number) => (meter: Meter) => Promise<number>;

/** By name, as the table shows it. */
export const comparisons: Readonly<Record<string, Comparison>> = {
  "generators of the bare ring": (size) => async (meter) => {
    let done = 0;
    function* child() {
      yield undefined;
      done += 1;
    }
    for (let left = size; left > 0; left -= 1) spawn(child());
    meter.weigh();
    drain();
    return done;
  },

  "generators in the order of random times": (size) => async (meter) => {
    const random = pseudoRandom();
    let done = 0;
    function* child() {
      yield undefined;
      done += 1;
    }
    const bodies = Array.from({ length: size }, child);
    const times = Float64Array.from(bodies, random);
    for (const body of bodies) body.next();
    meter.weigh();
    const order = Uint32Array.from(bodies.keys()).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0));
    for (const index of order) bodies[index]?.next();
    return done;
  },

  "async functions that await one promise": (size) => async (meter) => {
    let done = 0;
    const { promise, open } = gate();
    async function child() {
      await promise;
      done += 1;
    }
    const all = Promise.all(Array.from({ length: size }, child));
    await setImmediate();
    meter.weigh();
    open();
    await all;
    return done;
  },

  "async functions that await each other": (size) => async (meter) => {
    let done = 0;
    const { promise, open } = gate();
    async function child(before: Promise<void>) {
      await before;
      done += 1;
    }
    let last = promise;
    for (let left = size; left > 0; left -= 1) last = child(last);
    await setImmediate();
    meter.weigh();
    open();
    await last;
    return done;
  },

  "Node's timers at random times": (size) => async (meter) => {
    const random = pseudoRandom();
    let done = 0;
    const all = Array.from({ length: size }, () => timer(random() * size * 5e-4, () => (done += 1)));
    meter.weigh();
    await Promise.all(all);
    return done;
  },
};

function gate(): { promise: Promise<void>; open: () => void } {
  let open!: () => void;
  const promise = new Promise<void>((resolve) => (open = resolve));
  return { promise, open };
}

/** @param delay in milliseconds. */
function timer(delay: number, onTime: () => void): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(() => {
      onTime();
      resolve();
    }, delay);
  });
}

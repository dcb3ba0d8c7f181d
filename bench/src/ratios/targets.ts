/**
 * What we hold ourselves to. Each target is a ratio of two figures of the same run, and so means the same on any machine.
 */

/** The highest ratios that ours may have. */
export interface Target {
  /** To the floor of the row. */
  readonly ofFloor: number;
  /** To native async functions, where we have set one. */
  readonly ofNative?: number;
}

type Limits = Readonly<Record<string, number>>;

/** How near ours should come to the floor of each row. */
const nearTheFloor = 1.15;

/** By the major version of Node, and by row: the ratio to the floor that ours has reached, where it is lower. */
const reached: Readonly<Record<string, Limits>> = {
  24: {
    switch: 1.1,
    "switch/host": 1.1,
    "direct-await": 1.1,
    "memory/waiting": 1.13,
    "chain/10": 1.1,
    "chain/20": 1.1,
    "chain/100": 1.1,
  },
  26: { "direct-await": 1.1, "memory/waiting": 1.13, "chain/10": 1.1, "chain/100": 1.1 },
};

/** By the major version of Node, and by row. */
const ofNative: Readonly<Record<string, Limits>> = {
  24: {
    switch: 0.8,
    "direct-await/marked": 0.8,
    "timeout/quiet": 0.2,
    "timeout/in-place": 0.2,
    "timeout/firing": 0.85,
    "chain/5/marked": 1,
    "chain/10/marked": 1,
    "chain/20/marked": 1,
    "chain/100/marked": 1,
  },
  26: {
    switch: 1.1,
    "spawn/yielding": 2.2,
    lock: 1.2,
    cancel: 0.18,
    "timeout/quiet": 0.15,
    "timeout/firing": 0.85,
    promise: 3.3,
  },
};

/** Returns the target of a row on a Node: the harder of `nearTheFloor` and what is reached, and the ratio to native. */
export function targetFor(row: string, node: string): Target {
  const ofFloor = Math.min(nearTheFloor, reached[node]?.[row] ?? nearTheFloor);
  const native = ofNative[node]?.[row];
  return native === undefined ? { ofFloor } : { ofFloor, ofNative: native };
}

/** The targets of Yieldstar. Each is a ratio, and so means the same on any machine. */

interface Target {
  /** The highest ratio to native async functions that ours may have. */
  readonly atMost: number;
  /** The ratio of a bare prototype, which has CPython's order, futures and cancellation and nothing else. */
  readonly limit: number;
}

/** By row. A row without a target is shown, and not judged. */
export const targets: Readonly<Record<string, Target>> = {
  switch: { atMost: 0.65, limit: 0.45 },
  "switch/host": { atMost: 0.25, limit: 0.1 },
  "direct-await": { atMost: 0.75, limit: 0.58 },
  "spawn/trivial": { atMost: 3, limit: 2.7 },
  "spawn/yielding": { atMost: 2.2, limit: 1.8 },
  "task-group/trivial": { atMost: 1.2, limit: 0.8 },
  "task-group/yielding": { atMost: 0.8, limit: 0.57 },
  "gather/trivial": { atMost: 2.2, limit: 1.7 },
  "gather/yielding": { atMost: 0.85, limit: 0.61 },
  "ping-pong": { atMost: 0.9, limit: 0.72 },
  queue: { atMost: 0.75, limit: 0.52 },
  lock: { atMost: 0.9, limit: 0.71 },
  semaphore: { atMost: 0.75, limit: 0.55 },
  cancel: { atMost: 0.1, limit: 0.07 },
  "timeout/quiet": { atMost: 0.13, limit: 0.09 },
  "timeout/firing": { atMost: 0.75, limit: 0.56 },
  sleepers: { atMost: 0.9, limit: 0.77 },
  promise: { atMost: 2.8, limit: 2.3 },
  "memory/sleeping": { atMost: 0.35, limit: 0.24 },
  "memory/waiting": { atMost: 0.8, limit: 0.6 },
  "chain/10": { atMost: 5, limit: 4.3 },
};

/** A rule for a peer: how many times as slow as ours it is on every row that measures time, except these. */
interface Claim {
  readonly system: string;
  readonly slower: number;
  /** By row; `null` where we claim nothing. */
  readonly except: Readonly<Record<string, number | null>>;
}

export const claims: readonly Claim[] = [
  {
    system: "cpython",
    slower: 8,
    except: { "direct-await": 3, "timeout/firing": 1.2, "chain/100": 1, "chain/1000": 1 },
  },
  { system: "effect", slower: 2.5, except: { "chain/100": null, "chain/1000": null } },
  { system: "effection", slower: 1, except: {} },
  { system: "redux-saga", slower: 1, except: {} },
  { system: "co", slower: 1, except: {} },
];

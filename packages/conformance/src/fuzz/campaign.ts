import { isEndlessRecursion, isSameTrace } from "./compare.ts";
import { programOf, seedOf } from "./generate.ts";
import { runPort } from "./interpreter.ts";
import type { Library } from "./library.ts";
import { type Marking, markings } from "./marks.ts";
import type { PythonSide } from "./python-side.ts";

/** The tally of a run of many programs so far. */
export interface Tally {
  programs: number;
  /** The numbers of the programs that diverge with any of the markings. */
  readonly divergent: number[];
  /** How many programs diverge with each of the markings. */
  readonly divergences: Map<Marking, number>;
  /** How many programs were not compared, since they recurse without end. */
  spared: number;
  /** How many programs reached each feature. */
  readonly features: Map<string, number>;
  /** How many lines the traces had. */
  lines: number;
  /** How long each part took, in milliseconds. */
  readonly time: { generate: number; python: number; port: number };
}

export interface Campaign {
  readonly seed: number;
  readonly programs: number;
  readonly python: PythonSide;
  readonly library: Library;
  /** The number of the first program; 0 by default. */
  readonly from?: number;
  /** Our packages run each program once with each of these; all of them by default. */
  readonly marked?: readonly Marking[];
}

/** How many programs Python gets in one call. */
const batchSize = 100;

/** Runs program after program on both sides; yields the tally after each batch. */
export function* campaign({
  seed,
  programs,
  python,
  library,
  from = 0,
  marked = markings,
}: Campaign): Generator<Tally, Tally> {
  const tally: Tally = {
    programs: 0,
    divergent: [],
    divergences: new Map(marked.map((marking) => [marking, 0])),
    spared: 0,
    features: new Map(),
    lines: 0,
    time: { generate: 0, python: 0, port: 0 },
  };
  const { time } = tally;
  while (tally.programs < programs) {
    const first = from + tally.programs;
    const length = Math.min(batchSize, programs - tally.programs);
    const begin = performance.now();
    const batch = Array.from({ length }, (_, index) => programOf(seedOf(seed, first + index)));
    const generated = performance.now();
    const ports = batch.map((program, index) => {
      const number = first + index;
      const runs = marked.map((marking) => ({ marking, ...runPort(program, library, marking, seedOf(seed, number)) }));
      return { program, number, runs };
    });
    const ported = performance.now();
    // Python must not run an endless recursion: that would end the whole interpreter.
    const comparable = ports.filter(({ runs }) => !runs.some(({ trace }) => isEndlessRecursion(trace)));
    tally.spared += ports.length - comparable.length;
    const traces = python(comparable.map(({ program }) => program));
    for (const [index, { number, runs }] of comparable.entries()) {
      const expected = traces[index];
      if (expected !== undefined && isEndlessRecursion(expected)) {
        tally.spared += 1;
        continue;
      }
      const divergent = runs.filter(({ trace }) => expected === undefined || !isSameTrace(expected, trace));
      if (divergent.length > 0) tally.divergent.push(number);
      for (const { marking } of divergent) count(tally.divergences, marking);
      const [run] = runs;
      if (run === undefined) continue;
      for (const feature of run.features) count(tally.features, feature);
      tally.lines += run.trace.events.length;
    }
    time.generate += generated - begin;
    time.port += ported - generated;
    time.python += performance.now() - ported;
    tally.programs += length;
    yield tally;
  }
  return tally;
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Runs a campaign to its end. */
export function runCampaign(options: Campaign): Tally {
  const steps = campaign(options);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

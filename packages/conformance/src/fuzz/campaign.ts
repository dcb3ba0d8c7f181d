import { isEndlessRecursion, isSameTrace } from "./compare.ts";
import { programOf, seedOf } from "./generate.ts";
import { runPort } from "./interpreter.ts";
import type { Library } from "./library.ts";
import type { PythonSide } from "./python-side.ts";

/** The tally of a run of many programs so far. */
export interface Tally {
  programs: number;
  /** The numbers of the programs that diverge. */
  readonly divergent: number[];
  /** How many programs were not run on Python, since they recurse without end. */
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
}

/** How many programs Python gets in one call. */
const batchSize = 100;

/** Runs program after program on both sides; yields the tally after each batch. */
export function* campaign({ seed, programs, python, library, from = 0 }: Campaign): Generator<Tally, Tally> {
  const tally: Tally = {
    programs: 0,
    divergent: [],
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
    const ports = batch.map((program, index) => ({ program, number: first + index, port: runPort(program, library) }));
    const ported = performance.now();
    // Python must not run an endless recursion: that would end the whole interpreter.
    const comparable = ports.filter(({ port }) => !isEndlessRecursion(port.trace));
    tally.spared += ports.length - comparable.length;
    const traces = python(comparable.map(({ program }) => program));
    for (const [index, { number, port }] of comparable.entries()) {
      const { trace, features } = port;
      const expected = traces[index];
      if (expected === undefined || !isSameTrace(expected, trace)) tally.divergent.push(number);
      for (const feature of features) tally.features.set(feature, (tally.features.get(feature) ?? 0) + 1);
      tally.lines += trace.events.length;
    }
    time.generate += generated - begin;
    time.port += ported - generated;
    time.python += performance.now() - ported;
    tally.programs += length;
    yield tally;
  }
  return tally;
}

/** Runs a campaign to its end. */
export function runCampaign(options: Campaign): Tally {
  const steps = campaign(options);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

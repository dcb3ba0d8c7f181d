/** Makes each table: measures its rows one after the other, and shows the progress. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fairness } from "../fairness/measure.ts";
import { comparisons } from "../growth/comparisons.ts";
import { measureGrowth, sizes, type Growth } from "../growth/measure.ts";
import { growthReport, growthVerdict } from "../growth/report.ts";
import { againstReport, measurePairs } from "../ratios/against.ts";
import type { Row } from "../ratios/catalogue.ts";
import { contestantNames, onCPython, onNode, type Built } from "../ratios/contestants.ts";
import { ratioReport } from "../ratios/report.ts";
import { measureRow, type Measured, type Rounds } from "../ratios/rounds.ts";
import type { SystemName } from "../ratios/systems.ts";
import { majorOf, type NodeBinary } from "../shared/node-binary.ts";
import type { Effort } from "../shared/sampling.ts";
import type { Wishes } from "./arguments.ts";
import { buildLibrary, buildWorkers, type Product } from "./build.ts";
import { Progress } from "./progress.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

const usual: Effort = { warmup: 200, time: 300, samples: 2 };
const quick: Effort = { warmup: 150, time: 100, samples: 2 };

/** A table in Markdown, and the rows that it shows. */
export interface Made<Line> {
  readonly rows: readonly Line[];
  readonly report: string;
  /** What is wrong: for the console, and not for the results. */
  readonly verdict: string;
}

/** Makes the tables with one build of the working tree, in a temporary folder. */
export class Tables {
  readonly #wishes: Wishes;
  readonly #folder: string;
  readonly #worker: (product: Product) => string;
  readonly #library: string;
  /** The build that `against` compares with. */
  #other: string | undefined;
  readonly progress = new Progress();

  constructor(wishes: Wishes, folder: string) {
    this.progress.show("building");
    this.#wishes = wishes;
    this.#folder = folder;
    this.#worker = buildWorkers(folder);
    this.#library = buildLibrary(root, join(folder, "here"));
  }

  /** Every system on every row. */
  async ratios(node: NodeBinary, rows: readonly Row[]): Promise<Made<Measured>> {
    const systems = contestantNames.filter((name) => this.#wishes.systems.includes(name));
    const contestants = systems.map((name) => {
      return name === "cpython" ? onCPython() : onNode(name as SystemName, this.#built("ratios", node));
    });
    const all = await this.#eachRow(rows, (row, rounds) => measureRow(row, contestants, rounds));
    return { rows: all, report: ratioReport(all, systems, majorOf(node)), verdict: "" };
  }

  /** Our packages of the working tree and of another build. */
  async against(node: NodeBinary, rows: readonly Row[], other: string): Promise<Made<Measured>> {
    const here = this.#built("ratios", node);
    this.#other ??= buildLibrary(other, join(this.#folder, "there"));
    const there = { ...here, library: this.#other };
    const all = await this.#eachRow(rows, (row, rounds) => measurePairs(row, here, there, rounds));
    return { rows: all, report: againstReport(all, other), verdict: "" };
  }

  /** From a thousand to a million. */
  async growth(node: NodeBinary, names: readonly string[]): Promise<Made<Growth>> {
    const built = this.#built("growth", node);
    const { quick: isQuick } = this.#wishes;
    const measured = isQuick ? sizes.slice(0, -1) : sizes;
    const processes = (size: number) => (isQuick || size === sizes.at(-1) ? 1 : 2);
    const all: Growth[] = [];
    for (const [index, name] of names.entries()) {
      const place = `${index + 1}/${names.length} ${name}`;
      const onSize = (size: number) => this.progress.show(`${place}: ${size.toLocaleString("en")}`);
      const growth = await measureGrowth(name, built, { processes, sizes: measured, onSize });
      all.push({ ...growth, isComparison: name in comparisons });
      this.progress.finished(place);
    }
    return { rows: all, report: growthReport(all, measured), verdict: growthVerdict(all) };
  }

  /** How much our loop leaves to the rest of its host; writes its own results unless the run is quick. */
  async fairness(node: NodeBinary): Promise<{ report: string; verdict: string; isMet: boolean }> {
    const { processes, quick: isQuick, systems } = this.#wishes;
    const onProcess = (what: string) => this.progress.show(what);
    const made = await fairness({
      ...this.#built("fairness", node),
      systems,
      processes,
      quick: isQuick,
      onProcess,
    });
    this.progress.finished("fairness");
    return made;
  }

  #built(product: Product, node: NodeBinary): Built {
    return { node, worker: this.#worker(product), library: this.#library };
  }

  async #eachRow(rows: readonly Row[], measure: (row: Row, rounds: Rounds) => Promise<Measured>): Promise<Measured[]> {
    const { processes, quick: isQuick } = this.#wishes;
    const all: Measured[] = [];
    for (const [index, row] of rows.entries()) {
      const place = `${index + 1}/${rows.length} ${row.name}`;
      const onProcess = (system: string, round: number) => {
        this.progress.show(`${place}: ${system}, round ${round + 1} of ${processes}`);
      };
      all.push(await measure(row, { processes, effort: isQuick ? quick : usual, onProcess }));
      this.progress.finished(place);
    }
    return all;
  }
}

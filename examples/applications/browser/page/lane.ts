import type { TaskEvent, TaskState } from "./task-events.ts";

/** The times are in seconds since the program began. */
interface Stretch {
  readonly state: TaskState;
  readonly isEnd: boolean;
  readonly from: number;
  to: number;
}

/** In seconds. A wait this short is hidden by the steps around it, and all are shown as one. */
const narrow = 0.04;

/** The life of one task, as stretches of time, and its row in the picture. */
export class Lane {
  readonly row: HTMLLIElement = document.createElement("li");
  readonly #strip = document.createElement("span");
  readonly #state = document.createElement("span");
  readonly #stretches: Stretch[] = [];
  /** How many stretches are painted, and do not change any more. */
  #painted = 0;

  constructor(name: string) {
    const label = document.createElement("span");
    label.className = "name";
    label.textContent = name;
    this.#strip.className = "strip";
    this.#strip.setAttribute("aria-hidden", "true");
    this.#state.className = "state";
    this.row.append(label, this.#strip, this.#state);
  }

  /** The task passes into a state at `time`. */
  add({ state, isEnd }: TaskEvent, time: number): void {
    const [before, open] = [this.#stretches.at(-2), this.#stretches.at(-1)];
    if (open !== undefined) open.to = time;
    if (state === "running" && before?.state === "running" && open?.state === "waiting" && time - open.from < narrow) {
      this.#stretches.pop();
      this.#painted = Math.min(this.#painted, this.#stretches.length - 1);
    } else {
      this.#stretches.push({ state, isEnd, from: time, to: time });
    }
  }

  /** Updates the row. The style sheet places its stretches by `--from` and `--for`. */
  paint(time: number): void {
    const [before, open] = [this.#stretches.at(-2), this.#stretches.at(-1)];
    if (open === undefined || this.#painted === this.#stretches.length) return;
    if (!open.isEnd) open.to = Math.max(open.from, time);
    for (const [offset, stretch] of this.#stretches.slice(this.#painted).entries()) {
      const bar = this.#bar(this.#painted + offset);
      bar.dataset["state"] = stretch.state;
      bar.classList.toggle("end", stretch.isEnd);
      bar.style.setProperty("--from", stretch.from.toFixed(4));
      bar.style.setProperty("--for", (stretch.to - stretch.from).toFixed(4));
    }
    while (this.#strip.children.length > this.#stretches.length) this.#strip.lastChild?.remove();
    this.#painted = this.#stretches.length - (open.isEnd ? 0 : 1);

    const isBetweenSteps = open.state === "waiting" && before?.state === "running" && open.to - open.from < narrow;
    this.#show(isBetweenSteps ? "running" : open.state);
  }

  #bar(index: number): HTMLElement {
    const bar = this.#strip.children[index] ?? this.#strip.appendChild(document.createElement("i"));
    return bar as HTMLElement;
  }

  #show(state: TaskState): void {
    if (this.row.dataset["state"] === state) return;
    this.row.dataset["state"] = state;
    this.#state.textContent = state;
  }
}

import { Lane } from "./lane.ts";
import { now, type TaskEvent } from "./task-events.ts";

/** The least number of seconds that the picture shows. */
const shortest = 8;

/** A live picture: a lane for each task, and time from left to right. */
export class Picture {
  readonly #list: HTMLElement;
  readonly #axis: HTMLElement;
  readonly #pace: HTMLElement;
  readonly #lanes = new Map<number, Lane>();
  /** When the first task was made. */
  #start: number | undefined;
  /** How many seconds fit into the picture's width. */
  #span = 0;
  #frame: number | undefined;
  /** Milliseconds. */
  #slowestFrame = 0;

  /**
   * @param list - the parent of the lanes
   * @param axis - the parent of the seconds
   * @param pace - the element that shows how smoothly the page runs
   */
  constructor(list: HTMLElement, axis: HTMLElement, pace: HTMLElement) {
    this.#list = list;
    this.#axis = axis;
    this.#pace = pace;
    this.#setSpan(shortest);
  }

  /** How long ago the program began, in seconds. */
  get seconds(): number {
    return this.#start === undefined ? 0 : now() - this.#start;
  }

  /** Begins a new picture, and updates it until `stop` is called. */
  start(): void {
    this.stop();
    this.#lanes.clear();
    this.#list.replaceChildren();
    this.#start = undefined;
    this.#setSpan(shortest);
    this.#slowestFrame = 0;
    let [last, frames] = [Infinity, 0];
    const paint = (time: number): void => {
      // Every other frame: with thousands of spinning coroutines, painting takes more of the page's time than they do.
      if (frames++ % 2 === 0) this.#paint();
      this.#showPace(time - last);
      last = time;
      this.#frame = requestAnimationFrame(paint);
    };
    this.#frame = requestAnimationFrame(paint);
  }

  /** The finished picture stays visible. */
  stop(): void {
    if (this.#frame === undefined) return;
    cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    this.#paint();
  }

  add(events: readonly TaskEvent[]): void {
    for (const event of events) {
      let lane = this.#lanes.get(event.task);
      if (lane === undefined) {
        lane = new Lane(event.name);
        this.#lanes.set(event.task, lane);
        this.#list.append(lane.row);
      }
      this.#start ??= event.at;
      lane.add(event, event.at - this.#start);
    }
  }

  #paint(): void {
    const time = this.seconds;
    if (time > this.#span) this.#setSpan(this.#span * 2);
    for (const lane of this.#lanes.values()) lane.paint(time);
  }

  #showPace(frame: number): void {
    if (frame <= this.#slowestFrame) return;
    this.#slowestFrame = frame;
    this.#pace.textContent = `slowest frame ${Math.round(frame)} ms`;
  }

  #setSpan(span: number): void {
    if (this.#span === span) return;
    this.#span = span;
    this.#list.style.setProperty("--span", String(span));
    const labels = [0, 1, 2, 3, 4].map((quarter) => {
      const label = document.createElement("span");
      label.textContent = `${(span * quarter) / 4} s`;
      return label;
    });
    this.#axis.replaceChildren(...labels);
  }
}

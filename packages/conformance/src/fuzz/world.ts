import type {
  BaseEventLoop,
  Context,
  ContextVar,
  ExceptionContext,
  Future,
  Task,
  TaskGroup,
  Timeout,
  Token,
} from "yieldstar";
import { repr } from "../python-text.ts";
import { clean, describe } from "./errors.ts";
import type { Library } from "./library.ts";
import type { Marks } from "./marks.ts";

/** Notes about a task, in addition to its own state. */
interface TaskNotes {
  /** How many handlers and `finally` clauses it is inside. */
  cleaningUp: number;
  /** How many coroutines that await each other it is in. */
  depth: number;
  /** The object that it awaits, if that has a name. */
  awaits: unknown;
  /** The tasks that would be cancelled with it. */
  readonly leadsTo: Task<unknown>[];
}

const late = /was never retrieved|was destroyed but it is pending/;

/** The state that the statements of one run of a program share. */
export class World {
  readonly library: Library;
  readonly marks: Marks;
  readonly events: string[] = [];
  readonly reports: string[] = [];
  /** The tasks in the traces: those that ran a body, or that a statement made. */
  readonly tasks = new Set<Task<unknown>>();
  readonly objects = new Map<string, object>();
  /** The tasks whose body has begun. */
  readonly begun = new Set<Task<unknown>>();
  readonly openGroups = new Set<TaskGroup>();
  readonly openTimeouts = new Set<Timeout>();
  /** When a task group failed last. */
  failedGroupAt = "";
  readonly callbacks = new Map<number, (future: Future<unknown>) => void>();
  /** The corner cases that the run reached. */
  readonly features = new Set<string>();
  readonly variable: ContextVar<number>;
  token: Token<number> | undefined;
  /** How often a condition was notified. */
  notified = 0;
  isClosed = false;
  declare loop: BaseEventLoop;
  declare context: Context;
  /** Task names are counted on from program to program: this run's names begin after this number. */
  #namesBefore = 0;
  readonly #notes = new Map<Task<unknown>, TaskNotes>();

  constructor(library: Library, marks: Marks) {
    this.library = library;
    this.marks = marks;
    this.variable = new library.ContextVar("V", { default: 0 });
  }

  begin(main: Task<unknown>): void {
    this.#namesBefore = Number(main.getName().replace("Task-", "")) - 1;
    this.objects.set("main", main);
  }

  /** Renumbers task names to begin at Task-1. */
  named(text: string): string {
    return text.replaceAll(/\bTask-(\d+)/g, (_, number: string) => `Task-${Number(number) - this.#namesBefore}`);
  }

  log(text: string): void {
    if (this.isClosed) return;
    const task = this.loop.isRunning() ? this.library.currentTask(this.loop) : undefined;
    const line = `${this.now} ${task?.getName() ?? "-"}: ${text}`;
    this.events.push(this.named(line));
  }

  get now(): string {
    return String(Number(this.loop.time().toPrecision(10)));
  }

  /** The exception handler. */
  report({ message, exception, task, future }: ExceptionContext): void {
    const subject = task ?? future;
    const name = subject instanceof this.library.Task ? ` [${subject.getName()}]` : "";
    const text = `${clean(message)}${name}${exception === undefined ? "" : ` ${describe(exception)}`}`;
    if (late.test(message)) this.reports.push(this.named(text));
    else this.log(`handler: ${text}`);
    this.reach(late.test(message) ? "report at the end" : "report at once");
  }

  register(task: Task<unknown>): void {
    this.tasks.add(task);
  }

  /** The notes about a task. */
  notesOf(task: Task<unknown>): TaskNotes {
    const known = this.#notes.get(task);
    if (known !== undefined) return known;
    const notes = { cleaningUp: 0, depth: 0, awaits: undefined, leadsTo: [] };
    this.#notes.set(task, notes);
    return notes;
  }

  /** The notes about the current task. */
  get notes(): TaskNotes | undefined {
    const task = this.library.currentTask(this.loop);
    return task && this.notesOf(task);
  }

  /** Returns whether a cancel of `task` would cancel the current task. */
  leadsToMe(task: Task<unknown>, seen = new Set<Task<unknown>>()): boolean {
    if (task === this.library.currentTask(this.loop)) return true;
    if (seen.has(task)) return false;
    seen.add(task);
    return this.notesOf(task).leadsTo.some((each) => this.leadsToMe(each, seen));
  }

  reach(feature: string): void {
    this.features.add(feature);
  }

  /** The object that a name refers to, if there is one yet: primitives and futures are made on first use. */
  get(name: string): object | undefined {
    if (name === "me") return this.library.currentTask(this.loop);
    const known = this.objects.get(name);
    if (known !== undefined) return known;
    const made = this.#make(name.charAt(0), Number(name.slice(1)));
    if (made !== undefined) this.objects.set(name, made);
    return made;
  }

  #make(kind: string, number: number): object | undefined {
    const { library } = this;
    switch (kind) {
      case "L":
        return new library.Lock();
      case "E":
        return new library.Event();
      case "C":
        return new library.Condition();
      case "S":
        return new library.Semaphore(number + 1);
      case "B":
        return new library.BoundedSemaphore(number + 1);
      case "R":
        return new library.Barrier(number + 2);
      case "Q":
        return new library.Queue(1 - number);
      case "P":
        return new library.PriorityQueue(2);
      case "K":
        return new library.LifoQueue(2);
      case "F":
        return this.loop.createFuture();
      default:
        return undefined;
    }
  }

  format(value: unknown): string {
    if (value instanceof this.library.Task) return value.getName();
    if (value instanceof this.library.Future) {
      for (const [name, each] of this.objects) if (each === value) return name;
      return "future";
    }
    if (value instanceof Error) return describe(value);
    if (Array.isArray(value) || value instanceof Set) {
      return `[${Array.from(value as Iterable<unknown>, (each) => this.format(each)).join(", ")}]`;
    }
    return repr(value);
  }

  /** How each task ended, read from its text: a call of `exception()` would mark the exception as retrieved. */
  states(): string[] {
    return Array.from(this.tasks, (task) => {
      const state = !task.done() ? "pending" : task.cancelled() ? "cancelled" : "finished";
      const [, outcome = ""] = state === "finished" ? (/((?:result|exception)=.*)>$/s.exec(String(task)) ?? []) : [];
      const text = clean(outcome);
      return this.named(`${task.getName()} ${state} cancelling=${task.cancelling()} ${text}`.trimEnd());
    });
  }
}

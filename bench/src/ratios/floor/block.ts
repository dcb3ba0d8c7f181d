/** `asyncWith`: a body between the entry and the exit of a manager. */

import type { Future } from "./future.ts";
import { type Coroutine, generators, resume, resumeThrowing, type Step } from "./generators.ts";

export interface Manager {
  enter(): void;
  /** Is called again and again until it returns no future to wait for. May throw. */
  exit(error: unknown): Future<unknown> | undefined;
}

/** A generator function written in place is new at each evaluation: a prototype of its own costs V8 much. */
interface Body {
  (manager: Manager): Coroutine<unknown>;
  prototype: object;
  hasPrototype?: boolean;
}

const sharedPrototype = Object.create(generators) as object;

class Block {
  declare private readonly manager: Manager;
  declare private readonly body: Body;
  declare private state: "created" | "running" | "leaving";
  declare private inner: Coroutine<unknown> | undefined;
  declare private outcome: unknown;

  constructor(manager: Manager, body: Body) {
    this.manager = manager;
    this.body = body;
    this.state = "created";
    this.inner = undefined;
    this.outcome = undefined;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): Step {
    if (this.state === "leaving") return this.leave(undefined);
    if (this.state === "created") this.begin();
    let step: Step;
    try {
      step = resume.call(this.inner as Coroutine<unknown>);
    } catch (error) {
      return this.leave(error);
    }
    return step.done === true ? this.end(step.value) : step;
  }

  throw(error: unknown): Step {
    if (this.state === "leaving") return this.leave(error);
    let step: Step;
    try {
      step = resumeThrowing.call(this.inner as Coroutine<unknown>, error);
    } catch (thrown) {
      return this.leave(thrown);
    }
    return step.done === true ? this.end(step.value) : step;
  }

  private begin(): void {
    this.state = "running";
    this.manager.enter();
    this.inner = this.body(this.manager);
  }

  private end(result: unknown): Step {
    this.outcome = result;
    return this.leave(undefined);
  }

  private leave(error: unknown): Step {
    this.state = "leaving";
    const future = this.manager.exit(error);
    if (future !== undefined) return { done: false, value: future };
    return { done: true, value: this.outcome };
  }
}

/** Runs `body` inside a manager. */
export function asyncWith(manager: Manager, body: Body): Block {
  if (body.hasPrototype !== true) prepare(body);
  return new Block(manager, body);
}

function prepare(body: Body): void {
  body.prototype = sharedPrototype;
  body.hasPrototype = true;
}

import type { EventLoop, Host } from "@yieldstar/loop";
import type { VirtualTimeLoop } from "@yieldstar/testing";
import { repr } from "../../../src/python-text.ts";
import type { Print } from "../../../src/same.ts";
import { withoutHint } from "../../../src/without-hint.ts";

/** Runs one iteration, in Python and here. */
export const iteratePython = `
      iterate = lambda: (loop.stop(), loop.run_forever())
`;

export function iterate(loop: VirtualTimeLoop): void {
  loop.stop();
  loop.runForever();
}

/** Prints what an action returns or raises, in Python and here. */
export const attemptPython = `
      def attempt(action):
          try:
              print(action())
          except BaseException as error:
              print(repr(error))
`;

export function attempt(print: Print, action: () => unknown): void {
  try {
    print(action());
  } catch (error) {
    print(withoutHint(repr(error)));
  }
}

/** An event from outside that comes while the loop waits for it, or at the next poll. */
interface Arrival {
  readonly at: number;
  readonly arrive: () => void;
}

/** A loop that prints the length of each poll, in Python and, as a host, here. */
export const polledLoopPython = `
      def polled_loop(*arrivals):
          loop, arrivals = asyncio.new_event_loop(), list(arrivals)
          def select(timeout):
              print("poll", timeout)
              until = loop.time() + (float("inf") if timeout is None else timeout)
              at, arrive = arrivals.pop(0) if arrivals and arrivals[0][0] <= until else (until, None)
              loop._move_to(max(loop.time(), at))
              return [arrive] if arrive else []
          loop._selector.select = select
          loop._process_events = lambda events: [arrive() for arrive in events]
          return loop
`;

export class PolledHost implements Host {
  readonly clockResolution = 1e-9;
  readonly turnBudget: number;
  now = 0;
  private readonly print: Print;
  private readonly arrivals: Arrival[];
  private request: { readonly when: number; readonly turn: () => void } | undefined;

  /** @param turnBudget - 0 for one iteration a turn, as CPython polls before each */
  constructor(print: Print, arrivals: readonly Arrival[] = [], turnBudget = 0) {
    this.turnBudget = turnBudget;
    this.print = print;
    this.arrivals = [...arrivals];
  }

  time(): number {
    return this.now;
  }

  requestTurn(turn: () => void): void {
    this.requestTurnAt(this.now, turn);
  }

  requestTurnAt(when: number, turn: () => void): void {
    this.request = { when, turn };
  }

  awaitWakeUp(stuck: () => void): void {
    this.requestTurnAt(Infinity, stuck);
  }

  cancelTurn(): void {
    this.request = undefined;
  }

  close(): void {
    this.cancelTurn();
  }

  /** Serves the loop until it stops. */
  serve(): void {
    while (this.request !== undefined) {
      const { when } = this.request;
      this.print("poll", when === Infinity ? undefined : Math.max(0, when - this.now));
      this.takeArrival(when);
      // An arrival may have asked for an earlier turn.
      this.now = Math.max(this.now, this.request.when);
      this.request.turn();
    }
  }

  private takeArrival(until: number): void {
    const [arrival] = this.arrivals;
    if (arrival === undefined || arrival.at > until) return;
    this.arrivals.shift();
    this.now = Math.max(this.now, arrival.at);
    arrival.arrive();
  }
}

/** Runs a loop on a `PolledHost` until it stops. */
export function runPolled(loop: EventLoop, host: PolledHost): void {
  void loop.runForever();
  host.serve();
}

/**
 * The lower bound: generators in a ring, each resumed in turn. There are no results to wait for, no cancellation, no
 * contexts and no clock.
 */

type Body = Generator<undefined, unknown, undefined>;

let bodies: (Body | undefined)[] = [];

/** Puts a generator at the end of the ring. */
export function spawn(body: Body): void {
  bodies.push(body);
}

/** Resumes every generator in its turn until all have ended. */
export function drain(): void {
  while (bodies.length > 0) {
    const round = bodies;
    bodies = [];
    for (const body of round) if (body?.next().done === false) bodies.push(body);
  }
}

/** Measures how the host's own work suffers from the tasks beside it. Times are milliseconds. */

/** The figures of one process. */
export interface Sufferings {
  /** How late a timer of 1 ms fired, each time. */
  readonly timers: number[];
  /** How long each answer from outside took. */
  readonly trips: number[];
  /** How often per second the tasks gave up control. */
  readonly yields: number;
}

/** Runs `tasks` tasks that give up control again and again until `isOver` says so. */
export type Spin = (tasks: number, isOver: () => boolean) => Promise<unknown>;

/** Sends a message out, and calls `onAnswer` when its answer has come. */
export type RoundTrip = (onAnswer: () => void) => void;

const delay = 1;

/**
 * Measures timers and round trips in turn, while the tasks spin.
 *
 * @param duration how long, in milliseconds, after a warm-up of a third of it.
 */
export async function measureSufferings(
  spin: Spin,
  tasks: number,
  roundTrip: RoundTrip,
  duration: number,
): Promise<Sufferings> {
  const start = performance.now();
  const begin = start + duration / 3;
  const end = begin + duration;
  let count = 0;
  const isOver = (): boolean => {
    count += 1;
    return performance.now() >= end;
  };
  const spinning = spin(tasks, isOver);
  const timers: number[] = [];
  const trips: number[] = [];
  while (performance.now() < end) {
    const [late, trip] = [await timer(), await time(roundTrip)];
    if (performance.now() < begin) continue;
    timers.push(late - delay);
    trips.push(trip);
  }
  await spinning;
  return { timers, trips, yields: (count / (performance.now() - start)) * 1000 };
}

function timer(): Promise<number> {
  return time((onAnswer) => void setTimeout(onAnswer, delay));
}

/** The callback itself takes the time: work that runs before a promise settles does not count. */
function time(start: RoundTrip): Promise<number> {
  return new Promise((resolve) => {
    const begin = performance.now();
    start(() => resolve(performance.now() - begin));
  });
}

// Three hundred customers of a bank, each a task: one line for all tellers is fairer than a line for each of them. The
// tellers are semaphores, and the same customers visit both banks: on average they wait as long, but one line never
// keeps a customer behind a slow one while another teller is free. Time is simulated: a minute ends after a few
// iterations of the loop, in which everybody can react, and so a day takes no time and always goes the same way.
import * as asyncio from "yieldstar";

interface Customer {
  readonly arrival: number;
  readonly minutes: number;
}

function* customersOfTheDay(count: number): Generator<Customer> {
  let [number, arrival] = [1, 0];
  for (let customer = 0; customer < count; customer += 1) {
    number = (75 * number + 74) % 65537;
    arrival += number % 5;
    number = (75 * number + 74) % 65537;
    yield { arrival, minutes: number % 10 === 0 ? 25 : 1 + (number % 5) };
  }
}

class Clock {
  now = 0;
  readonly #sleepers = new Map<number, asyncio.Future<void>[]>();

  *sleepUntil(minute: number): asyncio.Coroutine {
    const future = asyncio.getRunningLoop().createFuture<void>();
    const sleepers = this.#sleepers.get(minute);
    if (sleepers === undefined) this.#sleepers.set(minute, [future]);
    else sleepers.push(future);
    yield* future;
  }

  *run(): asyncio.Coroutine<never> {
    while (true) {
      for (let turn = 0; turn < 4; turn += 1) yield* asyncio.sleep(0);
      this.now += 1;
      for (const future of this.#sleepers.get(this.now) ?? []) future.setResult();
      this.#sleepers.delete(this.now);
    }
  }
}

class Line {
  readonly tellers: asyncio.Semaphore;
  people = 0;

  constructor(tellers: asyncio.Semaphore) {
    this.tellers = tellers;
  }
}

function* visit(customer: Customer, lines: readonly Line[], clock: Clock): asyncio.Coroutine<number> {
  yield* clock.sleepUntil(customer.arrival);
  const line = lines.reduce((shortest, each) => (each.people < shortest.people ? each : shortest));
  line.people += 1;
  const wait = yield* asyncio.asyncWith(line.tellers, function* () {
    const minutes = clock.now - customer.arrival;
    yield* clock.sleepUntil(clock.now + customer.minutes);
    return minutes;
  });
  line.people -= 1;
  return wait;
}

function* day(title: string, lines: readonly Line[]): asyncio.Coroutine {
  const clock = new Clock();
  const ticking = asyncio.createTask(clock.run());
  const visits = Array.from(customersOfTheDay(300), (customer) => visit(customer, lines, clock));
  const waits = yield* asyncio.gather(visits);
  ticking.cancel();
  const average = Math.floor(waits.reduce((sum, wait) => sum + wait) / waits.length);
  console.log(`${title}, closed after ${clock.now} minutes`);
  console.log(`  a customer waited ${average} minutes on average, ${Math.max(...waits)} at most`);
  for (let start = 0; start < 70; start += 10) {
    const count = waits.filter((wait) => start <= wait && wait < start + 10).length;
    console.log(`  ${String(start).padStart(2)} |${"#".repeat(Math.ceil(count / 2))}`);
  }
}

function* main(): asyncio.Coroutine {
  yield* day("one line for three tellers", [new Line(new asyncio.Semaphore(3))]);
  yield* day(
    "a line for each of them",
    [1, 2, 3].map(() => new Line(new asyncio.Semaphore(1))),
  );
}

await asyncio.run(main());

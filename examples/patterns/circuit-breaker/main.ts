// A circuit breaker stops calling a service that fails, and tries from time to time whether it works again. Waiting for
// a dead service costs each caller the whole time limit, and all those calls may prevent it from recovering. After
// three failures in a row the circuit is open: calls fail at once. After a while the breaker lets one call through: if
// it succeeds, the circuit closes again, and if not, it stays open.
import * as asyncio from "yieldstar";

type State = "closed" | "open" | "half-open";

class CircuitOpen extends Error {}

class CircuitBreaker {
  readonly #maxFailures: number;
  readonly #pause: number;
  #state: State = "closed";
  #failures = 0;
  #retryAt = 0;

  constructor(maxFailures: number, pause: number) {
    this.#maxFailures = maxFailures;
    this.#pause = pause;
  }

  *call<T>(request: () => asyncio.Awaitable<T>): asyncio.Coroutine<T> {
    if (this.#state === "open" && asyncio.getRunningLoop().time() >= this.#retryAt) this.#become("half-open");
    else if (this.#state !== "closed") throw new CircuitOpen(`the circuit is ${this.#state}`);
    let result: T;
    try {
      result = yield* request();
    } catch (error) {
      // A cancelled call, too: a circuit that is half-open must not stay so.
      this.#noteFailure();
      throw error;
    }
    this.#noteSuccess();
    return result;
  }

  #noteFailure(): void {
    this.#failures += 1;
    if (this.#state === "half-open" || this.#failures === this.#maxFailures) {
      this.#retryAt = asyncio.getRunningLoop().time() + this.#pause;
      this.#become("open");
    }
  }

  #noteSuccess(): void {
    this.#failures = 0;
    if (this.#state === "half-open") this.#become("closed");
  }

  #become(state: State): void {
    this.#state = state;
    console.log(`    the circuit is ${state}`);
  }
}

class Service {
  isUp = true;

  *answer(): asyncio.Coroutine<string> {
    const seconds = this.isUp ? 0.1 : 60;
    return yield* asyncio.asyncWith(asyncio.timeout(0.4), function* () {
      yield* asyncio.sleep(seconds);
      return "an answer";
    });
  }
}

function* call(service: Service, breaker: CircuitBreaker): asyncio.Coroutine {
  const loop = asyncio.getRunningLoop();
  const start = loop.time();
  let outcome: string;
  try {
    outcome = yield* breaker.call(() => service.answer());
  } catch (error) {
    if (error instanceof asyncio.TimeoutError) outcome = "no answer";
    else if (error instanceof CircuitOpen) outcome = "refused";
    else throw error;
  }
  console.log(`  ${outcome} after ${(loop.time() - start).toFixed(1)} s`);
}

function* main(): asyncio.Coroutine {
  const service = new Service();
  const breaker = new CircuitBreaker(3, 0.6);

  console.log("the service is up");
  yield* call(service, breaker);

  console.log("the service is down");
  service.isUp = false;
  for (let count = 0; count < 5; count += 1) yield* call(service, breaker);
  yield* asyncio.sleep(0.8);
  yield* call(service, breaker);

  console.log("the service is up again");
  service.isUp = true;
  yield* call(service, breaker);
  yield* asyncio.sleep(0.8);
  yield* asyncio.gather([call(service, breaker), call(service, breaker), call(service, breaker)]);
  yield* call(service, breaker);
}

await asyncio.run(main());

// A job scheduler that runs urgent jobs first, and shuts down in phases. A PriorityQueue gives the smallest item; the
// number after the priority keeps jobs of the same priority in order. On shutdown it first refuses new jobs, then gives
// the accepted ones some time, and at last cancels the remaining ones, which may clean up.
import * as asyncio from "yieldstar";

interface Job {
  readonly priority: number;
  readonly number: number;
  readonly title: string;
  readonly seconds: number;
}

class Scheduler {
  readonly #jobs = new asyncio.PriorityQueue<Job>(0, {
    compare: (a, b) => a.priority - b.priority || a.number - b.number,
  });
  #submitted = 0;
  readonly #workers: readonly asyncio.Task<void>[];

  constructor(workers: number) {
    this.#workers = Array.from({ length: workers }, (_, index) =>
      asyncio.createTask(this.#work(`worker ${index + 1}`)),
    );
  }

  submit(priority: number, title: string, seconds: number): void {
    try {
      this.#jobs.putNowait({ priority, number: this.#submitted, title, seconds });
      this.#submitted += 1;
    } catch (error) {
      if (!(error instanceof asyncio.QueueShutDown)) throw error;
      console.log(`refused: ${title}`);
    }
  }

  *#work(name: string): asyncio.Coroutine {
    try {
      while (true) {
        const job = yield* this.#jobs.get();
        yield* this.#run(name, job);
      }
    } catch (error) {
      if (!(error instanceof asyncio.QueueShutDown)) throw error;
      console.log(`${name}: goes home`);
    }
  }

  *#run(name: string, job: Job): asyncio.Coroutine {
    console.log(`${name}: ${job.title}`);
    try {
      yield* asyncio.sleep(job.seconds);
      console.log(`${name}: done with it`);
    } catch (error) {
      if (error instanceof asyncio.CancelledError) {
        yield* asyncio.sleep(0.1);
        console.log(`${name}: stopped, and tidied up`);
      }
      throw error;
    }
  }

  *shutDown(grace: number): asyncio.Coroutine {
    console.log("shutdown, phase 1: no new jobs");
    this.#jobs.shutdown();

    console.log("shutdown, phase 2: some time for the jobs that were accepted");
    const [, busy] = yield* asyncio.wait(this.#workers, { timeout: grace });

    console.log(`shutdown, phase 3: ${busy.size} workers are stopped`);
    while (!this.#jobs.empty()) console.log(`dropped: ${this.#jobs.getNowait().title}`);
    for (const worker of this.#workers) worker.cancel();
    yield* asyncio.gather(this.#workers, { returnExceptions: true });
    console.log("shutdown: done");
  }
}

function* main(): asyncio.Coroutine {
  const scheduler = new Scheduler(2);
  scheduler.submit(3, "sort the cellar", 2);
  scheduler.submit(2, "answer letters", 0.3);
  scheduler.submit(2, "write a report", 0.4);
  scheduler.submit(1, "put out the fire", 0.5);
  scheduler.submit(3, "count the spoons", 0.5);
  yield* asyncio.sleep(0.2);
  scheduler.submit(1, "rescue the cat", 0.3);
  scheduler.submit(4, "dust the lamps", 0.7);
  scheduler.submit(5, "clean the windows", 0.7);
  yield* asyncio.sleep(0.5);
  yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (group) {
    group.createTask(scheduler.shutDown(1));
    yield* asyncio.sleep(0.1);
    scheduler.submit(1, "buy a new lamp", 0.1);
  });
}

await asyncio.run(main());

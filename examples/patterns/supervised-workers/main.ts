// A supervisor restarts its worker when it fails, but not for ever. One bad job ends a worker, and its supervisor
// starts a new one after a pause, while the rest of the pool works on. If a worker fails again and again, a restart
// does not help: the supervisor fails too, and its task group ends the pool.
import * as asyncio from "yieldstar";

class BadJob extends Error {}

class GivenUp extends Error {}

function* work(name: string, seconds: number, jobs: asyncio.Queue<string>): asyncio.Coroutine<never> {
  while (true) {
    const job = yield* jobs.get();
    yield* asyncio.sleep(seconds);
    if (job.includes("cursed")) throw new BadJob(`cannot do ${job}`);
    console.log(`  ${name}: ${job}`);
  }
}

function* supervise(
  name: string,
  seconds: number,
  jobs: asyncio.Queue<string>,
  maxRestarts: number,
): asyncio.Coroutine {
  let restarts = 0;
  while (true) {
    try {
      yield* work(name, seconds, jobs);
    } catch (error) {
      if (error instanceof asyncio.QueueShutDown) {
        console.log(`  ${name}: nothing is left to do`);
        return;
      }
      if (!(error instanceof BadJob)) throw error;
      console.log(`  ${name}: failed, ${error.message}`);
      if (restarts === maxRestarts)
        throw new GivenUp(`${name} fails after ${restarts} restarts, too`, { cause: error });
      restarts += 1;
      yield* asyncio.sleep(0.24 * restarts);
      console.log(`  ${name}: restart ${restarts}`);
    }
  }
}

function* runPool(title: string, todo: readonly string[]): asyncio.Coroutine {
  console.log(title);
  const jobs = new asyncio.Queue<string>();
  for (const job of todo) jobs.putNowait(job);
  jobs.shutdown();
  try {
    yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (group) {
      for (const [name, seconds] of [
        ["Ann", 0.24],
        ["Ben", 0.4],
        ["Cleo", 0.56],
      ] as const) {
        group.createTask(supervise(name, seconds, jobs, 2));
      }
    });
  } catch (error) {
    yield* asyncio.exceptStar(
      error,
      asyncio.on(GivenUp, (errors) => {
        for (const { message } of errors.exceptions) console.log(`  the pool is closed: ${message}`);
      }),
    );
  }
  console.log(`  jobs left: ${jobs.qsize()}`);
}

function* main(): asyncio.Coroutine {
  yield* runPool("two bad jobs", ["a", "b", "c", "a cursed d", "e", "f", "a cursed g", "h", "i"]);
  yield* runPool(
    "nothing but bad jobs",
    Array.from({ length: 9 }, (_, index) => `cursed ${index + 1}`),
  );
}

await asyncio.run(main());

// Three workers share one queue of jobs, and a free worker takes the next. At the end `join` waits until `taskDone` was
// called for every job that was put in: until all jobs are done, not just taken. The workers would wait for more jobs
// for ever, and so are cancelled.
import * as asyncio from "yieldstar";

interface Job {
  readonly title: string;
  readonly seconds: number;
}

function* worker(name: string, jobs: asyncio.Queue<Job>): asyncio.Coroutine<never> {
  while (true) {
    const job = yield* jobs.get();
    yield* asyncio.sleep(job.seconds);
    console.log(`${name}: ${job.title}`);
    jobs.taskDone();
  }
}

function* main(): asyncio.Coroutine {
  const loop = asyncio.getRunningLoop();
  const start = loop.time();
  const jobs = new asyncio.Queue<Job>();
  jobs.putNowait({ title: "mow the lawn", seconds: 0.6 });
  jobs.putNowait({ title: "water the roses", seconds: 0.2 });
  jobs.putNowait({ title: "trim the hedge", seconds: 0.4 });
  jobs.putNowait({ title: "paint the fence", seconds: 0.7 });
  jobs.putNowait({ title: "feed the birds", seconds: 0.1 });
  jobs.putNowait({ title: "clean the pond", seconds: 0.6 });
  jobs.putNowait({ title: "sweep the path", seconds: 0.2 });
  console.log(`${jobs.qsize()} jobs are waiting`);

  const workers = ["Ann", "Ben", "Cleo"].map((name) => asyncio.createTask(worker(name, jobs)));
  yield* jobs.join();
  console.log(`all jobs are done after ${(loop.time() - start).toFixed(1)} s`);

  for (const task of workers) task.cancel();
  yield* asyncio.gather(workers, { returnExceptions: true });
  console.log(`${workers.filter((task) => task.cancelled()).length} workers go home`);
}

await asyncio.run(main());

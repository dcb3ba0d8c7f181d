// Three workers take jobs from a queue that holds two. When all jobs are done, the workers are cancelled.
import * as asyncio from "yieldstar";

type Job = readonly [name: string, seconds: number];

function* produce(queue: asyncio.Queue<Job>): asyncio.Coroutine {
  for (let number = 1; number <= 12; number++) {
    yield* queue.put([`job ${number}`, 0.3 + ((number * 7) % 5) * 0.25]);
  }
  yield* queue.join();
}

function* work(name: string, queue: asyncio.Queue<Job>, print: (line: string) => void): asyncio.Coroutine<never> {
  try {
    while (true) {
      const [job, seconds] = yield* queue.get();
      yield* asyncio.sleep(seconds);
      print(`${name}: ${job}`);
      queue.taskDone();
    }
  } finally {
    yield* asyncio.sleep(0.4); // Put the tools away.
    print(`${name}: gone home`);
  }
}

export function* main(print: (line: string) => void): asyncio.Coroutine {
  const queue = new asyncio.Queue<Job>(2);
  yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (taskGroup) {
    const workers = ["Ada", "Ben", "Cleo"].map((name) => taskGroup.createTask(work(name, queue, print), { name }));
    yield* taskGroup.createTask(produce(queue), { name: "producer" });
    for (const worker of workers) worker.cancel();
  });
}

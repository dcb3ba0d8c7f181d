import { type Coroutine, createTask, getRunningLoop, run, sleep, type Task } from "@yieldstar/loop";

let tasks: Task<void>[] = [];

function* waitFor(index: number): Coroutine {
  try {
    yield* sleep(0);
    yield* tasks[index] as Task<void>;
  } finally {
    console.log("task cleans up");
  }
}

function* main(): Coroutine {
  getRunningLoop().callLater(60, () => {});
  tasks = [createTask(waitFor(1)), createTask(waitFor(0))];
  try {
    yield* sleep(0.01);
    console.log("ready");
    yield* tasks[0] as Task<void>;
  } finally {
    console.log("main cleans up");
  }
}

await run(main());

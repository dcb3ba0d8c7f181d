import { type Coroutine, createTask, getRunningLoop, run, sleep, type Task } from "@yieldstar/loop";

// Two tasks await each other. Loggers and servers have such a handler.
process.on("uncaughtException", (error) => console.log("uncaught:", error.name));

let tasks: Task<void>[] = [];

function* waitFor(index: number): Coroutine {
  try {
    yield* sleep(0);
    yield* tasks[index] as Task<void>;
  } finally {
    console.log("cleaned up");
  }
}

function* main(): Coroutine {
  tasks = [createTask(waitFor(1)), createTask(waitFor(0))];
  yield* tasks[0] as Task<void>;
}

/** A task whose text throws affects every report. */
function* unprintable(): Coroutine {
  const task = createTask(main());
  Object.defineProperty(task, "toString", {
    value: () => {
      throw new Error("no text");
    },
  });
  yield* getRunningLoop().createFuture();
}

for (const program of [main, unprintable]) {
  try {
    await run(program());
  } catch (error) {
    console.log("rejected with", (error as Error).name);
  }
}

// A context variable has a value of its own in each task, and need not be passed down as an argument. Here every
// connection sets its client, and `log` deep below knows which client it serves, although all connections run at the
// same time. A task sees the values that were set where it was created; its own values are seen only by itself and by
// the tasks that it creates.
import * as asyncio from "yieldstar";

const client = new asyncio.ContextVar("client", { default: "nobody" });

function log(text: string): void {
  console.log(`[${client.get()}] ${text}`);
}

function* readRequest(seconds: number): asyncio.Coroutine<string> {
  log("connected");
  yield* asyncio.sleep(seconds);
  return "a page";
}

function* saveStatistics(): asyncio.Coroutine {
  yield* asyncio.sleep(0.1);
  log("counted");
}

function* serve(address: string, seconds: number): asyncio.Coroutine {
  client.set(address);
  const wanted = yield* readRequest(seconds);
  log(`gets ${wanted}`);
  yield* asyncio.createTask(saveStatistics());
}

function* main(): asyncio.Coroutine {
  client.set("the server");
  log("starts");
  yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (group) {
    group.createTask(serve("10.0.0.1", 0.5));
    group.createTask(serve("10.0.0.2", 0.1));
    group.createTask(serve("10.0.0.3", 0.3));
  });
  log("ends");
}

await asyncio.run(main());
log("is left outside");

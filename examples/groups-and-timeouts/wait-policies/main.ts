// `wait` returns which tasks are done and which are not, and the caller decides what to do. It returns when one task is
// done, when one has failed, when all are done, or when the time is over. It throws none of their exceptions, and
// cancels no task.
import * as asyncio from "yieldstar";

function* sail(seconds: number, leaks = false): asyncio.Coroutine {
  yield* asyncio.sleep(seconds);
  if (leaks) throw new Error("has sunk");
}

function* race(title: string, returnWhen: asyncio.ReturnWhen, timeout?: number): asyncio.Coroutine {
  console.log(title);
  const boats = [
    asyncio.createTask(sail(0.2), { name: "Albatross" }),
    asyncio.createTask(sail(0.4, true), { name: "Barnacle" }),
    asyncio.createTask(sail(0.6), { name: "Cormorant" }),
  ];
  const [done, pending] = yield* asyncio.wait(boats, { timeout, returnWhen });
  for (const boat of boats) {
    if (pending.has(boat)) {
      console.log(`  ${boat.getName()} is at sea`);
      continue;
    }
    const error = boat.exception();
    console.log(`  ${boat.getName()} ${error?.message ?? "has arrived"}`);
  }
  console.log(`  done: ${done.size}, pending: ${pending.size}`);

  for (const boat of pending) boat.cancel();
  yield* asyncio.gather(pending, { returnExceptions: true });
}

function* main(): asyncio.Coroutine {
  yield* race("until one is done", asyncio.FIRST_COMPLETED);
  yield* race("until one has failed", asyncio.FIRST_EXCEPTION);
  yield* race("until all are done", asyncio.ALL_COMPLETED);
  yield* race("until all are done, but for 0.1 s at most", asyncio.ALL_COMPLETED, 0.1);
}

await asyncio.run(main());

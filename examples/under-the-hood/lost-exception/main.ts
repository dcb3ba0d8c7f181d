// When a task fails and its result is never asked for, the loop reports the exception, but only late. It waits until
// the task is collected, or until its own end, and by then it is too late to react. A done callback can look at the
// exception at once, and an exception that it has looked at is not reported again.
import * as asyncio from "yieldstar";

class MailError extends Error {}

function* sendMail(name: string, address: string): asyncio.Coroutine {
  yield* asyncio.sleep(0.2);
  if (!address.includes("@")) throw new MailError(`${name} has no address`);
  console.log(`mail for ${name}: sent`);
}

function report(_loop: asyncio.BaseEventLoop, context: asyncio.ExceptionContext): void {
  console.log(`loop: ${context.message}: ${context.exception?.message}`);
}

function check(task: asyncio.Task<void>): void {
  const error = task.exception();
  console.log(`callback: ${error?.message ?? "all is well"}`);
}

function* main(): asyncio.Coroutine {
  asyncio.getRunningLoop().setExceptionHandler(report);
  const forgotten = asyncio.createTask(sendMail("Ann", "nowhere"));
  for (const [name, address] of [
    ["Ben", "ben@example.org"],
    ["Cleo", "nowhere"],
  ] as const) {
    asyncio.createTask(sendMail(name, address)).addDoneCallback(check);
  }

  yield* asyncio.sleep(0.5);
  console.log(`main: the mail for Ann is ${forgotten.done() ? "done" : "on its way"}, I suppose it went well`);
}

await asyncio.run(main());

// Happy eyeballs: try one address after the other without waiting for the end of each attempt. The next attempt begins
// when the earlier ones have not answered for a while, or at once when one of them fails. The first connection wins,
// and the other attempts are cancelled. So a slow address does not delay a fast one for long, and a dead address costs
// a moment and not a minute.
import * as asyncio from "yieldstar";

class ConnectionError extends Error {}

function* connect(address: string, seconds: number, isListening: boolean): asyncio.Coroutine<string> {
  console.log(`  ${address}: trying`);
  try {
    yield* asyncio.sleep(seconds);
  } catch (error) {
    if (error instanceof asyncio.CancelledError) console.log(`  ${address}: called off`);
    throw error;
  }
  if (!isListening) {
    console.log(`  ${address}: refused`);
    throw new ConnectionError(`${address} refused the connection`);
  }
  return address;
}

type Address = readonly [address: string, seconds: number, isListening: boolean];

function* connectToFirst(addresses: readonly Address[], delay: number): asyncio.Coroutine<string> {
  const left = [...addresses];
  const attempts: asyncio.Task<string>[] = [];
  let running = new Set<asyncio.Task<string>>();
  const errors: ConnectionError[] = [];
  try {
    while (left.length > 0 || running.size > 0) {
      const next = left.shift();
      if (next !== undefined) {
        const attempt = asyncio.createTask(connect(...next));
        attempts.push(attempt);
        running.add(attempt);
      }
      const timeout = left.length > 0 ? delay : null;
      const [done, pending] = yield* asyncio.wait(running, { timeout, returnWhen: asyncio.FIRST_COMPLETED });
      running = pending;
      for (const attempt of done) {
        try {
          return attempt.result();
        } catch (error) {
          if (!(error instanceof ConnectionError)) throw error;
          errors.push(error);
        }
      }
    }
    throw new asyncio.ExceptionGroup("no address can be reached", errors);
  } finally {
    for (const attempt of attempts) attempt.cancel();
    yield* asyncio.gather(attempts, { returnExceptions: true });
  }
}

function* visit(title: string, addresses: readonly Address[]): asyncio.Coroutine {
  console.log(title);
  const loop = asyncio.getRunningLoop();
  const start = loop.time();
  let outcome = "";
  try {
    outcome = `connected to ${yield* connectToFirst(addresses, 0.3)}`;
  } catch (error) {
    yield* asyncio.exceptStar(
      error,
      asyncio.on(ConnectionError, (group) => {
        outcome = `${group.message}: ${group.exceptions.length} errors`;
      }),
    );
  }
  console.log(`  ${outcome} after ${(loop.time() - start).toFixed(1)} s`);
}

function* main(): asyncio.Coroutine {
  yield* visit("the first address answers", [
    ["2001:db8::1", 0.1, true],
    ["192.0.2.1", 0.1, true],
  ]);
  yield* visit("it is slow, but not as slow as the second", [
    ["2001:db8::2", 0.5, true],
    ["192.0.2.2", 0.7, true],
  ]);
  yield* visit("two say nothing", [
    ["2001:db8::3", 60, true],
    ["2001:db8::4", 60, true],
    ["192.0.2.3", 0.2, true],
  ]);
  yield* visit("the first is refused at once", [
    ["2001:db8::5", 0.1, false],
    ["192.0.2.5", 0.1, true],
  ]);
  yield* visit("all are refused", [
    ["2001:db8::6", 0.5, false],
    ["192.0.2.6", 0.1, false],
  ]);
}

await asyncio.run(main());

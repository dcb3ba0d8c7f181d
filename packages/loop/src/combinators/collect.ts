import { type Coroutine, iscoroutine } from "../coroutines/coroutine.ts";
import { closeCoroutine } from "../coroutines/close-coroutine.ts";
import { RuntimeError } from "../errors/exceptions.ts";
import { Future } from "../tasks/future.ts";
import { nameOfType } from "../coroutines/name-of-type.ts";
import { currentLoop } from "../context/ambient.ts";

/**
 * Returns the members of an iterable of awaitables.
 *
 * A coroutine is iterable too, and only running it tells it from a generator of awaitables. A coroutine yields
 * `undefined` or a future that it has marked as awaited, or it needs a running loop where there is none.
 *
 * @param complain - makes the error's message from the name of the type of the refused value
 * @throws TypeError when `awaitables` is a single awaitable, or not iterable
 */
export function collect<A>(awaitables: Iterable<A>, complain: (type: string) => string): A[] {
  if (awaitables instanceof Future || typeof awaitables?.[Symbol.iterator] !== "function") {
    throw new TypeError(complain(nameOfType(awaitables)));
  }
  return iscoroutine(awaitables) ? runGenerator<A>(awaitables, complain) : [...awaitables];
}

function runGenerator<A>(awaitables: Iterable<A>, complain: (type: string) => string): A[] {
  const members: A[] = [];
  for (const member of yieldMembers(awaitables, complain)) {
    if (member === undefined || (member instanceof Future && member._isBlocking())) {
      if (member instanceof Future) member._clearBlocking();
      closeCoroutine(awaitables as unknown as Coroutine<unknown>);
      throw new TypeError(complain("coroutine"));
    }
    members.push(member);
  }
  return members;
}

/** Yields the members, and refuses a coroutine that fails because no loop is running. */
function* yieldMembers<A>(awaitables: Iterable<A>, complain: (type: string) => string): Generator<A> {
  try {
    yield* awaitables;
  } catch (cause) {
    if (!(cause instanceof RuntimeError) || currentLoop !== undefined) throw cause;
    throw new TypeError(complain("coroutine"), { cause });
  }
}

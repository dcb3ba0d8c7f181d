// Several `on` clauses divide the errors of a group among them, and errors that no clause takes go on. Unlike `catch`,
// more than one of them may run, each with the matching errors that no clause before it took. They may await. The rest
// keeps the message of its group.
import * as asyncio from "yieldstar";

class Unreachable extends Error {}
class BadFormat extends Error {}
class BadEncoding extends Error {}
class NoPermission extends Error {}

function* load(source: string, seconds: number, ErrorClass?: new (text: string) => Error): asyncio.Coroutine<string> {
  yield* asyncio.sleep(seconds);
  if (ErrorClass !== undefined) throw new ErrorClass(source);
  return source;
}

function* loadAll(): asyncio.Coroutine {
  const results = yield* asyncio.gather(
    [
      load("harbour", 0.1),
      load("airport", 0.4, Unreachable),
      load("station", 0.2, BadEncoding),
      load("palace", 0.1, NoPermission),
      load("lighthouse", 0.3, Unreachable),
      load("museum", 0.1, BadFormat),
    ],
    { returnExceptions: true },
  );
  const errors = results.filter((result) => result instanceof asyncio.Exception);
  console.log(`${results.length - errors.length} loaded, ${errors.length} not`);
  if (errors.length > 0) throw new asyncio.ExceptionGroup("some sources failed", errors);
}

function* loadAndRepair(): asyncio.Coroutine {
  try {
    yield* loadAll();
  } catch (error) {
    yield* asyncio.exceptStar(
      error,
      asyncio.on(Unreachable, function* (unreachable) {
        for (const { message } of unreachable.exceptions) {
          console.log(`trying again: ${message}`);
          yield* asyncio.sleep(0.1);
        }
      }),
      asyncio.on([BadFormat, BadEncoding], (damaged) => {
        for (const { message } of damaged.exceptions) console.log(`sending back: ${message}`);
      }),
    );
  }
  console.log("this is printed only if nothing is left over");
}

function* main(): asyncio.Coroutine {
  try {
    yield* loadAndRepair();
  } catch (error) {
    if (!(error instanceof asyncio.ExceptionGroup)) throw error;
    console.log(`left over: ${error.message}`);
    for (const member of error.exceptions) console.log(`  ${member.constructor.name}: ${member.message}`);
  }
}

await asyncio.run(main());

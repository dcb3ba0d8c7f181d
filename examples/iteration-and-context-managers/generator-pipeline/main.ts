// A pipeline of async generators works on demand: each stage asks the one before it for the next value. So a line is
// read only when the end of the pipeline wants more, and only a stage that collects values stores any. When the end has
// enough, `aclosing` in each stage closes the stage before, back to the source, which closes its file.
import * as asyncio from "yieldstar";

const log = `\
09:00 info started
09:01 error disk is full
this is not an entry
09:02 error disk is still full
09:03 info somebody deletes the films
09:05 error printer is on fire
09:06 error paper is gone
09:07 error printer is gone
09:08 info closed`;

interface Entry {
  readonly time: string;
  readonly level: string;
  readonly text: string;
}

const readLines = asyncio.asyncGenerator(function* (emit, name: string) {
  console.log(`${name}: opened`);
  try {
    for (const line of log.split("\n")) {
      yield* asyncio.sleep(0.1);
      console.log(`read: ${line}`);
      yield* emit(line);
    }
  } finally {
    yield* asyncio.sleep(0.1);
    console.log(`${name}: closed`);
  }
});

const parse = asyncio.asyncGenerator(function* (emit, source: asyncio.AsyncGenerator<string>) {
  yield* asyncio.asyncWith(asyncio.aclosing(source), function* (lines) {
    yield* asyncio.asyncFor(lines, function* (line) {
      const [time, level, ...words] = line.split(" ");
      if (time !== undefined && (level === "info" || level === "error")) {
        yield* emit<Entry>({ time, level, text: words.join(" ") });
      } else {
        console.log("  parse: skipped");
      }
    });
  });
});

const select = asyncio.asyncGenerator(function* (emit, level: string, source: asyncio.AsyncGenerator<Entry>) {
  yield* asyncio.asyncWith(asyncio.aclosing(source), function* (entries) {
    yield* asyncio.asyncFor(entries, function* (entry) {
      if (entry.level === level) {
        console.log(`  select: ${entry.text}`);
        yield* emit(entry);
      }
    });
  });
});

const inBatches = asyncio.asyncGenerator(function* <T>(
  emit: asyncio.Emit,
  size: number,
  source: asyncio.AsyncGenerator<T>,
) {
  let batch: T[] = [];
  yield* asyncio.asyncWith(asyncio.aclosing(source), function* (items) {
    yield* asyncio.asyncFor(items, function* (item) {
      batch.push(item);
      if (batch.length === size) {
        yield* emit(batch);
        batch = [];
      }
    });
  });
  if (batch.length > 0) yield* emit(batch);
});

function* main(): asyncio.Coroutine {
  const errors = select("error", parse(readLines("server.log")));
  let mails = 0;
  yield* asyncio.asyncWith(asyncio.aclosing(inBatches(2, errors)), function* (batches) {
    yield* asyncio.asyncFor(batches, function* (batch) {
      mails += 1;
      console.log(`    mail ${mails}: ${batch.map((entry) => `${entry.text} at ${entry.time}`).join(", ")}`);
      return mails === 2 ? asyncio.BREAK : undefined;
    });
  });
  console.log("two mails a day are enough");
}

await asyncio.run(main());

// A cache that loads a value only once when several callers want it at the same time, and finishes even if the first
// caller has gone. The load is a separate task, which all callers await behind a `shield`: so a cancelled caller does
// not cancel the load for the others. A failed load is forgotten, and the next caller tries again.
import * as asyncio from "yieldstar";

class Cache<V> {
  readonly #load: (key: string) => asyncio.Awaitable<V>;
  readonly #tasks = new Map<string, asyncio.Task<V>>();

  constructor(load: (key: string) => asyncio.Awaitable<V>) {
    this.#load = load;
  }

  *get(key: string): asyncio.Coroutine<V> {
    let task = this.#tasks.get(key);
    if (task === undefined) {
      task = asyncio.createTask(this.#loadOrForget(key));
      this.#tasks.set(key, task);
    }
    return yield* asyncio.shield(task);
  }

  *#loadOrForget(key: string): asyncio.Coroutine<V> {
    try {
      return yield* this.#load(key);
    } catch (error) {
      this.#tasks.delete(key);
      throw error;
    }
  }
}

class NotFound extends Error {}

class Database {
  readonly #rows = new Map([
    ["ada", "Ada, 36"],
    ["bob", "Bob, 41"],
  ]);
  reads = 0;

  *read(key: string): asyncio.Coroutine<string> {
    this.reads += 1;
    console.log(`  database: reads ${key}`);
    yield* asyncio.sleep(0.3);
    const row = this.#rows.get(key);
    if (row === undefined) throw new NotFound(`there is no ${key}`);
    return row;
  }

  insert(key: string, row: string): void {
    this.#rows.set(key, row);
  }
}

function* ask(name: string, key: string, cache: Cache<string>, patience = 10): asyncio.Coroutine {
  try {
    const row = yield* asyncio.asyncWith(asyncio.timeout(patience), () => cache.get(key));
    console.log(`  ${name} gets ${row}`);
  } catch (error) {
    if (error instanceof asyncio.TimeoutError) console.log(`  ${name} does not wait any longer`);
    else if (error instanceof NotFound) console.log(`  ${name} hears that ${error.message}`);
    else throw error;
  }
}

function* main(): asyncio.Coroutine {
  const database = new Database();
  const cache = new Cache((key) => database.read(key));

  console.log("three ask at the same time, and the first one goes");
  yield* asyncio.gather([ask("Xenia", "ada", cache, 0.1), ask("Yuri", "ada", cache), ask("Zoe", "ada", cache)]);

  console.log("the answer is kept, and so is an answer that no task waited for");
  yield* ask("Xenia", "ada", cache);
  yield* ask("Yuri", "bob", cache, 0.1);
  yield* asyncio.sleep(0.4);
  yield* ask("Zoe", "bob", cache, 0.1);

  console.log("a failure is not kept");
  yield* asyncio.gather([ask("Xenia", "cyd", cache), ask("Yuri", "cyd", cache)]);
  database.insert("cyd", "Cyd, 28");
  yield* ask("Zoe", "cyd", cache);
  console.log(`${database.reads} reads for 9 questions`);
}

await asyncio.run(main());

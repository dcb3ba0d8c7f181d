// A web crawler: pages of one level are fetched at the same time, within limits of depth, rate and attempts. With a
// task group for each level the depth of a page is its shortest distance, however slow some pages are. All fetches
// share a rate limiter, which assigns each request its time. An unavailable page is requested again, after longer and
// longer pauses, and a page that stays unavailable affects no other page.
import * as asyncio from "yieldstar";

const site = new Map([
  ["/", ["/news", "/shop", "/about"]],
  ["/news", ["/", "/news/1", "/news/2"]],
  ["/news/1", ["/news/2", "/archive"]],
  ["/news/2", ["/news/1", "/about"]],
  ["/shop", ["/basket"]],
  ["/about", ["/team", "/shop", "/history"]],
  ["/team", ["/about"]],
  ["/archive", ["/archive/1999"]],
]);

class NotFound extends Error {}

class Unavailable extends Error {}

class Server {
  readonly #failuresLeft = new Map([
    ["/about", 1],
    ["/news/2", 2],
    ["/shop", 99],
  ]);

  *get(path: string): asyncio.Coroutine<readonly string[]> {
    yield* asyncio.sleep(0.15);
    const failuresLeft = this.#failuresLeft.get(path) ?? 0;
    if (failuresLeft > 0) {
      this.#failuresLeft.set(path, failuresLeft - 1);
      throw new Unavailable("503");
    }
    const links = site.get(path);
    if (links === undefined) throw new NotFound("404");
    return links;
  }
}

class RateLimiter {
  readonly #interval: number;
  #next = 0;

  constructor(interval: number) {
    this.#interval = interval;
  }

  *wait(): asyncio.Coroutine {
    const now = asyncio.getRunningLoop().time();
    const turn = Math.max(now, this.#next);
    this.#next = turn + this.#interval;
    yield* asyncio.sleep(turn - now);
  }
}

function* fetch(
  path: string,
  server: Server,
  limiter: RateLimiter,
  attempts = 3,
): asyncio.Coroutine<readonly string[]> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    yield* limiter.wait();
    try {
      const links = yield* server.get(path);
      console.log(`  ${path} links to ${links.join(", ")}`);
      return links;
    } catch (error) {
      if (error instanceof Unavailable) {
        console.log(`  ${path}: ${error.message} at attempt ${attempt}`);
        if (attempt < attempts) yield* asyncio.sleep(0.1 * 2 ** attempt);
      } else if (error instanceof NotFound) {
        console.log(`  ${path}: ${error.message}`);
        break;
      } else {
        throw error;
      }
    }
  }
  return [];
}

function* crawl(start: string, maxDepth: number): asyncio.Coroutine<Set<string>> {
  const server = new Server();
  const limiter = new RateLimiter(0.1);
  const seen = new Set([start]);
  let level = [start];
  for (let depth = 0; depth <= maxDepth; depth += 1) {
    console.log(`depth ${depth}: ${level.length} pages`);
    const paths = level;
    const tasks = yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (group) {
      return paths.map((path) => group.createTask(fetch(path, server, limiter)));
    });
    level = [];
    for (const task of tasks) {
      for (const link of task.result()) {
        if (!seen.has(link)) {
          seen.add(link);
          level.push(link);
        }
      }
    }
  }
  console.log(`too deep: ${level.join(", ")}`);
  return seen;
}

function* main(): asyncio.Coroutine {
  const seen = yield* crawl("/", 2);
  console.log(`${seen.size} pages are known`);
}

await asyncio.run(main());

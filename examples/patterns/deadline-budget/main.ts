// A service passes its deadline on to the services that it calls, minus a reserve to use their answers. Separate time
// limits would add up, or run on after the caller has given up; a deadline is the same moment for all. So a service
// that has too little time answers without the missing part, before its own caller gives up.
import * as asyncio from "yieldstar";

const reserve = 0.1;

class Service {
  readonly name: string;
  readonly seconds: number;
  readonly parts: readonly Service[];

  constructor(name: string, seconds: number, parts: readonly Service[] = []) {
    this.name = name;
    this.seconds = seconds;
    this.parts = parts;
  }
}

function* call(service: Service, deadline: number, indent = "  "): asyncio.Coroutine<string> {
  const left = deadline - asyncio.getRunningLoop().time();
  if (left <= 0) {
    console.log(`${indent}${service.name} has no time left`);
    return `no ${service.name}`;
  }
  console.log(`${indent}${service.name} has ${left.toFixed(1)} s`);
  let parts: string[];
  try {
    parts = yield* asyncio.asyncWith(asyncio.timeoutAt(deadline), function* () {
      yield* asyncio.sleep(service.seconds);
      return yield* asyncio.gather(service.parts.map((part) => call(part, deadline - reserve, `${indent}  `)));
    });
  } catch (error) {
    if (!(error instanceof asyncio.TimeoutError)) throw error;
    console.log(`${indent}${service.name} is called off`);
    return `no ${service.name}`;
  }
  return parts.length > 0 ? `${service.name} (${parts.join(", ")})` : service.name;
}

function* request(service: Service, budget: number): asyncio.Coroutine {
  const loop = asyncio.getRunningLoop();
  const start = loop.time();
  console.log(`a budget of ${budget.toFixed(1)} s`);
  const answer = yield* call(service, start + budget);
  console.log(`  after ${(loop.time() - start).toFixed(1)} s: ${answer}`);
}

function* main(): asyncio.Coroutine {
  const authors = new Service("authors", 0.5);
  const comments = new Service("comments", 0.2, [authors]);
  const pictures = new Service("pictures", 0.4);
  const article = new Service("article", 0.2, [pictures, comments]);
  const page = new Service("page", 0.06, [new Service("advertising", 0.9), article]);
  for (const budget of [2, 1, 0.7]) yield* request(page, budget);
}

await asyncio.run(main());

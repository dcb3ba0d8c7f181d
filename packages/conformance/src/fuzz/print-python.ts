import { Lines } from "./lines.ts";
import type { Argument, Block, ErrorSpec, GeneratorItem, Program, Statement, SyncStatement, What } from "./program.ts";

/** Prints the program as a person would write it in Python. It prints the lines that the interpreters log. */
export function printPython(program: Program): string {
  return new PythonPrinter().print(program);
}

const factories: Readonly<Record<string, (number: number) => string>> = {
  L: () => "asyncio.Lock()",
  E: () => "asyncio.Event()",
  C: () => "asyncio.Condition()",
  S: (number) => `asyncio.Semaphore(${number + 1})`,
  B: (number) => `asyncio.BoundedSemaphore(${number + 1})`,
  R: (number) => `asyncio.Barrier(${number + 2})`,
  Q: (number) => `asyncio.Queue(${1 - number})`,
  P: () => "asyncio.PriorityQueue(2)",
  K: () => "asyncio.LifoQueue(2)",
  F: () => "loop.create_future()",
};

class PythonPrinter {
  readonly #functions = new Lines();
  #count = 0;
  #isInGenerator = false;

  print(program: Program): string {
    const main = new Lines();
    main.add("loop = asyncio.get_running_loop()", "main = asyncio.current_task()");
    const text = JSON.stringify(program);
    for (const name of namesIn(text)) {
      const factory = factories[name.charAt(0)];
      if (factory !== undefined) main.add(`${name} = ${factory(Number(name.slice(1)))}`);
    }
    if (program.eager) main.add("loop.set_task_factory(asyncio.eager_task_factory)");
    this.#block(main, program.main);
    const names = ["loop", "main", ...namesIn(text)];
    const lines = new Lines();
    lines.add("import asyncio, contextlib, contextvars", 'V = contextvars.ContextVar("V", default=0)');
    if (/"(Oops|Worse)"/.test(text)) lines.add("class Oops(Exception): pass", "class Worse(Oops): pass");
    lines.append(this.#functions);
    lines.add("async def program():");
    lines.indent((body) => {
      body.add(`global ${names.join(", ")}`);
      body.append(main);
    });
    lines.add("asyncio.run(program())");
    return lines.toString();
  }

  #function(head: string, block: Block, { isGenerator = false, end = [] as readonly string[] } = {}): string {
    this.#count += 1;
    const name = `body${this.#count}`;
    const outer = this.#isInGenerator;
    this.#isInGenerator = isGenerator;
    const body = new Lines();
    this.#block(body, block);
    this.#isInGenerator = outer;
    this.#functions.add(`${head.replace("NAME", name)}:`);
    this.#functions.indent((lines) => {
      const names = namesIn(JSON.stringify(block));
      if (names.length > 0) lines.add(`global ${names.join(", ")}`);
      lines.append(body);
      lines.add(...end);
    });
    return name;
  }

  /** A function that yields nothing needs a `yield` to be an async generator. */
  #generator(s: Extract<SyncStatement, { readonly op: "generator" }>): string {
    const body = generatorBody(s);
    const isEmpty = !JSON.stringify(body).includes('"emit"');
    return this.#function(isEmpty ? "async def NAME(never=False)" : "async def NAME()", body, {
      isGenerator: true,
      end: isEmpty ? ["if never: yield"] : [],
    });
  }

  #block(lines: Lines, block: readonly GeneratorItem[]): void {
    if (block.length === 0) lines.add("pass");
    for (const statement of block) this.#statement(lines, statement);
  }

  #statement(lines: Lines, s: GeneratorItem): void {
    const nest = (head: string, block: readonly GeneratorItem[]): void => {
      lines.add(head);
      lines.indent((body) => this.#block(body, block));
    };
    switch (s.op) {
      case "emit":
        lines.add(`print("was sent", (yield ${s.value}))`);
        break;
      case "pause":
        lines.add("await asyncio.sleep(0)");
        break;
      case "sleep":
        lines.add(`await asyncio.sleep(${s.seconds})`);
        break;
      case "await":
        lines.add(`print("got", await ${this.#what(s.what)})`);
        break;
      case "repeat":
        nest(`for _ in range(${s.times}):`, s.body);
        break;
      case "try":
        nest("try:", s.body);
        for (const { on, body } of s.handlers) nest(`except ${className(on)} as error:`, body);
        if (s.handlers.length === 0 && s.final === null) nest("finally:", []);
        if (s.orelse !== null && s.handlers.length > 0) nest("else:", s.orelse);
        if (s.final !== null) nest("finally:", s.final);
        break;
      case "tryStar":
        nest("try:", s.body);
        for (const { on, body } of s.handlers.slice(0, 2)) nest(`except* ${className(on)} as error:`, body);
        break;
      case "group":
        nest(`async with asyncio.TaskGroup() as ${s.group}:`, s.body);
        break;
      case "timeout":
        nest(`async with ${deadline(s)} as ${s.deadline}:`, s.body);
        break;
      case "with":
        nest(`async with ${s.on}:`, s.body);
        break;
      case "forEach": {
        const iterate = (body: Lines): void => {
          body.add(`async for value in ${s.generator}: # at most ${s.limit}`);
          body.indent((inner) => {
            inner.add('print("next", value)');
            this.#block(inner, s.body);
            if (s.limit === 1) inner.add("break");
          });
        };
        if (!s.closing) iterate(lines);
        else {
          lines.add(`async with contextlib.aclosing(${s.generator}):`);
          lines.indent(iterate);
        }
        break;
      }
      case "wait":
        lines.add(
          `print(await asyncio.wait([${s.on.join(", ")}], timeout=${python(s.timeout)}, return_when=asyncio.${s.policy}))`,
        );
        break;
      case "asCompleted": {
        const of = `asyncio.as_completed([${s.of.map((each) => this.#what(each)).join(", ")}], timeout=${python(s.timeout)})`;
        lines.add(`${s.style === "async" ? "async " : ""}for each in ${of}: # at most ${s.limit}`);
        lines.indent((body) => body.add(`print("completed", ${s.style === "async" ? "each" : "await each"})`));
        break;
      }
      default:
        this.#sync(lines, s);
    }
  }

  #sync(lines: Lines, s: SyncStatement): void {
    switch (s.op) {
      case "say":
        lines.add(`print(${s.value})`);
        break;
      case "call":
        lines.add(`print(${target(s.on)}.${s.method}(${args(s.args)}))`);
        break;
      case "raise":
        lines.add(`raise ${errorText(s.error)}${s.chained ? " from error" : ""}`);
        break;
      case "reraise":
        lines.add("raise");
        break;
      case "return":
        // An async generator returns nothing.
        lines.add(this.#isInGenerator ? "return" : `return ${s.value}`);
        break;
      case "spawn": {
        const options = [
          ...(s.named ? [`, name="named-${s.task}"`] : []),
          ...(s.context === "shared"
            ? [", eager_start=False"]
            : s.eager === null
              ? []
              : [`, eager_start=${python(s.eager)}`]),
          ...(s.context === "copy"
            ? []
            : [s.context === "given" ? ", context=contextvars.copy_context()" : ", context=shared"]),
        ].join("");
        lines.add(
          `${s.task} = ${s.group ?? "loop"}.create_task(${this.#function("async def NAME()", s.body)}()${options})`,
        );
        break;
      }
      case "reschedule":
        lines.add(`${s.deadline}.reschedule(${s.seconds === null ? "None" : `loop.time() + ${s.seconds}`})`);
        break;
      case "addCallback":
        lines.add(
          `${target(s.on)}.add_done_callback(callback${s.id} := ${this.#function("def NAME(future)", s.body)})`,
        );
        break;
      case "removeCallback":
        lines.add(`${target(s.on)}.remove_done_callback(callback${s.id})`);
        break;
      case "schedule": {
        const name = this.#function("def NAME()", s.body);
        const call = {
          soon: `call_soon(${name})`,
          later: `call_later(${s.seconds}, ${name})`,
          at: `call_at(loop.time() + ${s.seconds}, ${name})`,
        }[s.how];
        lines.add(`${s.handle} = loop.${call}`);
        break;
      }
      case "storm":
        lines.add(`timers = [loop.call_later((n * 7 + 5) % 16 / 4, print, "timer", n) for n in range(${s.timers})]`);
        lines.add(`for n, timer in enumerate(timers):`);
        lines.indent((body) => body.add(`if (n + 1) % ${s.keep}: timer.cancel()`));
        break;
      case "setVariable":
        lines.add(`token = V.set(${s.value})`);
        break;
      case "getVariable":
        lines.add("print(V.get())");
        break;
      case "resetVariable":
        lines.add("V.reset(token)");
        break;
      case "generator":
        lines.add(`${s.generator} = ${this.#generator(s)}()`);
        break;
    }
  }

  #what(what: What): string {
    switch (what.aw) {
      case "name":
        return target(what.name);
      case "body":
        return `${this.#function("async def NAME()", what.body)}()`;
      case "sleep":
        return `asyncio.sleep(${what.seconds}, ${what.value})`;
      case "shield":
        return `asyncio.shield(${this.#what(what.of)})`;
      case "gather":
        return `asyncio.gather(${[...what.of.map((each) => this.#what(each)), `return_exceptions=${python(what.returnExceptions)}`].join(", ")})`;
      case "waitFor":
        return `asyncio.wait_for(${this.#what(what.of)}, ${python(what.seconds)})`;
      case "call":
        return what.method === "anext" ? `anext(${what.on})` : `${target(what.on)}.${what.method}(${args(what.args)})`;
    }
  }
}

/** The body of an async generator as one block, with its `yield`s among the statements. */
export function generatorBody(s: Extract<SyncStatement, { readonly op: "generator" }>): Block {
  const body = s.body as Block;
  if (s.handler === null && s.final === null) return body;
  return [
    {
      op: "try",
      body,
      handlers: s.handler === null ? [] : [{ on: s.handler.on, body: s.handler.body as Block }],
      orelse: null,
      final: s.final as Block | null,
    } satisfies Statement,
  ];
}

/** The names in a program, or in a part of it. */
export function namesIn(json: string): string[] {
  const names = json.matchAll(/"([TFHGDALECSBRQPK]\d)"/g);
  return [...new Set(Array.from(names, ([, name = ""]) => name))].sort();
}

function target(name: string): string {
  return name === "me" ? "asyncio.current_task()" : name;
}

function className(name: string): string {
  return name === "CancelledError" ? "asyncio.CancelledError" : name;
}

function deadline({ how, seconds }: Extract<Statement, { readonly op: "timeout" }>): string {
  if (how === "delay") return `asyncio.timeout(${python(seconds)})`;
  return `asyncio.timeout_at(${seconds === null ? "None" : `loop.time() + ${seconds}`})`;
}

function python(value: Argument): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "object" ? errorText(value.error) : JSON.stringify(value);
}

function args(values: readonly Argument[]): string {
  return values.map(python).join(", ");
}

function errorText(spec: ErrorSpec): string {
  if ("members" in spec)
    return `${spec.type}(${JSON.stringify(spec.text)}, [${spec.members.map(errorText).join(", ")}])`;
  return `${className(spec.type)}(${spec.text === "" ? "" : JSON.stringify(spec.text)})`;
}

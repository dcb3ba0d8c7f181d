import { Lines } from "./lines.ts";
import { generatorBody, namesIn } from "./print-python.ts";
import type { Argument, ErrorSpec, GeneratorItem, Program, Statement, SyncStatement, What } from "./program.ts";

/** Prints the program as a person would port it to TypeScript. */
export function printPort(program: Program): string {
  return new PortPrinter().print(program);
}

const factories: Readonly<Record<string, (number: number) => string>> = {
  L: () => "new asyncio.Lock()",
  E: () => "new asyncio.Event()",
  C: () => "new asyncio.Condition()",
  S: (number) => `new asyncio.Semaphore(${number + 1})`,
  B: (number) => `new asyncio.BoundedSemaphore(${number + 1})`,
  R: (number) => `new asyncio.Barrier(${number + 2})`,
  Q: (number) => `new asyncio.Queue<number>(${1 - number})`,
  P: () => "new asyncio.PriorityQueue<number>(2)",
  K: () => "new asyncio.LifoQueue<number>(2)",
  F: () => "loop.createFuture<unknown>()",
};

const types: Readonly<Record<string, string>> = {
  T: "asyncio.Task<unknown>",
  G: "asyncio.TaskGroup",
  D: "asyncio.Timeout",
  H: "asyncio.Handle",
  A: "asyncio.AsyncGenerator<unknown>",
};

const star = "yield*";

class PortPrinter {
  print(program: Program): string {
    const lines = new Lines();
    const text = JSON.stringify(program);
    lines.add('import { runVirtual } from "@yieldstar/testing";', 'import * as asyncio from "yieldstar";', "");
    lines.add('const V = new asyncio.ContextVar("V", { default: 0 });');
    if (/"(Oops|Worse)"/.test(text)) {
      lines.add(
        'class Oops extends Error { override name = "Oops"; }',
        'class Worse extends Oops { override name = "Worse"; }',
      );
    }
    lines.add("runVirtual((function* () {");
    lines.indent((body) => {
      body.add("const loop = asyncio.getRunningLoop();", "const main = asyncio.currentTask()!;");
      for (const name of namesIn(text)) {
        const kind = name.charAt(0);
        const factory = factories[kind];
        body.add(
          factory === undefined
            ? `let ${name}!: ${types[kind] ?? "unknown"};`
            : `const ${name} = ${factory(Number(name.slice(1)))};`,
        );
      }
      if (program.eager) body.add("loop.setTaskFactory(asyncio.eagerTaskFactory);");
      this.#block(body, program.main);
    });
    lines.add("})());");
    return lines.toString();
  }

  #block(lines: Lines, block: readonly GeneratorItem[]): void {
    for (const statement of block) this.#statement(lines, statement);
  }

  /** A block as the text of a function's body. */
  #inner(block: readonly GeneratorItem[]): string {
    const lines = new Lines();
    lines.indent((body) => this.#block(body, block));
    return block.length === 0 ? "" : `\n${lines}`;
  }

  #statement(lines: Lines, s: GeneratorItem): void {
    const nest = (head: string, block: readonly GeneratorItem[], end: string): void => {
      lines.add(head);
      lines.indent((body) => this.#block(body, block));
      lines.add(end);
    };
    switch (s.op) {
      case "emit":
        lines.add(`console.log("was sent", yield* emit(${s.value}));`);
        break;
      case "pause":
        lines.add("yield;");
        break;
      case "sleep":
        lines.add(`yield* asyncio.sleep(${s.seconds});`);
        break;
      case "await":
        addText(lines, `console.log("got", yield* ${this.#what(s.what)});`);
        break;
      case "repeat":
        nest(`for (let n = 0; n < ${s.times}; n += 1) {`, s.body, "}");
        break;
      case "try":
        this.#try(lines, s);
        break;
      case "tryStar":
        nest("try {", s.body, "} catch (caught) {");
        lines.indent((body) => {
          const clauses = s.handlers
            .slice(0, 2)
            .map((each) => `asyncio.on(${className(each.on)}, function* (error) {${this.#inner(each.body)}})`);
          addText(body, `yield* asyncio.exceptStar(caught, ${clauses.join(", ")});`);
        });
        lines.add("}");
        break;
      case "group":
        nest(`yield* asyncio.asyncWith((${s.group} = new asyncio.TaskGroup()), function* () {`, s.body, "});");
        break;
      case "timeout":
        nest(`yield* asyncio.asyncWith((${s.deadline} = ${deadline(s)}), function* () {`, s.body, "});");
        break;
      case "with":
        nest(`yield* asyncio.asyncWith(${s.on}, function* () {`, s.body, "});");
        break;
      case "forEach": {
        const iterate = `asyncio.asyncFor(${s.generator}, function* (value) { // at most ${s.limit}\n    console.log("next", value);${this.#inner(s.body)}})`;
        addText(
          lines,
          s.closing
            ? `yield* asyncio.asyncWith(asyncio.aclosing(${s.generator}), () => ${iterate});`
            : `yield* ${iterate};`,
        );
        break;
      }
      case "wait":
        lines.add(
          `console.log(yield* asyncio.wait([${s.on.join(", ")}], { timeout: ${s.timeout}, returnWhen: asyncio.${s.policy} }));`,
        );
        break;
      case "asCompleted": {
        const of = `asyncio.asCompleted([${s.of.map((each) => this.#what(each)).join(", ")}], { timeout: ${s.timeout} })`;
        addText(
          lines,
          s.style === "async"
            ? `yield* asyncio.asyncFor(${of}, function* (future) { console.log("completed", future); }); // at most ${s.limit}`
            : `for (const next of ${of}) console.log("completed", ${star} next); // at most ${s.limit}`,
        );
        break;
      }
      default:
        this.#sync(lines, s);
    }
  }

  #try(lines: Lines, s: Extract<Statement, { readonly op: "try" }>): void {
    const body = s.orelse === null ? s.body : [...s.body, ...s.orelse];
    lines.add("try {");
    lines.indent((inner) => this.#block(inner, body));
    if (s.handlers.length > 0) {
      lines.add("} catch (error) {");
      lines.indent((inner) => {
        for (const [index, { on, body: block }] of s.handlers.entries()) {
          inner.add(`${index > 0 ? "} else " : ""}if (error instanceof ${className(on)}) {`);
          inner.indent((deeper) => this.#block(deeper, block));
        }
        inner.add("} else throw error;");
      });
    }
    if (s.final !== null || s.handlers.length === 0) {
      lines.add("} finally {");
      lines.indent((inner) => this.#block(inner, s.final ?? []));
    }
    lines.add("}");
  }

  #sync(lines: Lines, s: SyncStatement): void {
    switch (s.op) {
      case "say":
        lines.add(`console.log(${s.value});`);
        break;
      case "call":
        lines.add(`console.log(${target(s.on)}.${camel(s.method)}(${args(s.args)}));`);
        break;
      case "raise":
        lines.add(
          s.chained ? `throw Object.assign(${errorText(s.error)}, { cause: error });` : `throw ${errorText(s.error)};`,
        );
        break;
      case "reraise":
        lines.add("throw error;");
        break;
      case "return":
        lines.add(`return ${s.value};`);
        break;
      case "spawn": {
        const options = [
          ...(s.named ? [`name: "named-${s.task}"`] : []),
          ...(s.context === "shared" ? ["eagerStart: false"] : s.eager === null ? [] : [`eagerStart: ${s.eager}`]),
          ...(s.context === "copy"
            ? []
            : [s.context === "given" ? "context: asyncio.copyContext()" : "context: shared"]),
        ];
        const tail = options.length === 0 ? "" : `, { ${options.join(", ")} }`;
        addText(
          lines,
          `${s.task} = ${s.group ?? "loop"}.createTask((function* () {${this.#inner(s.body)}})()${tail});`,
        );
        break;
      }
      case "reschedule":
        lines.add(`${s.deadline}.reschedule(${s.seconds === null ? "null" : `loop.time() + ${s.seconds}`});`);
        break;
      case "addCallback":
        addText(lines, `${target(s.on)}.addDoneCallback(function callback${s.id}() {${this.#inner(s.body)}});`);
        break;
      case "removeCallback":
        lines.add(`${target(s.on)}.removeDoneCallback(callback${s.id});`);
        break;
      case "schedule": {
        const callback = `() => {${this.#inner(s.body)}}`;
        const call = {
          soon: `callSoon(${callback})`,
          later: `callLater(${s.seconds}, ${callback})`,
          at: `callAt(loop.time() + ${s.seconds}, ${callback})`,
        }[s.how];
        addText(lines, `${s.handle} = loop.${call};`);
        break;
      }
      case "storm":
        lines.add(`for (let n = 0; n < ${s.timers}; n += 1) {`);
        lines.indent((body) => {
          body.add('const timer = loop.callLater(((n * 7 + 5) % 16) / 4, () => console.log("timer", n));');
          body.add(`if ((n + 1) % ${s.keep} !== 0) timer.cancel();`);
        });
        lines.add("}");
        break;
      case "setVariable":
        lines.add(`const token = V.set(${s.value});`);
        break;
      case "getVariable":
        lines.add("console.log(V.get());");
        break;
      case "resetVariable":
        lines.add("V.reset(token);");
        break;
      case "generator":
        addText(
          lines,
          `${s.generator} = asyncio.asyncGenerator(function* (emit) {${this.#inner(generatorBody(s))}})();`,
        );
        break;
    }
  }

  #what(what: What): string {
    switch (what.aw) {
      case "name":
        return target(what.name);
      case "body":
        return `(function* () {${this.#inner(what.body)}})()`;
      case "sleep":
        return `asyncio.sleep(${what.seconds}, ${what.value})`;
      case "shield":
        return `asyncio.shield(${this.#what(what.of)})`;
      case "gather":
        return `asyncio.gather([${what.of.map((each) => this.#what(each)).join(", ")}], { returnExceptions: ${what.returnExceptions} })`;
      case "waitFor":
        return `asyncio.waitFor(${this.#what(what.of)}, ${what.seconds})`;
      case "call":
        return `${target(what.on)}.${camel(what.method)}(${args(what.args)})`;
    }
  }
}

/** Adds a text with several lines. */
function addText(lines: Lines, text: string): void {
  lines.add(...text.split("\n"));
}

function camel(method: string): string {
  return method.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function target(name: string): string {
  return name === "me" ? "asyncio.currentTask()!" : name;
}

function className(name: string): string {
  return name === "Oops" || name === "Worse" ? name : `asyncio.${name}`;
}

function deadline({ how, seconds }: Extract<Statement, { readonly op: "timeout" }>): string {
  if (how === "delay") return `asyncio.timeout(${seconds})`;
  return `asyncio.timeoutAt(${seconds === null ? "null" : `loop.time() + ${seconds}`})`;
}

function args(values: readonly Argument[]): string {
  return values
    .map((value) =>
      typeof value === "object" && value !== null
        ? errorText(value.error)
        : value === null
          ? "undefined"
          : JSON.stringify(value),
    )
    .join(", ");
}

function errorText(spec: ErrorSpec): string {
  if ("members" in spec) {
    return `new asyncio.${spec.type}(${JSON.stringify(spec.text)}, [${spec.members.map(errorText).join(", ")}])`;
  }
  return `new ${className(spec.type)}(${spec.text === "" ? "" : JSON.stringify(spec.text)})`;
}

import { type ChildProcess, spawn } from "node:child_process";
import { on, once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { finished } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

/** The upstreams of the service. Each call waits for the test to answer it. */
class Upstream {
  readonly #server: Server = createServer();
  readonly #calls = on(this.#server, "request") as AsyncIterableIterator<[IncomingMessage, ServerResponse]>;

  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The next call, once it has come. */
  async call(): Promise<ServerResponse> {
    const { value } = (await this.#calls.next()) as IteratorYieldResult<[IncomingMessage, ServerResponse]>;
    return value[1];
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** The service, in its own process. */
class Service {
  readonly #child: ChildProcess;
  #output = "";
  #hasEnded = false;
  #notify = (): void => {};

  constructor(env: Record<string, string>) {
    this.#child = spawn(process.execPath, ["--import", "tsx", "main.ts"], {
      cwd: fileURLToPath(new URL(".", import.meta.url)),
      env: { ...process.env, PORT: "0", ...env },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
        this.#notify();
      });
    }
    this.#child.once("close", () => {
      this.#hasEnded = true;
      this.#notify();
    });
  }

  get output(): string {
    return this.#output;
  }

  /** Waits until it has printed a match of `pattern`. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#output);
      if (match !== null) return match;
      if (this.#hasEnded) throw new Error(`${pattern} was not printed, but:\n${this.#output}`);
      await new Promise<void>((resolve) => (this.#notify = resolve));
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits until it has ended. */
  async exitCode(): Promise<number | null> {
    if (!this.#hasEnded) await once(this.#child, "close");
    return this.#child.exitCode;
  }
}

// Seconds.
const never = "600";

let prices: Upstream;
let stock: Upstream;
let service: Service;
let url: string;

async function start({ timeout = never, grace = never } = {}): Promise<void> {
  const urls = { PRICES_URL: await prices.listen(), STOCK_URL: await stock.listen() };
  service = new Service({ TIMEOUT: timeout, GRACE: grace, ...urls });
  [, url = ""] = await service.printed(/listening on (\S+)/);
}

interface Asked {
  readonly answer: Promise<Response>;
  readonly price: ServerResponse;
  readonly stocked: ServerResponse;
}

/** Sends a request, and waits until the service has called both upstreams for it. */
async function ask(init: RequestInit = {}): Promise<Asked> {
  const answer = fetch(`${url}/products/1`, init);
  return { answer, price: await prices.call(), stocked: await stock.call() };
}

async function expectAborted(...calls: ServerResponse[]): Promise<void> {
  const premature = { code: "ERR_STREAM_PREMATURE_CLOSE" };
  for (const call of calls) await expect(finished(call)).rejects.toMatchObject(premature);
}

async function expectAnswer({ answer }: Asked, status: number, body: unknown): Promise<void> {
  const response = await answer;
  expect([response.status, await response.json()]).toEqual([status, body]);
}

beforeEach(() => {
  prices = new Upstream();
  stock = new Upstream();
});

afterEach(async () => {
  service.kill("SIGKILL");
  await service.exitCode();
  prices.close();
  stock.close();
});

describe("a request", () => {
  it("is answered with both upstreams' answers, and both are called at the same time", async () => {
    await start();
    const asked = await ask();
    asked.stocked.end("7");
    asked.price.end("9.99");
    await expectAnswer(asked, 200, { id: "1", price: 9.99, inStock: 7 });
  });

  it("is answered with 504 when the upstreams take too long, and both calls are aborted", async () => {
    await start({ timeout: "2" }); // The service must have called both before this.
    const asked = await ask();
    asked.stocked.write("[1, ");
    await expectAnswer(asked, 504, { error: "the upstreams take too long" });
    await expectAborted(asked.price, asked.stocked);
  });

  it("is answered with 502 when one upstream fails, and the call to the other is aborted", async () => {
    await start();
    const asked = await ask();
    asked.stocked.writeHead(500).end("out of order");
    expect((await asked.answer).status).toBe(502);
    await expectAborted(asked.price);
  });

  it("is answered with 502 when one upstream cannot be reached", async () => {
    await start();
    stock.close();
    expect((await fetch(`${url}/products/1`)).status).toBe(502);
  });

  it("is cancelled when the client goes away: the calls are aborted, and its cleanup runs", async () => {
    await start();
    const client = new AbortController();
    const { answer, price, stocked } = await ask({ signal: client.signal });
    client.abort();
    await expect(answer).rejects.toThrow("aborted");
    await expectAborted(price, stocked);
    await service.printed(/^product 1: given up$/m);
  });
});

describe("SIGTERM", () => {
  it("ends an idle service, even while a client keeps its connection", async () => {
    await start();
    const response = await fetch(url);
    expect([response.status, await response.json()]).toEqual([404, { error: "try /products/ID" }]);
    service.kill("SIGTERM");
    expect(await service.exitCode()).toBe(0);
  });

  it("lets running requests end, and accepts no new ones", async () => {
    await start();
    const asked = await ask();
    service.kill("SIGTERM");
    await service.printed(/^draining/m);
    await expect(fetch(url)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
    asked.price.end("9.99");
    asked.stocked.end("7");
    expect((await asked.answer).headers.get("connection")).toBe("close");
    await expectAnswer(asked, 200, { id: "1", price: 9.99, inStock: 7 });
    expect(await service.exitCode()).toBe(0);
    expect(service.output).toMatch(/draining, open requests: 1\nproduct 1: 200\n$/);
  });

  it("does not cut off an answer that is being sent", async () => {
    await start();
    const asked = await ask();
    const long = "x".repeat(20_000_000); // More than the system buffers for a client that does not read.
    asked.price.end("9.99");
    asked.stocked.end(JSON.stringify(long));
    await asked.answer;
    service.kill("SIGTERM");
    await service.printed(/^draining/m);
    await expectAnswer(asked, 200, { id: "1", price: 9.99, inStock: long });
    expect(await service.exitCode()).toBe(0);
  });

  it("cancels requests that run longer than the grace period, and waits for their cleanup", async () => {
    await start({ grace: "0.05" });
    const asked = await ask();
    service.kill("SIGTERM");
    await expectAnswer(asked, 503, { error: "shutting down" });
    await expectAborted(asked.price, asked.stocked);
    expect(await service.exitCode()).toBe(0);
    expect(service.output).toMatch(/cancelling, open requests: 1\nproduct 1: given up\n$/);
  });
});

describe("Ctrl-C", () => {
  it("lets running requests end too", async () => {
    await start();
    const asked = await ask();
    service.kill("SIGINT");
    await service.printed(/^draining/m);
    asked.price.end("9.99");
    asked.stocked.end("7");
    await expectAnswer(asked, 200, { id: "1", price: 9.99, inStock: 7 });
    expect(await service.exitCode()).toBe(130);
  });

  it("does not wait when it is pressed again, but cleanup runs", async () => {
    await start();
    const { answer } = await ask();
    service.kill("SIGINT");
    await service.printed(/^draining/m);
    service.kill("SIGINT");
    await expect(answer).rejects.toThrow("fetch failed");
    expect(await service.exitCode()).toBe(130);
    expect(service.output).toContain("draining, open requests: 1\nproduct 1: given up\n");
  });
});

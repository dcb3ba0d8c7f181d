import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as asyncio from "yieldstar";

/**
 * Answers a request. It is cancelled when its client goes away, and when it outlasts the grace period of a shutdown.
 */
export type Handler = (request: IncomingMessage, response: ServerResponse) => asyncio.Coroutine;

interface ServingOptions {
  readonly port: number;
  /** How long requests that are open at the end may take, in seconds. */
  readonly grace: number;
}

/** A request that is not done yet. */
interface Open {
  readonly response: ServerResponse;
  readonly controller: AbortController;
  /** Fulfilled, and never rejected, when the handler has cleaned up and its answer has left. */
  readonly ended: Promise<void>;
}

/**
 * Serves HTTP on the loopback address while the block runs, which gets the URL. However the block ends, no new requests
 * are accepted then, the open ones are awaited, and those that take too long are cancelled.
 */
export const serving = asyncio.asyncContextManager(function* (emit, handler: Handler, options: ServingOptions) {
  const loop = asyncio.getRunningLoop();
  const requests = new Set<Open>();
  const server = createServer((request, response) => {
    const controller = new AbortController();
    const { signal } = controller;
    response.once("close", () => {
      if (!response.writableFinished) controller.abort();
    });
    const answered = server.listening ? answer(handler, request, response) : refuse(response);
    const ended = asyncio
      .toPromise(answered, { signal, loop })
      .catch((error: unknown) => {
        if (error !== signal.reason) console.error(error);
      })
      .finally(() => requests.delete(open));
    const open = { response, controller, ended };
    requests.add(open);
  });

  server.listen(options.port, "127.0.0.1");
  yield* asyncio.once(server, "listening");
  try {
    yield* emit(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
    try {
      if (requests.size > 0) yield* drain(requests, options.grace);
    } finally {
      server.closeAllConnections();
    }
  }
});

/** Answers in JSON, and waits until the answer, or the client, has left. */
export function* send(response: ServerResponse, status: number, body: unknown): asyncio.Coroutine {
  if (response.headersSent || response.destroyed) return;
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, { "content-length": Buffer.byteLength(text), "content-type": "application/json" });
  // When `end` was called, `server.close()` makes Node cut off the answer that is still leaving.
  if (!response.write(text)) yield* asyncio.once(response, "drain");
  response.end();
  yield* asyncio.once(response, "close");
}

/** Runs the handler, and answers if it does not. */
function* answer(handler: Handler, request: IncomingMessage, response: ServerResponse): asyncio.Coroutine {
  try {
    yield* handler(request, response);
  } catch (error) {
    if (error instanceof asyncio.CancelledError) yield* refuse(response);
    else yield* send(response, 500, { error: "internal error" });
    throw error;
  }
}

function* refuse(response: ServerResponse): asyncio.Coroutine {
  closeAfter(response);
  yield* send(response, 503, { error: "shutting down" });
}

/** A client that kept its connection would send the next request over it. */
function closeAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader("connection", "close");
}

function* drain(requests: ReadonlySet<Open>, grace: number): asyncio.Coroutine {
  console.log(`draining, open requests: ${requests.size}`);
  for (const { response } of requests) closeAfter(response);
  const allEnded = Promise.all([...requests].map(({ ended }) => ended));
  try {
    yield* asyncio.waitFor(asyncio.fromPromise(allEnded), grace);
  } catch (error) {
    if (!(error instanceof asyncio.TimeoutError)) throw error;
    console.log(`cancelling, open requests: ${requests.size}`);
    for (const { controller } of requests) controller.abort();
    yield* asyncio.fromPromise(allEnded);
  }
}

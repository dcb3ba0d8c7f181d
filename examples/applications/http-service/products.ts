import * as asyncio from "yieldstar";
import { type Handler, send } from "./serving.ts";

interface ProductOptions {
  /** The URL of the service that knows the prices, without the product's id. */
  readonly prices: string;
  readonly stock: string;
  /** How long both together may take, in seconds. */
  readonly timeout: number;
}

class UpstreamError extends Error {}

/** Serves `/products/ID`: the answers of the two upstreams about a product. */
export function productHandler(options: ProductOptions): Handler {
  return function* (request, response) {
    const id = /^\/products\/(\w+)$/.exec(request.url ?? "")?.[1];
    if (id === undefined) {
      yield* send(response, 404, { error: "try /products/ID" });
      return;
    }
    try {
      yield* send(response, 200, yield* getProduct(id, options));
    } catch (error) {
      yield* asyncio.exceptStar(
        error,
        asyncio.on(asyncio.TimeoutError, () => send(response, 504, { error: "the upstreams take too long" })),
        asyncio.on(UpstreamError, ({ exceptions }) =>
          send(response, 502, { error: exceptions.map(({ message }) => message).join("; ") }),
        ),
      );
    } finally {
      console.log(`product ${id}: ${response.writableFinished ? response.statusCode : "given up"}`);
    }
  };
}

/** Asks both upstreams at once. A deadline that passes, a failure of one, and a cancellation end both calls. */
function* getProduct(id: string, { prices, stock, timeout }: ProductOptions): asyncio.Coroutine<object> {
  const managers = [asyncio.timeout(timeout), new asyncio.TaskGroup()] as const;
  const calls = yield* asyncio.asyncWith(managers, function* ([, group]) {
    return [group.createTask(getJson(`${prices}/${id}`)), group.createTask(getJson(`${stock}/${id}`))] as const;
  });
  const [price, inStock] = calls.map((call) => call.result());
  return { id, price, inStock };
}

/** Gets a document. An error or a cancellation, while it waits for the answer or reads it, aborts the call. */
function* getJson(url: string): asyncio.Coroutine<unknown> {
  try {
    return yield* asyncio.asyncWith(asyncio.abortOnCancel(), function* (signal) {
      const response = yield* asyncio.fromPromise(fetch(url, { signal }));
      if (!response.ok) throw new Error(`status ${response.status}`);
      return yield* asyncio.fromPromise(response.json());
    });
  } catch (error) {
    if (!(error instanceof asyncio.Exception)) throw error;
    throw new UpstreamError(`${url}: ${error.message}`, { cause: error });
  }
}

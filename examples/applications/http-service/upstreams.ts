import * as asyncio from "yieldstar";
import { type Handler, send, serving } from "./serving.ts";

/** The URLs of the services that know the parts of a product. */
interface Urls<T = string> {
  readonly prices: T;
  readonly stock: T;
}

const local = { port: 0, grace: 0 };

/** Runs a slow service in the place of each upstream whose URL is not given, for the demonstration. */
export const upstreams = asyncio.asyncContextManager(function* (emit, { prices, stock }: Urls<string | undefined>) {
  const managers = [
    prices === undefined ? serving(slowly("prices", 0.2, 9.99), local) : asyncio.nullcontext(prices),
    stock === undefined ? serving(slowly("stock", 0.4, 7), local) : asyncio.nullcontext(stock),
  ] as const;
  yield* asyncio.asyncWith(managers, function* ([pricesUrl, stockUrl]) {
    yield* emit({ prices: pricesUrl, stock: stockUrl });
  });
});

/** Answers any request with `value` after `seconds`; for "slow" after a minute, and for "broken" with an error. */
function slowly(name: string, seconds: number, value: number): Handler {
  return function* ({ url = "" }, response) {
    try {
      yield* asyncio.sleep(url === "/slow" ? 60 : seconds);
      if (url === "/broken" && name === "prices") yield* send(response, 500, "out of order");
      else yield* send(response, 200, value);
    } finally {
      if (!response.writableFinished) console.log(`  ${name}: the call for ${url} was aborted`);
    }
  };
}

// An HTTP service whose handlers are coroutines, on Node's own server. A request for a product asks two upstreams at
// once, within a deadline. The open calls are aborted when one of them fails, when both together take too long, and
// when the client goes away. SIGTERM and Ctrl-C end the service in good order: open requests may end within a grace
// period, and the rest is cancelled and cleans up. A second Ctrl-C does not wait.
import * as asyncio from "yieldstar";
import { productHandler } from "./products.ts";
import { serving } from "./serving.ts";
import { upstreams } from "./upstreams.ts";

// The times are in seconds.
const { PORT = "8080", TIMEOUT = "2", GRACE = "10", PRICES_URL, STOCK_URL } = process.env;

function* main(): asyncio.Coroutine {
  const loop = asyncio.getRunningLoop();
  const terminated = new asyncio.Event();
  loop.addSignalHandler("SIGTERM", () => terminated.set());

  yield* asyncio.asyncWith(upstreams({ prices: PRICES_URL, stock: STOCK_URL }), function* (urls) {
    const handler = productHandler({ ...urls, timeout: Number(TIMEOUT) });
    yield* asyncio.asyncWith(serving(handler, { port: Number(PORT), grace: Number(GRACE) }), function* (url) {
      console.log(`listening on ${url}`);
      console.log(`try: curl ${url}/products/1, or with "slow" or "broken" for the 1`);
      yield* terminated.wait();
    });
  });
}

await asyncio.run(main());

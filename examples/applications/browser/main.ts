// A page that draws what tasks do. A program runs in the page or in a worker, Cancel ends it halfway, and every task
// has a lane that shows when it runs, waits, is cancelled and cleans up. Vite serves the page until Ctrl-C.
import { fileURLToPath } from "node:url";
import { createServer } from "vite";
import * as asyncio from "yieldstar";

const { PORT = "8080" } = process.env;

const serving = asyncio.asyncContextManager(function* (emit) {
  const server = yield* asyncio.fromPromise(
    createServer({
      configFile: false,
      root: fileURLToPath(new URL("page", import.meta.url)),
      server: { host: "127.0.0.1", port: Number(PORT) },
      optimizeDeps: { noDiscovery: true }, // In the repository the page imports only sources.
      logLevel: "warn",
    }),
  );
  try {
    yield* asyncio.fromPromise(server.listen());
    yield* emit(server.resolvedUrls?.local[0] ?? "");
  } finally {
    yield* asyncio.fromPromise(server.close());
  }
});

function* main(): asyncio.Coroutine {
  yield* asyncio.asyncWith(serving(), function* (url) {
    console.log(`open ${url}`);
    yield* asyncio.getRunningLoop().createFuture();
  });
}

try {
  await asyncio.run(main());
} catch (error) {
  // Ctrl-C is the normal way to end this program.
  if (!(error instanceof asyncio.KeyboardInterrupt)) throw error;
}

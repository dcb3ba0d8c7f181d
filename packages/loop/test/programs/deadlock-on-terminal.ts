import { type Coroutine, getRunningLoop, run } from "@yieldstar/loop";

// Node does this as soon as something is written to a terminal.
process.on("SIGWINCH", () => (process.stdout as unknown as { _refreshSize(): void })._refreshSize());

function* main(): Coroutine {
  yield* getRunningLoop().createFuture<void>();
}

await run(main());

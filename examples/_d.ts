import * as asyncio from "yieldstar";
function* inner(): asyncio.Coroutine { yield* asyncio.sleep(1); }
function* worker(): asyncio.Coroutine { yield* inner(); }
function* stubborn(): asyncio.Coroutine { while (true) { try { yield* asyncio.sleep(0.01) } catch {} } }
function* boom(): asyncio.Coroutine { throw new asyncio.ValueError("1") }
function* main(): asyncio.Coroutine {
  const loop = asyncio.getRunningLoop();
  const t = asyncio.createTask(worker(), {name: "w"});
  console.log(t); yield* asyncio.sleep(0); console.log(t, loop.createFuture(), t.getStack()); t.printStack();
  const h = loop.callLater(5, console.log); console.log(h); h.cancel(); console.log(h);
  const b = asyncio.createTask(boom()); yield* asyncio.sleep(0); b.printStack(); console.log(b);
  t.cancel(); yield* asyncio.sleep(0.01); console.log(t); t.printStack();
  loop.callSoon(function cb() { throw new Error("x") }); yield* asyncio.sleep(0);
  const s = asyncio.createTask(stubborn()); yield* asyncio.sleep(0); s.cancel(); yield* asyncio.sleep(0.05);
  const e = performance.now(); while (performance.now() - e < 150);
  let done = false; asyncio.createTask((function*(): asyncio.Coroutine { for (let i = 0; i < 3; i++) yield* asyncio.sleep(0); process.exit() })());
}
await asyncio.run(main(), { debug: true });

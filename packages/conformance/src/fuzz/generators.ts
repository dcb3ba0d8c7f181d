import type { AsyncGenerator, Coroutine, Emission, Suspension } from "yieldstar";
import { classNamed, describe } from "./errors.ts";
import type { Block, GeneratorItem, SyncStatement } from "./program.ts";
import type { Frame, Returned } from "./frame.ts";
import type { World } from "./world.ts";

/** Runs a block. */
export type RunBlock = (world: World, block: Block, frame: Frame) => Coroutine<Returned>;

/** Makes the async generator that a statement describes. */
export function generate(
  world: World,
  { body, handler, final }: Extract<SyncStatement, { readonly op: "generator" }>,
  runBlock: RunBlock,
): AsyncGenerator<number> {
  const { library, marks } = world;
  return library.asyncGenerator(function* (emit) {
    const frame: Frame = { handled: undefined };
    let hasIgnoredExit = false;

    const runItem = marks.choose(function* (
      item: GeneratorItem,
    ): Generator<Suspension | Emission<number>, Returned, unknown> {
      if (item.op !== "emit") return yield* runBlock(world, [item], frame);
      world.log(`was sent ${world.format(yield* emit(item.value))}`);
      return undefined;
    });

    const runParts = marks.choose(function* (): Generator<Suspension | Emission<number>, void, unknown> {
      try {
        for (const item of body) if ((yield* runItem(item)) !== undefined) return;
      } catch (error) {
        if (handler === null || !(error instanceof classNamed(library, handler.on))) throw error;
        frame.handled = error;
        world.log(`generator caught ${describe(error)}`);
        for (const item of handler.body) if ((yield* runItem(item)) !== undefined) return;
      } finally {
        world.log("generator ends");
        for (const item of final ?? []) {
          if (item.op === "emit") hasIgnoredExit = true;
          yield* runItem(item);
        }
      }
    });

    world.log("generator begins");
    try {
      yield* runParts();
    } catch (error) {
      // A generator that has emitted a value meanwhile swallows the error: it must not end a task.
      if (!hasIgnoredExit || !(error instanceof library.GeneratorExit)) throw error;
    }
  })();
}

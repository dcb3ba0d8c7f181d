import { allTasks, type Coroutine, eagerTaskFactory, getRunningLoop, sleep } from "@yieldstar/loop";
import type { Print } from "../../../src/same.ts";

/** For the Python snippets, and indented like them; the TypeScript of it is below and in outcomes.ts. */
export const helpers = `
      def current():
          task = asyncio.current_task()
          return None if task is None else task.get_name()

      def names():
          return [task.get_name() for task in asyncio.all_tasks()]

      def tick(number=1):
          print("tick", number)
          if number < 6:
              asyncio.get_running_loop().call_soon(tick, number + 1)

      def begin_to_tick():
          asyncio.get_running_loop().call_soon(tick)

      def be_eager():
          asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)

      def outcome(call):
          try:
              return f"returned {call()!r}"
          except BaseException as error:
              return f"raised {error!r}"

      async def awaiting(awaitable):
          try:
              return f"returned {await awaitable!r}"
          except BaseException as error:
              return f"raised {error!r}"

      async def worker(name, delay=None):
          print("begin", name)
          if delay is not None:
              await asyncio.sleep(delay)
          print("end", name)
          return name
`;

export function names(): string[] {
  return Array.from(allTasks(), (task) => task.getName());
}

/** Prints the number of each iteration. */
export function beginToTick(print: Print): void {
  const loop = getRunningLoop();
  const tick = (number: number): void => {
    print("tick", number);
    if (number < 6) loop.callSoon(() => tick(number + 1));
  };
  loop.callSoon(() => tick(1));
}

export function beEager(): void {
  getRunningLoop().setTaskFactory(eagerTaskFactory);
}

type Worker = (name: string, delay?: number) => Coroutine<string>;

export function workerThatPrints(print: Print): Worker {
  return function* worker(name, delay) {
    print("begin", name);
    if (delay !== undefined) yield* sleep(delay);
    print("end", name);
    return name;
  };
}

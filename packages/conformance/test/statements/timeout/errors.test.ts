import {
  asyncWith,
  CancelledError,
  type Coroutine,
  createTask,
  currentTask,
  getRunningLoop,
  KeyboardInterrupt,
  sleep,
  type Task,
  TimeoutError,
  ValueError,
} from "@yieldstar/loop";
import { BaseExceptionGroup, ExceptionGroup, TaskGroup } from "@yieldstar/taskgroup";
import { timeout, timeoutAt } from "@yieldstar/timeout";
import { it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { same } from "../../../src/same.ts";
import { cancelling, chain, chainInPython } from "../outcomes.ts";

it("TO-14: another exception that the expiry led to passes, with a TimeoutError inserted into its chain", () =>
  same(
    `
      ${chainInPython}

      async def main():
          try:
              async with asyncio.timeout(1) as cm:
                  try:
                      await asyncio.sleep(10)
                  except asyncio.CancelledError as error:
                      caught = error
                      raise ValueError("x")
          except ValueError as error:
              print(chain(error), cm, asyncio.current_task().cancelling())
              inserted = error.__context__
              print(inserted.__cause__ is caught, inserted.__context__ is caught)
    `,
    function* (print) {
      const cm = timeout(1);
      let caught: unknown;
      try {
        yield* asyncWith(cm, function* () {
          try {
            yield* sleep(10);
          } catch (error) {
            caught = error;
            throw new ValueError("x", { cause: error });
          }
        });
      } catch (error) {
        print(chain(error), cm, cancelling());
        const inserted = (error as Error).cause as Error;
        print(inserted.cause === caught, inserted.cause === caught);
      }
    },
  ));

it("TO-14: the TimeoutError comes before the first CancelledError in the chain", () =>
  same(
    `
      ${chainInPython}

      async def main():
          try:
              async with asyncio.timeout(1):
                  try:
                      await asyncio.sleep(10)
                  except asyncio.CancelledError:
                      try:
                          raise ValueError("oldest")
                      except ValueError:
                          try:
                              raise asyncio.CancelledError("newer")
                          except asyncio.CancelledError:
                              try:
                                  raise ValueError("middle")
                              except ValueError:
                                  raise ValueError("newest")
          except ValueError as error:
              print(chain(error))
    `,
    function* (print) {
      try {
        yield* asyncWith(timeout(1), function* () {
          try {
            yield* sleep(10);
          } catch (cause) {
            const oldest = new ValueError("oldest", { cause });
            const newer = Object.assign(new CancelledError("newer"), { cause: oldest });
            const middle = new ValueError("middle", { cause: newer });
            throw new ValueError("newest", { cause: middle });
          }
        });
      } catch (error) {
        print(chain(error));
      }
    },
  ));

it("TO-14: nothing is inserted into the chain when other code cancelled the task too", () =>
  same(
    `
      ${chainInPython}

      async def main():
          async def worker():
              try:
                  async with cm:
                      try:
                          await asyncio.sleep(10)
                      except asyncio.CancelledError:
                          raise ValueError("x")
              except ValueError as error:
                  print(chain(error), cm, asyncio.current_task().cancelling())

          cm = asyncio.timeout_at(1)
          task = asyncio.create_task(worker())
          asyncio.get_running_loop().call_at(1, task.cancel)
          await task
    `,
    function* (print) {
      const cm = timeoutAt(1);

      function* worker(): Coroutine {
        try {
          yield* asyncWith(cm, function* () {
            try {
              yield* sleep(10);
            } catch (cause) {
              throw new ValueError("x", { cause });
            }
          });
        } catch (error) {
          print(chain(error), cm, cancelling());
        }
      }

      const task = createTask(worker());
      getRunningLoop().callAt(1, () => task.cancel());
      yield* task;
    },
  ));

it("TO-15: the errors of a task group inside the block get the TimeoutError in their chains", () =>
  same(
    `
      ${chainInPython}

      async def main():
          async def fail(name):
              try:
                  await asyncio.sleep(10)
              except asyncio.CancelledError:
                  raise ValueError(name)

          try:
              async with asyncio.timeout(1):
                  async with asyncio.TaskGroup() as group:
                      group.create_task(fail("first"))
                      group.create_task(fail("second"))
                      await asyncio.sleep(10)
          except ExceptionGroup as error:
              print(repr(error))
              for member in error.exceptions:
                  print(chain(member))
    `,
    function* (print) {
      function* fail(name: string): Coroutine {
        try {
          yield* sleep(10);
        } catch (cause) {
          throw new ValueError(name, { cause });
        }
      }

      try {
        yield* asyncWith(timeout(1), function* () {
          yield* asyncWith(new TaskGroup(), function* (group) {
            group.createTask(fail("first"));
            group.createTask(fail("second"));
            yield* sleep(10);
          });
        });
      } catch (error) {
        print(repr(error));
        for (const member of (error as ExceptionGroup).exceptions) print(chain(member));
      }
    },
  ));

it("TO-15: a group and its direct members get the TimeoutError, the members of a nested group do not", () =>
  same(
    `
      ${chainInPython}

      async def main():
          direct, nested, unrelated = ValueError("direct"), ValueError("nested"), ValueError("unrelated")
          inner = ExceptionGroup("inner", [nested])
          try:
              async with asyncio.timeout(1):
                  try:
                      await asyncio.sleep(10)
                  except asyncio.CancelledError as error:
                      direct.__context__ = nested.__context__ = inner.__context__ = error
                      raise ExceptionGroup("outer", [direct, inner, unrelated])
          except ExceptionGroup as error:
              print([type(each).__name__ for each in chain(error)])
              print(chain(direct))
              print([type(each).__name__ for each in chain(inner)])
              print(chain(nested))
              print(chain(unrelated))
    `,
    function* (print) {
      const [direct, nested, unrelated] = [
        new ValueError("direct"),
        new ValueError("nested"),
        new ValueError("unrelated"),
      ];
      const inner = new ExceptionGroup("inner", [nested]);
      const names = (errors: readonly unknown[]): string[] => errors.map((each) => (each as Error).name);
      try {
        yield* asyncWith(timeout(1), function* () {
          try {
            yield* sleep(10);
          } catch (cause) {
            for (const each of [direct, nested, inner]) each.cause = cause;
            throw Object.assign(new ExceptionGroup("outer", [direct, inner, unrelated]), { cause });
          }
        });
      } catch (error) {
        print(names(chain(error)));
        print(chain(direct));
        print(names(chain(inner)));
        print(chain(nested));
        print(chain(unrelated));
      }
    },
  ));

it("TO-15: a member that also led to the group gets the TimeoutError twice", () =>
  same(
    `
      ${chainInPython}

      async def main():
          try:
              async with asyncio.timeout(1):
                  try:
                      await asyncio.sleep(10)
                  except asyncio.CancelledError:
                      try:
                          raise ValueError("member")
                      except ValueError as member:
                          raise ExceptionGroup("group", [member])
          except ExceptionGroup as error:
              print(chain(error.exceptions[0]))
    `,
    function* (print) {
      try {
        yield* asyncWith(timeout(1), function* () {
          try {
            yield* sleep(10);
          } catch (cause) {
            const member = new ValueError("member", { cause });
            throw Object.assign(new ExceptionGroup("group", [member]), { cause: member });
          }
        });
      } catch (error) {
        print(chain((error as ExceptionGroup).exceptions[0]));
      }
    },
  ));

it("TO-15: a BaseExceptionGroup that is not an ExceptionGroup gets the TimeoutError, its members do not", () =>
  same(
    `
      ${chainInPython}

      async def main():
          member = ValueError("member")
          try:
              async with asyncio.timeout(1):
                  try:
                      await asyncio.sleep(10)
                  except asyncio.CancelledError as error:
                      member.__context__ = error
                      raise BaseExceptionGroup("group", [member, KeyboardInterrupt()])
          except BaseExceptionGroup as error:
              print([type(each).__name__ for each in chain(error)])
              print(chain(member))
    `,
    function* (print) {
      const member = new ValueError("member");
      try {
        yield* asyncWith(timeout(1), function* () {
          try {
            yield* sleep(10);
          } catch (cause) {
            member.cause = cause;
            throw Object.assign(new BaseExceptionGroup("group", [member, new KeyboardInterrupt()]), { cause });
          }
        });
      } catch (error) {
        print(chain(error).map((each) => (each as Error).name));
        print(chain(member));
      }
    },
  ));

it("TO-16: an exception without a CancelledError in its chain is left alone though the timeout was expiring", () =>
  same(
    `
      ${chainInPython}

      async def main():
          task = asyncio.current_task()
          for cause in (None, ValueError("its cause")):
              try:
                  async with asyncio.timeout(1) as cm:
                      try:
                          await asyncio.sleep(10)
                      except asyncio.CancelledError as error:
                          print(repr(error), cm)
                      error = ValueError("unrelated")
                      error.__context__ = cause
                      raise error
              except ValueError as error:
                  print(chain(error), cm, task.cancelling())
    `,
    function* (print) {
      const task = currentTask() as Task<unknown>;
      for (const cause of [undefined, new ValueError("its cause")]) {
        const cm = timeout(1);
        try {
          yield* asyncWith(cm, function* () {
            try {
              yield* sleep(10);
            } catch (error) {
              print(repr(error), cm);
            }
            throw new ValueError("unrelated", { cause });
          });
        } catch (error) {
          print(chain(error), cm, task.cancelling());
        }
      }
    },
  ));

it("TO-16: without an expiry a chain with a CancelledError is left alone", () =>
  same(
    `
      ${chainInPython}

      async def main():
          try:
              async with asyncio.timeout(1) as cm:
                  try:
                      raise asyncio.CancelledError("mine")
                  except asyncio.CancelledError:
                      raise ValueError("x")
          except ValueError as error:
              print(chain(error), cm)
    `,
    function* (print) {
      const cm = timeout(1);
      try {
        yield* asyncWith(cm, function* () {
          throw new ValueError("x", { cause: new CancelledError("mine") });
        });
      } catch (error) {
        print(chain(error), cm);
      }
    },
  ));

it("TO-24: only expired() distinguishes the block's TimeoutError from one of an inner operation", () =>
  same(
    `
      async def main():
          async def inner():
              raise TimeoutError("inner")

          async with asyncio.timeout(10):
              for operation in (inner, lambda: asyncio.sleep(10)):
                  try:
                      async with asyncio.timeout(1) as cm:
                          await operation()
                  except TimeoutError as error:
                      print(repr(error), type(error) is TimeoutError, cm, cm.expired())
    `,
    function* (print) {
      function* inner(): Coroutine {
        throw new TimeoutError("inner");
      }

      yield* asyncWith(timeout(10), function* () {
        for (const operation of [inner, () => sleep(10)]) {
          const cm = timeout(1);
          try {
            yield* asyncWith(cm, function* () {
              yield* operation();
            });
          } catch (error) {
            print(repr(error), (error as Error).constructor === TimeoutError, cm, cm.expired());
          }
        }
      });
    },
  ));

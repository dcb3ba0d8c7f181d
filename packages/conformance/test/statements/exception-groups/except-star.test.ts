import { runInNewContext } from "node:vm";
import {
  BaseException,
  CancelledError,
  type Coroutine,
  createTask,
  Exception,
  KeyboardInterrupt,
  LookupError,
  RuntimeError,
  sleep,
  ValueError,
} from "@yieldstar/loop";
import {
  BaseExceptionGroup,
  type ErrorClass,
  ExceptionGroup,
  exceptStar,
  exceptStarSync,
  on,
} from "@yieldstar/taskgroup";
import { expect, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { type Print, same, sameScript } from "../../../src/same.ts";
import { t } from "../outcomes.ts";

/** Prints how a call ends. */
function attempt(print: Print, call: () => void): void {
  try {
    call();
    print("ends");
  } catch (error) {
    print("raises", repr(error));
  }
}

/**
 * The same in Python. `show` is `repr`, except for the group that `except*` makes of a single exception: CPython prints
 * its members as a tuple.
 */
const helpersInPython = `
      def show(value):
          if isinstance(value, tuple):
              return f"[{', '.join(map(show, value))}]"
          if isinstance(value, BaseExceptionGroup):
              return f"{type(value).__name__}({value.message!r}, {show(value.exceptions)})"
          return repr(value)

      def attempt(call):
          try:
              call()
              print("ends")
          except BaseException as error:
              print("raises", show(error))
`;

/** A group two levels deep. */
const mixed = (): ExceptionGroup =>
  new ExceptionGroup("mixed", [
    new ValueError("1"),
    new ExceptionGroup("inner", [new TypeError("2"), new ValueError("3")]),
    new TypeError("4"),
    new ExceptionGroup("lookups", [new LookupError("5")]),
  ]);

/** The same in Python. */
const mixedInPython = `
      def mixed():
          inner = ExceptionGroup("inner", [TypeError("2"), ValueError("3")])
          lookups = ExceptionGroup("lookups", [LookupError("5")])
          return ExceptionGroup("mixed", [ValueError("1"), inner, TypeError("4"), lookups])
`;

it("EG-04: each clause gets the matching errors that no clause before it took; the rest goes on", () =>
  sameScript(
    `
      ${helpersInPython}
      ${mixedInPython}
      @attempt
      def first_come():
          try:
              raise mixed()
          except* (LookupError, ValueError) as group:
              print("first", show(group))
          except* ValueError as group:
              print("second", show(group))
          except* OSError as group:
              print("third", show(group))

      @attempt
      def all_handled():
          try:
              raise mixed()
          except* TypeError as group:
              print("first", show(group))
          except* Exception as group:
              print("second", show(group))
          except* Exception as group:
              print("third", show(group))
    `,
    (print) => {
      class OSError extends Error {}
      attempt(print, () =>
        exceptStarSync(
          mixed(),
          on([LookupError, ValueError], (group) => print("first", repr(group))),
          on(ValueError, (group) => print("second", repr(group))),
          on(OSError, (group) => print("third", repr(group))),
        ),
      );
      attempt(print, () =>
        exceptStarSync(
          mixed(),
          on(TypeError, (group) => print("first", repr(group))),
          on(Exception, (group) => print("second", repr(group))),
          on(Exception, (group) => print("third", repr(group))),
        ),
      );
    },
  ));

it("EG-04: a naked exception is handled as a group of one, and passes unchanged where no clause matches", () =>
  sameScript(
    `
      ${helpersInPython}
      naked = ValueError("x")

      @attempt
      def handled():
          try:
              raise naked
          except* TypeError as group:
              print("not reached")
          except* ValueError as group:
              print(show(group), group.exceptions[0] is naked)

      @attempt
      def unmatched():
          try:
              try:
                  raise naked
              except* TypeError as group:
                  print("not reached")
          except ValueError as error:
              print(error is naked)
              raise
    `,
    (print) => {
      const naked = new ValueError("x");
      attempt(print, () =>
        exceptStarSync(
          naked,
          on(TypeError, () => print("not reached")),
          on(ValueError, (group) => print(repr(group), group.exceptions[0] === naked)),
        ),
      );
      attempt(print, () => {
        try {
          exceptStarSync(
            naked,
            on(TypeError, () => print("not reached")),
          );
        } catch (error) {
          print(error === naked);
          throw error;
        }
      });
    },
  ));

it("EG-04: a naked exception is matched by its own class, not by that of the group it is put in", () => {
  const naked = new ValueError("x");
  const clause = on(AggregateError, () => {
    throw new Error("not reached");
  });
  expect(() => exceptStarSync(naked, clause)).toThrow(naked);
});

it("EG-04: an error of another realm is handled like any other", () => {
  const foreign = runInNewContext("new TypeError('foreign')") as Error;
  const handled: unknown[] = [];
  exceptStarSync(
    foreign,
    on(BaseException, (group) => handled.push(...group.exceptions)),
  );
  expect(handled).toEqual([foreign]);
});

it("EG-04: a value that is not an Error matches no clause", () => {
  const clause = on(BaseException, () => {
    throw new Error("not reached");
  });
  let caught: unknown;
  try {
    exceptStarSync("text", clause);
  } catch (error) {
    caught = error;
  }
  expect(caught).toBe("text");
});

it("EG-04: the whole group, and every leaf of a part, is the very object that was raised", () =>
  sameScript(
    `
      ${mixedInPython}
      raised = mixed()
      try:
          raise raised
      except* Exception as group:
          print(group is raised)
      try:
          try:
              raise raised
          except* LookupError as group:
              print(group.exceptions[0] is raised.exceptions[3])
      except ExceptionGroup as rest:
          print(rest is raised, rest.exceptions[0] is raised.exceptions[0])
      try:
          try:
              raise raised
          except* OSError:
              pass
      except ExceptionGroup as rest:
          print(rest is raised, rest.exceptions[0] is raised.exceptions[0])
      try:
          try:
              raise raised
          except* Exception:
              raise
      except ExceptionGroup as rest:
          print(rest is raised, rest.exceptions[0] is raised.exceptions[0])
    `,
    (print) => {
      class OSError extends Error {}
      const raised = mixed();
      function printRest(...clauses: Parameters<typeof exceptStarSync>[1][]): void {
        try {
          exceptStarSync(raised, ...clauses);
        } catch (rest) {
          print(rest === raised, (rest as ExceptionGroup).exceptions[0] === raised.exceptions[0]);
        }
      }
      printRest(on(Exception, (group) => print(group === raised)));
      printRest(on(LookupError, (group) => print((group.exceptions[0] as Error) === raised.exceptions[3])));
      printRest(on(OSError, () => {}));
      printRest(
        on(Exception, (group) => {
          throw group;
        }),
      );
    },
  ));

const valueOrTypeError: readonly ErrorClass<Error>[] = [ValueError, TypeError];

/** The actions of a handler. `raise` is Python's, without an argument. */
const actions: Readonly<Record<string, (group: BaseExceptionGroup) => void>> = {
  pass() {},
  raise(group) {
    throw group;
  },
  error() {
    throw new RuntimeError("new");
  },
  group(group) {
    throw new BaseExceptionGroup("new", [new RuntimeError("new"), ...group.exceptions.slice(0, 1)]);
  },
  member(group) {
    throw group.exceptions[0];
  },
};

const classes: readonly (readonly ErrorClass<Error>[])[] = [
  [ValueError],
  [TypeError, CancelledError],
  [Exception],
  [BaseException],
];

/** All pairs of these classes in two clauses, with all pairs of actions, for the exception that `make()` makes. */
const combinationsInPython = `
      def act(action, group):
          if action == "error":
              raise RuntimeError("new")
          if action == "group":
              raise BaseExceptionGroup("new", [RuntimeError("new"), *group.exceptions[:1]])
          if action == "member":
              raise group.exceptions[0]

      def handle(first, second, first_action, second_action):
          events = []
          try:
              try:
                  raise make()
              except* first as group:
                  events.append(show(group))
                  if first_action == "raise":
                      raise
                  act(first_action, group)
              except* second as group:
                  events.append(show(group))
                  if second_action == "raise":
                      raise
                  act(second_action, group)
          except BaseException as error:
              events.append("raises " + show(error))
          print(first_action, second_action, *events)

      actions = "pass", "raise", "error", "group", "member"
      classes = ValueError, (TypeError, asyncio.CancelledError), Exception, BaseException
      for first in classes:
          for second in classes:
              for first_action in actions:
                  for second_action in actions:
                      handle(first, second, first_action, second_action)
`;

/** The port of `handle`, with both forms of `except*`. */
function handle(
  print: Print,
  make: () => Error,
  [first, second]: readonly [readonly ErrorClass<Error>[], readonly ErrorClass<Error>[]],
  [firstAction, secondAction]: readonly [string, string],
): void {
  function run(raise: (...clauses: ReturnType<typeof clauseFor>[]) => void): string {
    const events: string[] = [];
    try {
      raise(clauseFor(first, firstAction, events), clauseFor(second, secondAction, events));
    } catch (error) {
      events.push(`raises ${repr(error)}`);
    }
    return [firstAction, secondAction, ...events].join(" ");
  }
  function clauseFor(errorClasses: readonly ErrorClass<Error>[], action: string, events: string[]) {
    return on(errorClasses, (group) => {
      events.push(repr(group));
      actions[action]?.(group);
    });
  }
  const line = run((...clauses) => exceptStarSync(make(), ...clauses));
  expect(run((...clauses) => exceptStar(make(), ...clauses).next())).toBe(line);
  print(line);
}

const exceptions: readonly (readonly [name: string, make: () => Error, makeInPython: string])[] = [
  ["a naked exception", () => new ValueError("x"), `make = lambda: ValueError("x")`],
  ["a naked CancelledError", () => new CancelledError("x"), `make = lambda: asyncio.CancelledError("x")`],
  ["a nested group", mixed, `${mixedInPython}\n      make = mixed`],
  [
    "a group of one kind",
    () => new ExceptionGroup("outer", [new ValueError("1"), new ExceptionGroup("inner", [new ValueError("2")])]),
    `make = lambda: ExceptionGroup("outer", [ValueError("1"), ExceptionGroup("inner", [ValueError("2")])])`,
  ],
  [
    "a group with base exceptions",
    () =>
      new BaseExceptionGroup("outer", [
        new ValueError("1"),
        new CancelledError("2"),
        new BaseExceptionGroup("inner", [new KeyboardInterrupt("3"), new TypeError("4"), new ValueError("5")]),
      ]),
    `
      def make():
          inner = BaseExceptionGroup("inner", [KeyboardInterrupt("3"), TypeError("4"), ValueError("5")])
          return BaseExceptionGroup("outer", [ValueError("1"), asyncio.CancelledError("2"), inner])
    `,
  ],
  [
    "a group that holds one exception twice",
    () => {
      const error = new ValueError("1");
      return new ExceptionGroup("outer", [error, new TypeError("2"), new ExceptionGroup("inner", [error])]);
    },
    `
      def make():
          error = ValueError("1")
          return ExceptionGroup("outer", [error, TypeError("2"), ExceptionGroup("inner", [error])])
    `,
  ],
];

for (const [name, make, makeInPython] of exceptions) {
  it(`EG-04: ${name} in two clauses that handle, re-raise or raise: the rest comes last, in its old nesting`, () =>
    sameScript(
      `
      ${helpersInPython}
      ${makeInPython}
      ${combinationsInPython}
      `,
      (print) => {
        for (const first of classes) {
          for (const second of classes) {
            for (const firstAction of Object.keys(actions)) {
              for (const secondAction of Object.keys(actions)) {
                handle(print, make, [first, second], [firstAction, secondAction]);
              }
            }
          }
        }
      },
    ));
}

it("EG-04: a member group, or one derived from the handler's, becomes a new exception when a handler raises it", () =>
  sameScript(
    `
      ${helpersInPython}
      ${mixedInPython}
      @attempt
      def member():
          try:
              raise mixed()
          except* (ValueError, TypeError) as group:
              raise group.exceptions[1]

      @attempt
      def derived():
          try:
              raise mixed()
          except* ValueError as group:
              raise group.derive([LookupError("new")])
    `,
    (print) => {
      attempt(print, () =>
        exceptStarSync(
          mixed(),
          on(valueOrTypeError, (group) => {
            throw group.exceptions[1];
          }),
        ),
      );
      attempt(print, () =>
        exceptStarSync(
          mixed(),
          on(ValueError, (group) => {
            throw group.derive([new LookupError("new")]);
          }),
        ),
      );
    },
  ));

it("EG-04: a part of the handler's group, or another clause's group, becomes a new exception when a handler raises it", () =>
  sameScript(
    `
      ${helpersInPython}
      ${mixedInPython}
      @attempt
      def part():
          try:
              raise mixed()
          except* (ValueError, TypeError) as group:
              raise group.subgroup(ValueError)

      @attempt
      def group_of_another_clause():
          try:
              raise mixed()
          except* ValueError as group:
              saved = group
          except* TypeError:
              raise saved
    `,
    (print) => {
      attempt(print, () =>
        exceptStarSync(
          mixed(),
          on(valueOrTypeError, (group) => {
            throw group.subgroup(ValueError);
          }),
        ),
      );
      attempt(print, () => {
        let saved: Error | undefined;
        exceptStarSync(
          mixed(),
          on(ValueError, (group) => {
            saved = group;
          }),
          on(TypeError, () => {
            throw saved;
          }),
        );
      });
    },
  ));

it("EG-04: a handler that raises the whole group puts it last, and every part beside it is a new exception", () =>
  sameScript(
    `
      ${helpersInPython}
      def group():
          return ExceptionGroup("g", [RuntimeError("r"), ValueError("v"), LookupError("k")])

      @attempt
      def beside_the_rest():
          whole = group()
          try:
              raise whole
          except* RuntimeError:
              raise whole

      @attempt
      def beside_what_is_raised_on():
          whole = group()
          try:
              raise whole
          except* RuntimeError:
              raise
          except* ValueError:
              raise whole

      @attempt
      def beside_what_is_new():
          whole = group()
          try:
              raise whole
          except* RuntimeError:
              raise whole
          except* ValueError:
              raise TypeError("t")

      @attempt
      def twice():
          whole = group()
          try:
              raise whole
          except* RuntimeError:
              raise whole
          except* ValueError:
              raise whole

      @attempt
      def alone():
          whole = group()
          try:
              raise whole
          except* RuntimeError:
              raise whole
          except* (ValueError, LookupError):
              pass
    `,
    (print) => {
      const kinds = [RuntimeError, ValueError, LookupError] as const;
      const handleAll = (handlersOf: (whole: ExceptionGroup) => ((group: Error) => void)[]): void => {
        const whole = new ExceptionGroup("g", [new RuntimeError("r"), new ValueError("v"), new LookupError("k")]);
        const handlers = handlersOf(whole);
        const clauses = kinds.slice(0, handlers.length).map((each, index) => on(each, handlers[index] ?? raise));
        attempt(print, () => exceptStarSync(whole, ...clauses));
      };
      const raise = (error: unknown): never => {
        throw error;
      };
      const pass = (): void => {};
      handleAll((whole) => [() => raise(whole)]);
      handleAll((whole) => [raise, () => raise(whole)]);
      handleAll((whole) => [() => raise(whole), () => raise(new TypeError("t"))]);
      handleAll((whole) => [() => raise(whole), () => raise(whole)]);
      handleAll((whole) => [() => raise(whole), pass, pass]);
    },
  ));

it("EG-04: the rest of an except* inside a handler is a new exception", () =>
  sameScript(
    `
      ${helpersInPython}
      ${mixedInPython}
      @attempt
      def nested():
          try:
              raise mixed()
          except* (ValueError, TypeError) as group:
              try:
                  raise group
              except* ValueError as inner:
                  print(show(inner))
    `,
    (print) => {
      attempt(print, () =>
        exceptStarSync(
          mixed(),
          on(valueOrTypeError, (group) => {
            exceptStarSync(
              group,
              on(ValueError, (inner) => print(repr(inner))),
            );
          }),
        ),
      );
    },
  ));

it("EG-04: a group that is raised again with a cause is a new exception", () =>
  sameScript(
    `
      ${helpersInPython}
      ${mixedInPython}
      @attempt
      def partly():
          try:
              try:
                  raise mixed()
              except* ValueError as group:
                  raise group from RuntimeError("why")
          except ExceptionGroup as error:
              print([repr(each.__cause__) for each in error.exceptions])
              raise
    `,
    (print) => {
      attempt(print, () => {
        try {
          exceptStarSync(
            mixed(),
            on(ValueError, (group) => {
              group.cause = new RuntimeError("why");
              throw group;
            }),
          );
        } catch (error) {
          print((error as ExceptionGroup).exceptions.map(({ cause }) => repr(cause)));
          throw error;
        }
      });
    },
  ));

it("EG-04: the rest keeps the cause of the group that was raised", () =>
  sameScript(
    `
      ${mixedInPython}
      for reraise in False, True:
          try:
              try:
                  raise mixed() from RuntimeError("why")
              except* ValueError:
                  if reraise:
                      raise
          except ExceptionGroup as rest:
              print(repr(rest), repr(rest.__cause__))
    `,
    (print) => {
      for (const reraise of [false, true]) {
        const raised = mixed();
        raised.cause = new RuntimeError("why");
        try {
          exceptStarSync(
            raised,
            on(ValueError, (group) => {
              if (reraise) throw group;
            }),
          );
        } catch (rest) {
          print(repr(rest), repr((rest as Error).cause));
        }
      }
    },
  ));

it("EG-04: a handler that throws a value that is not an exception raises the TypeError that says so", () =>
  sameScript(
    `
      ${mixedInPython}
      try:
          try:
              raise mixed()
          except* ValueError:
              raise "text"
      except BaseException as error:
          print(repr(error))
    `,
    (print) => {
      try {
        exceptStarSync(
          mixed(),
          on(ValueError, () => {
            throw "text";
          }),
        );
      } catch (error) {
        print(repr(error).replace(/ \(hint: [^)]*\)/, ""));
      }
    },
  ));

it("EG-04: clauses cannot catch groups by their type, nor values that are not exceptions", () =>
  sameScript(
    `
      ${helpersInPython}
      class Own(ExceptionGroup):
          pass

      def handle(cls):
          try:
              raise ValueError("x")
          except* cls:
              print("not reached")

      for cls in ExceptionGroup, BaseExceptionGroup, Own, (TypeError, ExceptionGroup), int, (TypeError, int):
          attempt(lambda: handle(cls))
    `,
    (print) => {
      class Own extends ExceptionGroup {}
      const notReached = (): void => print("not reached");
      const refused: readonly (ErrorClass<Error> | readonly ErrorClass<Error>[])[] = [
        ExceptionGroup,
        BaseExceptionGroup,
        Own,
        [TypeError, ExceptionGroup],
        Number as unknown as ErrorClass<Error>,
        [TypeError, Number as unknown as ErrorClass<Error>],
      ];
      for (const cls of refused) {
        attempt(print, () => exceptStarSync(new ValueError("x"), on(cls, notReached)));
      }
    },
  ));

it("EG-04: handlers may await, one after the other, and the errors that they raise then count", () =>
  same(
    `
      ${helpersInPython}
      ${mixedInPython}
      async def main():
          try:
              try:
                  raise mixed()
              except* ValueError as group:
                  await asyncio.sleep(1)
                  print("first", show(group), t())
                  raise RuntimeError("new")
              except* TypeError as group:
                  print("second", show(group), t())
                  await asyncio.sleep(1)
                  raise
          except ExceptionGroup as error:
              print(show(error), t())
    `,
    function* (print) {
      try {
        yield* exceptStar(
          mixed(),
          on(ValueError, function* (group) {
            yield* sleep(1);
            print("first", repr(group), t());
            throw new RuntimeError("new");
          }),
          on(TypeError, function* (group) {
            print("second", repr(group), t());
            yield* sleep(1);
            throw group;
          }),
        );
      } catch (error) {
        print(repr(error), t());
      }
    },
  ));

it("EG-04: a handler that is cancelled raises CancelledError like any exception: the others run, and the rest joins it", () =>
  same(
    `
      ${helpersInPython}
      ${mixedInPython}
      async def handle(error):
          try:
              raise error
          except* ValueError:
              print("first", t())
              await asyncio.sleep(5)
              print("not reached")
          except* TypeError:
              print("second", t())
              await asyncio.sleep(1)
              print("second ends", t())

      async def main():
          for error in mixed(), ExceptionGroup("handled", [ValueError("1"), TypeError("2")]), ValueError("naked"):
              task = asyncio.create_task(handle(error))
              await asyncio.sleep(1)
              task.cancel("stop")
              try:
                  await task
              except BaseException as raised:
                  print(show(raised), task.cancelled(), t())
    `,
    function* (print) {
      function handleError(error: Error): Coroutine {
        return exceptStar(
          error,
          on(ValueError, function* () {
            print("first", t());
            yield* sleep(5);
            print("not reached");
          }),
          on(TypeError, function* () {
            print("second", t());
            yield* sleep(1);
            print("second ends", t());
          }),
        );
      }
      const handled = new ExceptionGroup("handled", [new ValueError("1"), new TypeError("2")]);
      for (const error of [mixed(), handled, new ValueError("naked")]) {
        const task = createTask(handleError(error));
        yield* sleep(1);
        task.cancel("stop");
        try {
          yield* task;
        } catch (raised) {
          print(repr(raised), task.cancelled(), t());
        }
      }
    },
  ));

it("EG-04: exceptStarSync refuses handlers that await", () => {
  const clause = on(ValueError, function* () {
    yield* sleep(1);
  });
  expect(() => exceptStarSync(new ValueError("x"), clause as never)).toThrow("exceptStarSync() cannot await");
});

it("EG-05: except* Exception catches neither a bare CancelledError nor the base exceptions in a group", () =>
  sameScript(
    `
      ${helpersInPython}
      cancelled = asyncio.CancelledError("stop")

      @attempt
      def bare():
          try:
              try:
                  raise cancelled
              except* Exception as group:
                  print("not reached")
              except* KeyboardInterrupt as group:
                  print("not reached")
          except asyncio.CancelledError as error:
              print(error is cancelled)
              raise

      @attempt
      def grouped():
          try:
              raise BaseExceptionGroup("group", [ValueError("x"), cancelled, ExceptionGroup("inner", [TypeError("y")])])
          except* Exception as group:
              print(show(group))

      @attempt
      def caught():
          try:
              raise cancelled
          except* asyncio.CancelledError as group:
              print(show(group))
    `,
    (print) => {
      const cancelled = new CancelledError("stop");
      attempt(print, () => {
        try {
          exceptStarSync(
            cancelled,
            on(Exception, () => print("not reached")),
            on(KeyboardInterrupt, () => print("not reached")),
          );
        } catch (error) {
          print(error === cancelled);
          throw error;
        }
      });
      const inner = new ExceptionGroup("inner", [new TypeError("y")]);
      attempt(print, () =>
        exceptStarSync(
          new BaseExceptionGroup("group", [new ValueError("x"), cancelled, inner]),
          on(Exception, (group) => print(repr(group))),
        ),
      );
      attempt(print, () =>
        exceptStarSync(
          cancelled,
          on(CancelledError, (group) => print(repr(group))),
        ),
      );
    },
  ));

it("EG-05: a task that is cancelled inside a try with except* ends cancelled", () =>
  same(
    `
      async def work():
          try:
              await asyncio.sleep(9)
          except* Exception as group:
              print("not reached")

      async def main():
          task = asyncio.create_task(work())
          await asyncio.sleep(1)
          task.cancel("stop")
          try:
              await task
          except asyncio.CancelledError as error:
              print(repr(error), task.cancelled())
    `,
    function* (print) {
      function* work(): Coroutine {
        try {
          yield* sleep(9);
        } catch (error) {
          yield* exceptStar(
            error,
            on(Exception, () => print("not reached")),
          );
        }
      }
      const task = createTask(work());
      yield* sleep(1);
      task.cancel("stop");
      try {
        yield* task;
      } catch (error) {
        print(repr(error), task.cancelled());
      }
    },
  ));

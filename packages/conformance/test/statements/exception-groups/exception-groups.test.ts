import { inspect } from "node:util";
import { BaseException, CancelledError, Exception, KeyboardInterrupt, LookupError, ValueError } from "@yieldstar/loop";
import {
  BaseExceptionGroup,
  type GroupCondition,
  ExceptionGroup,
  exceptStarSync,
  type Member,
  on,
  type Split,
} from "@yieldstar/taskgroup";
import { expect, it } from "vitest";
import { repr } from "../../../src/python-text.ts";
import { type Print, sameScript } from "../../../src/same.ts";

/** Prints what a call returns or throws. */
function attempt(print: Print, call: () => unknown): void {
  try {
    print(repr(call()));
  } catch (error) {
    print("raised", repr(error));
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
              print(show(call()))
          except BaseException as error:
              print("raised", show(error))
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

it("EG-01: a BaseExceptionGroup of Exceptions only is an ExceptionGroup", () =>
  sameScript(
    `
      ${helpersInPython}
      class Own(BaseExceptionGroup):
          pass

      ordinary = BaseExceptionGroup("ordinary", [ValueError("x")])
      base = BaseExceptionGroup("base", [ValueError("x"), KeyboardInterrupt()])
      own = Own("own", [ValueError("x")])
      nested = BaseExceptionGroup("nested", [ordinary])
      for group in [ordinary, base, own, nested, BaseExceptionGroup("deep", [ordinary, base])]:
          print(show(group), isinstance(group, ExceptionGroup), isinstance(group, Exception))
    `,
    (print) => {
      class Own extends BaseExceptionGroup {
        override readonly name = "Own";
      }
      const ordinary = new BaseExceptionGroup("ordinary", [new ValueError("x")]);
      const base = new BaseExceptionGroup("base", [new ValueError("x"), new KeyboardInterrupt()]);
      const own = new Own("own", [new ValueError("x")]);
      const nested = new BaseExceptionGroup("nested", [ordinary]);
      for (const group of [ordinary, base, own, nested, new BaseExceptionGroup("deep", [ordinary, base])]) {
        print(repr(group), group instanceof ExceptionGroup, group instanceof Exception);
      }
    },
  ));

it("EG-01: a group refuses members that it cannot hold, and no members", () =>
  sameScript(
    `
      ${helpersInPython}
      class Own(ExceptionGroup):
          pass

      class OwnBase(BaseExceptionGroup):
          pass

      attempt(lambda: ExceptionGroup("x", [ValueError("x"), KeyboardInterrupt()]))
      attempt(lambda: Own("x", [asyncio.CancelledError()]))
      attempt(lambda: OwnBase("x", [asyncio.CancelledError()]))
      attempt(lambda: ExceptionGroup("x", [BaseExceptionGroup("y", [GeneratorExit()])]))
      attempt(lambda: ExceptionGroup("x", [OwnBase("y", [ValueError()])]))
      attempt(lambda: ExceptionGroup("x", []))
      attempt(lambda: BaseExceptionGroup("x", ()))
      attempt(lambda: ExceptionGroup("x", [ValueError("x"), "text"]))
      attempt(lambda: ExceptionGroup("x", [ValueError]))
      attempt(lambda: ExceptionGroup("x", 1))
      attempt(lambda: ExceptionGroup("x", None))
    `,
    (print) => {
      class Own extends ExceptionGroup {}
      class OwnBase extends BaseExceptionGroup {
        override readonly name = "OwnBase";
      }
      class GeneratorExit extends BaseException {}
      attempt(print, () => new ExceptionGroup("x", [new ValueError("x"), new KeyboardInterrupt()]));
      attempt(print, () => new Own("x", [new CancelledError()]));
      attempt(print, () => new OwnBase("x", [new CancelledError()]));
      attempt(print, () => new ExceptionGroup("x", [new BaseExceptionGroup("y", [new GeneratorExit()])]));
      attempt(print, () => new ExceptionGroup("x", [new OwnBase("y", [new ValueError()])]));
      attempt(print, () => new ExceptionGroup("x", []));
      attempt(print, () => new BaseExceptionGroup("x", []));
      attempt(print, () => new ExceptionGroup("x", [new ValueError("x"), "text" as unknown as Error]));
      attempt(print, () => new ExceptionGroup("x", [ValueError as unknown as Error]));
      attempt(print, () => new ExceptionGroup("x", 1 as unknown as Error[]));
      attempt(print, () => new ExceptionGroup("x", undefined as unknown as Error[]));
    },
  ));

it("EG-01: a group's message is a string", () =>
  sameScript(
    `
      try:
          ExceptionGroup(1, [ValueError("x")])
      except TypeError as error:
          print(type(error).__name__)
    `,
    (print) => {
      try {
        print(new ExceptionGroup(1 as unknown as string, [new ValueError("x")]));
      } catch (error) {
        print((error as Error).name);
      }
    },
  ));

it("EG-02: a group's text counts its direct members", () =>
  sameScript(
    `
      ${mixedInPython}
      one = ExceptionGroup("one", [mixed()])
      unnamed = BaseExceptionGroup("", [ValueError(), KeyboardInterrupt()])
      for group in one, mixed(), unnamed:
          print(f"{type(group).__name__}: {group}", [group.message])
    `,
    (print) => {
      const one = new ExceptionGroup("one", [mixed()]);
      const unnamed = new BaseExceptionGroup("", [new ValueError(), new KeyboardInterrupt()]);
      for (const group of [one, mixed(), unnamed]) print(String(group), [group.message]);
    },
  ));

it("EG-02: a group keeps its members when the list that they came in changes", () =>
  sameScript(
    `
      ${helpersInPython}
      errors = [ValueError("x"), TypeError("y")]
      group = ExceptionGroup("group", errors)
      print(group.exceptions[0] is errors[0], group.exceptions[1] is errors[1])
      errors.clear()
      print(show(group.exceptions))
    `,
    (print) => {
      const errors = [new ValueError("x"), new TypeError("y")];
      const group = new ExceptionGroup("group", errors);
      print(group.exceptions[0] === errors[0], group.exceptions[1] === errors[1]);
      errors.length = 0;
      print(repr(group.exceptions));
    },
  ));

it("EG-02: a group is an AggregateError too", () => {
  const group = mixed();
  expect(group).toBeInstanceOf(AggregateError);
  expect(group.errors).toBe(group.exceptions);
});

it("EG-02: console.log shows a group as the tree that CPython prints", () =>
  sameScript(
    `
      import traceback

      ${mixedInPython}
      for group in [mixed(), ExceptionGroup("last", [ValueError("line\\nbreak"), mixed()])]:
          print("".join(traceback.format_exception(group)).rstrip())
    `,
    (print) => {
      const { stackTraceLimit } = Error;
      Error.stackTraceLimit = 0;
      for (const group of [mixed(), new ExceptionGroup("last", [new ValueError("line\nbreak"), mixed()])]) {
        print(inspect(group));
      }
      Error.stackTraceLimit = stackTraceLimit;
    },
  ));

it("EG-03: split and subgroup take a type, several, or a predicate, and keep the nesting", () =>
  sameScript(
    `
      ${helpersInPython}
      ${mixedInPython}
      conditions = [
          ValueError,
          TypeError,
          LookupError,
          OSError,
          (ValueError, LookupError),
          (),
          Exception,
          ExceptionGroup,
          lambda error: str(error) in "15",
          lambda error: isinstance(error, ExceptionGroup) and error.message == "inner",
          lambda error: "truthy",
          lambda error: 0,
      ]
      for condition in conditions:
          matched, rest = mixed().split(condition)
          print(show(matched), show(rest), show(mixed().subgroup(condition)))
    `,
    (print) => {
      class OSError extends Error {}
      const conditions = [
        ValueError,
        TypeError,
        LookupError,
        OSError,
        [ValueError, LookupError],
        [],
        Exception,
        ExceptionGroup,
        (error: Error) => "15".includes(error.message),
        (error: Error) => error instanceof ExceptionGroup && error.message === "inner",
        () => "truthy" as unknown as boolean,
        () => 0 as unknown as boolean,
      ];
      for (const condition of conditions) {
        const [matched, rest] = mixed().split(condition);
        print(repr(matched), repr(rest), repr(mixed().subgroup(condition)));
      }
    },
  ));

it("EG-03: the parts of a BaseExceptionGroup have the class that fits their members", () =>
  sameScript(
    `
      ${helpersInPython}
      inner = BaseExceptionGroup("inner", [KeyboardInterrupt("1"), ValueError("2")])
      group = BaseExceptionGroup("group", [inner, TypeError("3"), asyncio.CancelledError("4")])
      for condition in Exception, KeyboardInterrupt, (asyncio.CancelledError, TypeError), BaseException:
          matched, rest = group.split(condition)
          print(show(matched), show(rest))
    `,
    (print) => {
      const inner = new BaseExceptionGroup("inner", [new KeyboardInterrupt("1"), new ValueError("2")]);
      const group = new BaseExceptionGroup("group", [inner, new TypeError("3"), new CancelledError("4")]);
      for (const condition of [Exception, KeyboardInterrupt, [CancelledError, TypeError], BaseException]) {
        const [matched, rest] = group.split(condition);
        print(repr(matched), repr(rest));
      }
    },
  ));

it("EG-03: a predicate is asked about a group before its members, which are not asked when it matches", () =>
  sameScript(
    `
      ${mixedInPython}
      for wanted in "inner", "3", "mixed":
          asked = []

          def matches(error):
              asked.append(error.message if isinstance(error, ExceptionGroup) else str(error))
              return asked[-1] == wanted

          mixed().split(matches)
          print(asked)
          asked = []
          mixed().subgroup(matches)
          print(asked)
    `,
    (print) => {
      for (const wanted of ["inner", "3", "mixed"]) {
        let asked: string[] = [];
        const matches = (error: Error): boolean => {
          asked.push(error.message);
          return error.message === wanted;
        };
        mixed().split(matches);
        print(asked);
        asked = [];
        mixed().subgroup(matches);
        print(asked);
      }
    },
  ));

it("EG-03: a group that matches as a whole, and every leaf, is the same object", () =>
  sameScript(
    `
      ${mixedInPython}
      group = mixed()
      print(group.split(Exception)[0] is group, group.subgroup(ExceptionGroup) is group)
      print(group.subgroup(lambda error: error is not group) is group)
      matched, rest = group.split(lambda error: error is group.exceptions[1] or error is group.exceptions[3])
      print(matched.exceptions[0] is group.exceptions[1], matched.exceptions[1] is group.exceptions[3])
      print(rest.exceptions[0] is group.exceptions[0], rest.exceptions[1] is group.exceptions[2])
      matched, rest = group.split(LookupError)
      print(matched.exceptions[0] is group.exceptions[3], rest.exceptions[1] is group.exceptions[1])
      print(group.split(OSError)[1] is group)
    `,
    (print) => {
      class OSError extends Error {}
      const group = mixed();
      print(group.split(Exception)[0] === group, group.subgroup(ExceptionGroup) === group);
      print(group.subgroup((error) => error !== group) === group);
      let [matched, rest] = group.split((error) => error === group.exceptions[1] || error === group.exceptions[3]);
      print(matched?.exceptions[0] === group.exceptions[1], matched?.exceptions[1] === group.exceptions[3]);
      print(rest?.exceptions[0] === group.exceptions[0], rest?.exceptions[1] === group.exceptions[2]);
      [matched, rest] = group.split(LookupError);
      print(matched?.exceptions[0] === group.exceptions[3], rest?.exceptions[1] === group.exceptions[1]);
      print(group.split(OSError)[1] === group);
    },
  ));

it("EG-03: the parts keep the traceback and the cause of their group", () =>
  sameScript(
    `
      def thrown(message, errors, cause):
          try:
              raise ExceptionGroup(message, errors) from cause
          except ExceptionGroup as error:
              return error

      inner = thrown("inner", [TypeError("2"), ValueError("3")], LookupError("inner"))
      group = thrown("group", [ValueError("1"), inner], LookupError("outer"))
      for part in group.split(ValueError):
          print(repr(part.__cause__), part.__traceback__ is group.__traceback__)
          print(repr(part.exceptions[-1].__cause__), part.exceptions[-1].__traceback__ is inner.__traceback__)
      part = ExceptionGroup("bare", [ValueError("1"), TypeError("2")]).subgroup(ValueError)
      print(part.__cause__)
    `,
    (print) => {
      function thrown(message: string, errors: Error[], cause: Error): ExceptionGroup {
        const group = new ExceptionGroup(message, errors);
        group.cause = cause;
        return group;
      }
      const inner = thrown("inner", [new TypeError("2"), new ValueError("3")], new LookupError("inner"));
      const group = thrown("group", [new ValueError("1"), inner], new LookupError("outer"));
      for (const part of group.split(ValueError)) {
        print(repr(part?.cause), part?.stack === group.stack);
        print(repr(part?.exceptions.at(-1)?.cause), part?.exceptions.at(-1)?.stack === inner.stack);
      }
      const part = new ExceptionGroup("bare", [new ValueError("1"), new TypeError("2")]).subgroup(ValueError);
      print(part?.cause);
    },
  ));

it("EG-03: an invalid condition is refused, and an error of the predicate is passed on", () =>
  sameScript(
    `
      ${helpersInPython}
      ${mixedInPython}
      class NoError:
          pass

      def refuse(error):
          raise LookupError(str(error))

      for condition in 1, None, "ValueError", NoError, (NoError,), (ValueError, 1), refuse:
          attempt(lambda: mixed().split(condition))
          attempt(lambda: mixed().subgroup(condition))
    `,
    (print) => {
      class NoError {
        readonly message = "";
      }
      function refuse(error: Error): boolean {
        const { length } = (error as ExceptionGroup).exceptions;
        throw new LookupError(`${error.message} (${length} sub-exceptions)`);
      }
      for (const condition of [1, undefined, "ValueError", NoError, [NoError], [ValueError, 1], refuse]) {
        attempt(print, () => mixed().split(condition as never));
        attempt(print, () => mixed().subgroup(condition as never));
      }
    },
  ));

it("EG-06: derive() makes the parts, and gives them what a subclass adds", () =>
  sameScript(
    `
      ${helpersInPython}
      class Coded(ExceptionGroup):
          def __new__(cls, message, exceptions, code):
              self = super().__new__(cls, message, exceptions)
              self.code = code
              return self

          def derive(self, exceptions):
              return Coded(self.message, exceptions, self.code)

      class Underived(ExceptionGroup):
          pass

      inner = Coded("inner", [TypeError("2"), ValueError("3")], 2)
      group = Coded("outer", [ValueError("1"), inner, Underived("other", [ValueError("4"), TypeError("5")])], 1)
      group.__cause__ = LookupError("why")
      for part in [*group.split(ValueError), group.subgroup(TypeError)]:
          print(show(part), part.code, repr(part.__cause__))
          print([getattr(each, "code", None) for each in part.exceptions])
      try:
          try:
              raise group
          except* TypeError as part:
              print(show(part), part.code)
      except Coded as rest:
          print(show(rest), rest.code)
    `,
    (print) => {
      class Coded<E extends Error = Error> extends ExceptionGroup<E> {
        override readonly name = "Coded";
        readonly code: number;

        constructor(message: string, exceptions: readonly Member<E>[], code: number) {
          super(message, exceptions);
          this.code = code;
        }

        override derive<D extends Error>(exceptions: readonly Member<D>[]): Coded<D> {
          return new Coded(this.message, exceptions, this.code);
        }
      }
      class Underived extends ExceptionGroup {
        override readonly name = "Underived";
      }
      const codeOf = (error: unknown): unknown => (error instanceof Coded ? error.code : undefined);

      const inner = new Coded("inner", [new TypeError("2"), new ValueError("3")], 2);
      const other = new Underived("other", [new ValueError("4"), new TypeError("5")]);
      const group = new Coded("outer", [new ValueError("1"), inner, other], 1);
      group.cause = new LookupError("why");
      for (const part of [...group.split(ValueError), group.subgroup(TypeError)]) {
        print(repr(part), codeOf(part), repr(part?.cause));
        print(part?.exceptions.map(codeOf));
      }
      try {
        exceptStarSync(
          group,
          on(TypeError, (part) => print(repr(part), codeOf(part))),
        );
      } catch (rest) {
        print(repr(rest), codeOf(rest));
      }
    },
  ));

it("EG-06: split derives the parts from the inside out, the match before the rest", () =>
  sameScript(
    `
      class Traced(ExceptionGroup):
          def derive(self, exceptions):
              print(self.message, exceptions)
              return Traced(self.message, exceptions)

      inner = Traced("inner", [TypeError("2"), ValueError("3")])
      Traced("outer", [ValueError("1"), inner, TypeError("4")]).split(ValueError)
    `,
    (print) => {
      class Traced<E extends Error = Error> extends ExceptionGroup<E> {
        override readonly name = "Traced";

        override derive<D extends Error>(exceptions: readonly Member<D>[]): Traced<D> {
          print(this.message, exceptions);
          return new Traced(this.message, exceptions);
        }
      }
      const inner = new Traced("inner", [new TypeError("2"), new ValueError("3")]);
      new Traced("outer", [new ValueError("1"), inner, new TypeError("4")]).split(ValueError);
    },
  ));

it("EG-06: subgroup() derives only the part that matches, and so does except* when it puts the rest together", () =>
  sameScript(
    `
      class Traced(ExceptionGroup):
          def derive(self, exceptions):
              print(self.message, exceptions)
              return Traced(self.message, exceptions)

      group = Traced("outer", [ValueError("1"), Traced("inner", [TypeError("2"), ValueError("3")])])
      group.subgroup(ValueError)
      try:
          try:
              raise group
          except* ValueError:
              print("handled")
      except Traced:
          print("end")
    `,
    (print) => {
      class Traced<E extends Error = Error> extends ExceptionGroup<E> {
        override readonly name = "Traced";

        override derive<D extends Error>(exceptions: readonly Member<D>[]): Traced<D> {
          print(this.message, exceptions);
          return new Traced(this.message, exceptions);
        }
      }
      const inner = new Traced("inner", [new TypeError("2"), new ValueError("3")]);
      const group = new Traced("outer", [new ValueError("1"), inner]);
      group.subgroup(ValueError);
      try {
        exceptStarSync(
          group,
          on(ValueError, () => print("handled")),
        );
      } catch {
        print("end");
      }
    },
  ));

it("EG-06: derive() is not called for a group that matches as a whole, and must return a group", () =>
  sameScript(
    `
      ${helpersInPython}
      class Wrong(ExceptionGroup):
          def derive(self, exceptions):
              return exceptions[0]

      group = Wrong("wrong", [ValueError("1"), TypeError("2")])
      print(group.subgroup(Exception) is group)
      attempt(lambda: group.split(ValueError))

      class Broken(ExceptionGroup):
          def derive(self, exceptions):
              raise LookupError("broken")

      attempt(lambda: Broken("broken", [ValueError("1"), TypeError("2")]).split(ValueError))
    `,
    (print) => {
      class Wrong extends ExceptionGroup {
        override derive(exceptions: readonly Error[]): never {
          return exceptions[0] as never;
        }
      }
      const group = new Wrong("wrong", [new ValueError("1"), new TypeError("2")]);
      print(group.subgroup(Exception) === group);
      attempt(print, () => group.split(ValueError));

      class Broken extends ExceptionGroup {
        override derive(): never {
          throw new LookupError("broken");
        }
      }
      attempt(print, () => new Broken("broken", [new ValueError("1"), new TypeError("2")]).split(ValueError));
    },
  ));

it("EG-06: except* calls split(), which a subclass may override; subgroup() does not", () =>
  sameScript(
    `
      class Traced(ExceptionGroup):
          def split(self, condition):
              print("split")
              return super().split(condition)

      group = Traced("group", [ValueError("1"), TypeError("2")])
      print(repr(group.subgroup(ValueError)))
      try:
          try:
              raise group
          except* ValueError:
              print("handled")
      except ExceptionGroup as rest:
          print(repr(rest))
    `,
    (print) => {
      class Traced extends ExceptionGroup {
        override split(condition: GroupCondition): Split<never, Error> {
          print("split");
          return super.split(condition) as Split<never, Error>;
        }
      }
      const group = new Traced("group", [new ValueError("1"), new TypeError("2")]);
      print(repr(group.subgroup(ValueError)));
      try {
        exceptStarSync(
          group,
          on(ValueError, () => print("handled")),
        );
      } catch (rest) {
        print(repr(rest));
      }
    },
  ));

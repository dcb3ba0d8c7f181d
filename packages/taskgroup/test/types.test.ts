import { asyncWith, CancelledError, type Coroutine, sleep, SystemExit, type Task, ValueError } from "@yieldstar/loop";
import {
  BaseExceptionGroup,
  type ExceptClause,
  ExceptionGroup,
  exceptStar,
  type Member,
  on,
  TaskGroup,
} from "@yieldstar/taskgroup";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, expectTypeOf, it } from "vitest";

const group = new BaseExceptionGroup("g", [new SystemExit(1), new CancelledError()]);

describe("a caught group", () => {
  const caught = (error: unknown): unknown => error;

  it("has errors as its members, and not any", () => {
    const error = caught(new ExceptionGroup("g", [new ValueError()]));
    if (!(error instanceof ExceptionGroup)) throw error;
    expectTypeOf(error.exceptions).toEqualTypeOf<readonly Member<Error>[]>();
    expectTypeOf(error.message).toEqualTypeOf<string>();
  });

  it("has errors as its members when it is caught as a BaseExceptionGroup too", () => {
    const error = caught(group);
    if (!(error instanceof BaseExceptionGroup)) throw error;
    expectTypeOf(error.exceptions).toEqualTypeOf<readonly Member<Error>[]>();
    expectTypeOf(error).not.toBeAny();
  });

  it("is not confused with another class of groups", () => {
    expect(group).toBeInstanceOf(BaseExceptionGroup);
    expect(group).not.toBeInstanceOf(ExceptionGroup);
    expect(group).toBeInstanceOf(AggregateError);
    expect(new Error("e")).not.toBeInstanceOf(BaseExceptionGroup);
    expect({}).not.toBeInstanceOf(BaseExceptionGroup);
  });
});

describe("a group", () => {
  it("has the classes of its members", () => {
    expectTypeOf(group).toEqualTypeOf<BaseExceptionGroup<SystemExit | CancelledError>>();
    expectTypeOf(new ExceptionGroup("g", [new ValueError()])).toEqualTypeOf<ExceptionGroup<ValueError>>();
  });

  it("splits by class, into that class and the rest", () => {
    const [matched, rest] = group.split(SystemExit);
    expectTypeOf(matched).toEqualTypeOf<BaseExceptionGroup<SystemExit> | undefined>();
    expectTypeOf(rest).toEqualTypeOf<BaseExceptionGroup<SystemExit | CancelledError> | undefined>();
    const member = matched?.exceptions[0];
    if (member instanceof SystemExit) expectTypeOf(member.code).toEqualTypeOf<number | string | undefined>();
    expect(matched?.exceptions).toHaveLength(1);
  });

  it("has subgroups by class, by several classes, and by a predicate", () => {
    expectTypeOf(group.subgroup(SystemExit)).toEqualTypeOf<BaseExceptionGroup<SystemExit> | undefined>();
    expectTypeOf(group.subgroup([SystemExit, CancelledError])).toEqualTypeOf<
      BaseExceptionGroup<SystemExit | CancelledError> | undefined
    >();
    expectTypeOf(group.subgroup((error) => error.message === "")).toEqualTypeOf<BaseExceptionGroup | undefined>();
  });

  it("gives its predicate an Error", () => {
    group.subgroup((error) => {
      expectTypeOf(error).toEqualTypeOf<Error>();
      return true;
    });
  });

  it("needs errors to compile", () => {
    // @ts-expect-error A string is not an error.
    expect(() => new ExceptionGroup("g", ["text"])).toThrow("not an exception");
    // @ts-expect-error Python's order: the message comes first.
    expect(() => new ExceptionGroup([new Error("e")], "g")).toThrow(TypeError);
    // @ts-expect-error Maps are not errors.
    expect(() => group.split(Map)).toThrow(TypeError);
  });
});

describe("on", () => {
  it("gives the handler a group of what it matches", () => {
    const clause = on(SystemExit, (part) => {
      expectTypeOf(part).toEqualTypeOf<BaseExceptionGroup<SystemExit>>();
    });
    expectTypeOf(clause).toEqualTypeOf<ExceptClause>();
    on([SystemExit, CancelledError], (part) => {
      expectTypeOf(part).toEqualTypeOf<BaseExceptionGroup<SystemExit | CancelledError>>();
    });
  });

  it("takes a generator function too", () => {
    const clause = on(ValueError, function* (part) {
      expectTypeOf(part).toEqualTypeOf<BaseExceptionGroup<ValueError>>();
      yield* sleep(1);
    });
    expectTypeOf(exceptStar(new ValueError(), clause)).toEqualTypeOf<Coroutine>();
  });

  it("refuses a class of other things", () => {
    // @ts-expect-error Maps are not errors.
    expect(() => on(Map, () => {})).toThrow(TypeError);
  });
});

describe("a TaskGroup", () => {
  it("is the argument of its block, and makes tasks of what their coroutines return", () => {
    const main = function* (): Coroutine<string> {
      return yield* asyncWith(new TaskGroup(), function* (tasks) {
        expectTypeOf(tasks).toEqualTypeOf<TaskGroup>();
        const task = tasks.createTask(sleep(1, 5), { name: "t" });
        expectTypeOf(task).toEqualTypeOf<Task<number>>();
        return "result";
      });
    };
    expect(runVirtual(main())).toBe("result");
  });

  it("makes no tasks of functions and futures", () => {
    const main = function* (): Coroutine<string> {
      return yield* asyncWith(new TaskGroup(), function* (tasks) {
        // @ts-expect-error The call is missing.
        expect(() => tasks.createTask(main)).toThrow(TypeError);
        const task = tasks.createTask(sleep(0, "usable"));
        // @ts-expect-error A future is not a coroutine.
        expect(() => tasks.createTask(task)).toThrow(TypeError);
        return yield* task;
      });
    };
    expect(runVirtual(main())).toBe("usable");
  });
});

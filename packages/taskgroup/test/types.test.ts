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

describe("a group that was caught", () => {
  const caught = (error: unknown): unknown => error;

  it("has members that are errors, and not any", () => {
    const error = caught(new ExceptionGroup("g", [new ValueError()]));
    if (!(error instanceof ExceptionGroup)) throw error;
    expectTypeOf(error.exceptions).toEqualTypeOf<readonly Member<Error>[]>();
    expectTypeOf(error.message).toEqualTypeOf<string>();
  });

  it("has them when it is caught as a BaseExceptionGroup too", () => {
    const error = caught(group);
    if (!(error instanceof BaseExceptionGroup)) throw error;
    expectTypeOf(error.exceptions).toEqualTypeOf<readonly Member<Error>[]>();
    expectTypeOf(error).not.toBeAny();
  });

  it("is not taken for another class of groups", () => {
    expect(group).toBeInstanceOf(BaseExceptionGroup);
    expect(group).not.toBeInstanceOf(ExceptionGroup);
    expect(group).toBeInstanceOf(AggregateError);
    expect(new Error("e")).not.toBeInstanceOf(BaseExceptionGroup);
    expect({}).not.toBeInstanceOf(BaseExceptionGroup);
  });
});

describe("a group", () => {
  it("is of the classes of its members", () => {
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

  it("has subgroups by class, by several classes, and by what a function says", () => {
    expectTypeOf(group.subgroup(SystemExit)).toEqualTypeOf<BaseExceptionGroup<SystemExit> | undefined>();
    expectTypeOf(group.subgroup([SystemExit, CancelledError])).toEqualTypeOf<
      BaseExceptionGroup<SystemExit | CancelledError> | undefined
    >();
    expectTypeOf(group.subgroup((error) => error.message === "")).toEqualTypeOf<BaseExceptionGroup | undefined>();
  });

  it("tells a function that is asked about it an Error", () => {
    group.subgroup((error) => {
      expectTypeOf(error).toEqualTypeOf<Error>();
      return true;
    });
  });

  it("is made of errors, or it does not compile", () => {
    // @ts-expect-error A string is no error.
    expect(() => new ExceptionGroup("g", ["text"])).toThrow("not an exception");
    // @ts-expect-error Python's order: the message comes first.
    expect(() => new ExceptionGroup([new Error("e")], "g")).toThrow(TypeError);
    // @ts-expect-error Maps are no errors.
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

  it("does not take a class of other things", () => {
    // @ts-expect-error Maps are no errors.
    expect(() => on(Map, () => {})).toThrow(TypeError);
  });
});

describe("a TaskGroup", () => {
  it("is what its block is given, and makes tasks of what their coroutines return", () => {
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

  it("does not make tasks of functions and futures", () => {
    const main = function* (): Coroutine<string> {
      return yield* asyncWith(new TaskGroup(), function* (tasks) {
        // @ts-expect-error The call is missing.
        expect(() => tasks.createTask(main)).toThrow(TypeError);
        const task = tasks.createTask(sleep(0, "usable"));
        // @ts-expect-error A future is no coroutine.
        expect(() => tasks.createTask(task)).toThrow(TypeError);
        return yield* task;
      });
    };
    expect(runVirtual(main())).toBe("usable");
  });
});

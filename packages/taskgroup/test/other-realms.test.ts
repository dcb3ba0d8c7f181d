import { asyncWith, type Coroutine, Exception, TimeoutError } from "@yieldstar/loop";
import { BaseExceptionGroup, ExceptionGroup, exceptStarSync, on, TaskGroup } from "@yieldstar/taskgroup";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";
import { other } from "../../../.ci/vitest/other-realm.ts";

const errors = [new other.DOMException("data", "DataError"), new other.RangeError("range"), new TimeoutError("ours")];

describe("errors of another realm", () => {
  it("are members of a group, which is an ExceptionGroup", () => {
    const group = new BaseExceptionGroup("g", errors);
    expect(group).toBeInstanceOf(ExceptionGroup);
    expect(group.exceptions).toEqual(errors);
  });

  it("leave a task group unchanged", () => {
    const failing = function* (error: Error): Coroutine {
      throw error;
    };
    const main = function* (): Coroutine<unknown> {
      try {
        yield* asyncWith(new TaskGroup(), function* (group) {
          for (const error of errors) group.createTask(failing(error));
        });
      } catch (error) {
        return (error as ExceptionGroup).exceptions;
      }
      return undefined;
    };
    expect(runVirtual(main())).toEqual(errors);
  });

  it("are matched by the classes of their realm, and by Exception", () => {
    const group = new ExceptionGroup("g", errors);
    const matched = (...classes: Parameters<typeof on>[0][]): unknown[] =>
      classes.map((each) => group.subgroup(each as typeof Error)?.exceptions.map((error) => errors.indexOf(error)));
    expect(matched(other.DOMException, other.RangeError, other.Error, Exception, [TimeoutError, other.Error])).toEqual([
      [0],
      [1],
      [0, 1],
      [0, 1, 2],
      [0, 1, 2],
    ]);
    expect(group.split(other.DOMException).map((part) => part?.exceptions.length)).toEqual([1, 2]);
  });

  it("are handled by except* clauses with these classes", () => {
    const handled: unknown[] = [];
    const note = (group: BaseExceptionGroup): void => void handled.push(...group.exceptions);
    exceptStarSync(
      new ExceptionGroup("g", errors),
      on(other.DOMException, note),
      on([other.Error, TimeoutError], note),
    );
    exceptStarSync(errors[0], on(other.DOMException, note));
    expect(handled).toEqual([...errors, errors[0]]);
  });
});

describe("a class of another realm, not of errors,", () => {
  it("is refused", () => {
    const foreign = other.Promise as never;
    expect(() => on(foreign, () => {})).toThrow(
      new TypeError("catching classes that do not inherit from BaseException is not allowed"),
    );
  });
});

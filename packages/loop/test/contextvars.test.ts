import {
  Context,
  ContextVar,
  copyContext,
  type Coroutine,
  createTask,
  getRunningLoop,
  LookupError,
  RuntimeError,
  sleep,
  Token,
  ValueError,
} from "@yieldstar/loop";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";

/** A separate context, and one that shares its values with others until a variable is set. */
const states: [name: string, enter: (body: () => void) => void][] = [
  ["in a fresh context", (body) => new Context().run(body)],
  [
    "in a copied context",
    (body) => {
      const original = new Context();
      const other = new ContextVar<string>("other");
      original.run(() => other.set("before"));
      const [copy, sibling] = [original.copy(), original.copy()];
      copy.run(body);
      for (const context of [original, sibling]) expect([...context.items()]).toEqual([[other, "before"]]);
    },
  ],
];

describe.each(states)("%s", (_name, enter) => {
  describe("a variable", () => {
    it("without a value throws LookupError with its repr", () =>
      enter(() => {
        const variable = new ContextVar<number>("v");
        expect(() => variable.get()).toThrow(new LookupError("<ContextVar name='v'>"));
      }));

    it("without a value returns the fallback, else the default", () =>
      enter(() => {
        const variable = new ContextVar<number>("v", { default: 1 });
        expect(variable.get()).toBe(1);
        expect(variable.get(2)).toBe(2);
        expect(variable.get(undefined)).toBeUndefined();
      }));

    it("may have undefined as its default, fallback and value", () =>
      enter(() => {
        const variable = new ContextVar<undefined>("v", { default: undefined });
        expect(variable.get()).toBeUndefined();
        variable.set(undefined);
        expect(variable.get(1)).toBeUndefined();
        expect(copyContext().has(variable)).toBe(true);
      }));

    it("returns the value that was set last", () =>
      enter(() => {
        const variable = new ContextVar<number>("v", { default: 1 });
        variable.set(2);
        variable.set(3);
        expect(variable.get(4)).toBe(3);
      }));

    it("is not another variable of the same name", () =>
      enter(() => {
        const [a, b] = [new ContextVar<number>("v"), new ContextVar<number>("v")];
        a.set(1);
        expect(b.get(2)).toBe(2);
      }));
  });

  describe("a token", () => {
    it("restores the value before", () =>
      enter(() => {
        const variable = new ContextVar<number>("v");
        const first = variable.set(1);
        const second = variable.set(2);
        expect([first.var, first.oldValue, second.oldValue]).toEqual([variable, Token.MISSING, 1]);
        variable.reset(second);
        expect(variable.get()).toBe(1);
        variable.reset(first);
        expect(variable.get("none")).toBe("none");
        expect(copyContext().has(variable)).toBe(false);
      }));

    it("works once", () =>
      enter(() => {
        const variable = new ContextVar<number>("v");
        const token = variable.set(1);
        variable.reset(token);
        const text = "<Token used var=<ContextVar name='v'>> has already been used once";
        expect(() => variable.reset(token)).toThrow(new RuntimeError(text));
      }));

    it("belongs to its variable", () =>
      enter(() => {
        const [a, b] = [new ContextVar<number>("a"), new ContextVar<number>("b")];
        const token = a.set(1);
        const text = "<Token var=<ContextVar name='a'>> was created by a different ContextVar";
        expect(() => b.reset(token)).toThrow(new ValueError(text));
        expect(a.get()).toBe(1);
      }));

    it("belongs to its context", () =>
      enter(() => {
        const variable = new ContextVar<number>("v");
        const token = variable.set(1);
        const text = "<Token var=<ContextVar name='v'>> was created in a different Context";
        copyContext().run(() => expect(() => variable.reset(token)).toThrow(new ValueError(text)));
        variable.reset(token);
        expect(variable.get("none")).toBe("none");
      }));

    it("resets at the end of a using block", () =>
      enter(() => {
        const variable = new ContextVar<number>("v", { default: 1 });
        {
          using token = variable.set(2);
          expect([token.var, variable.get()]).toEqual([variable, 2]);
        }
        expect(variable.get()).toBe(1);
      }));
  });

  describe("a copy", () => {
    it("does not see later changes", () =>
      enter(() => {
        const variable = new ContextVar<number>("v", { default: 0 });
        variable.set(1);
        const copy = copyContext();
        variable.set(2);
        expect([copy.get(variable), variable.get()]).toEqual([1, 2]);
      }));

    it("keeps its own changes to itself", () =>
      enter(() => {
        const variable = new ContextVar<number>("v", { default: 0 });
        variable.set(1);
        const copy = copyContext();
        const copyOfCopy = copy.copy();
        const result = copy.run(() => {
          variable.set(2);
          return "result";
        });
        expect(result).toBe("result");
        expect([variable.get(), copy.get(variable), copyOfCopy.get(variable)]).toEqual([1, 2, 1]);
      }));

    it("can be entered again, with the values that were set there before", () =>
      enter(() => {
        const variable = new ContextVar<number>("v", { default: 0 });
        const copy = copyContext();
        copy.run(() => variable.set(1));
        expect(copy.run(() => variable.get())).toBe(1);
        expect(variable.get()).toBe(0);
      }));

    it("is left when the callback throws", () =>
      enter(() => {
        const variable = new ContextVar<number>("v", { default: 0 });
        const copy = copyContext();
        const error = new Error("boom");
        const fail = (): never => {
          variable.set(1);
          throw error;
        };
        expect(() => copy.run(fail)).toThrow(error);
        expect(variable.get()).toBe(0);
        expect(copy.run(() => variable.get())).toBe(1);
      }));

    it("cannot be entered while it is entered", () =>
      enter(() => {
        const copy = copyContext();
        const entered = new RuntimeError("cannot enter context: <Context> is already entered");
        copy.run(() => {
          expect(() => copy.run(() => {})).toThrow(entered);
          copyContext().run(() => expect(() => copy.run(() => {})).toThrow(entered));
        });
        expect(copy.run(() => "left")).toBe("left");
      }));
  });

  describe("a context as a mapping", () => {
    it("shows the values that are set in it, and no defaults", () =>
      enter(() => {
        const [a, b] = [new ContextVar<number>("a"), new ContextVar<number>("b", { default: 0 })];
        const { size } = copyContext();
        a.set(1);
        const context = copyContext();
        expect(context.size).toBe(size + 1);
        expect([context.has(a), context.has(b)]).toEqual([true, false]);
        expect([context.get(a), context.get(b), context.get(b, "none")]).toEqual([1, undefined, "none"]);
        expect([...context].at(-1)).toBe(a);
        expect([...context.keys()]).toEqual([...context]);
        expect([...context.values()].at(-1)).toBe(1);
        expect([...context.items()].at(-1)).toEqual([a, 1]);
      }));

    it("is iterated as it was when the iteration began", () => {
      const [first, second, third] = ["first", "second", "third"].map((name) => new ContextVar<number>(name));
      const seen: unknown[] = [];
      new Context().run(() => {
        first?.set(1);
        const context = copyContext();
        context.run(() => {
          for (const variable of context) {
            seen.push(variable.name);
            second?.set(2);
            third?.set(3);
          }
        });
        seen.push(context.size);
      });
      expect(seen).toEqual(["first", 3]);
    });

    it("cannot be changed by its iterators' owner", () =>
      enter(() => {
        const variable = new ContextVar<number[]>("v");
        const context = copyContext();
        context.run(() => variable.set([1]));
        for (const item of context.items()) item[1] = "changed";
        expect(context.get(variable)).toEqual([1]);
      }));
  });
});

describe("in tasks", () => {
  const variable = new ContextVar<string>("v", { default: "unset" });

  it("a step enters the task's context, and leaves it where the coroutine waits", () => {
    function* setter(value: string): Coroutine<string> {
      variable.set(value);
      yield* sleep(1);
      return variable.get();
    }
    const main = function* (): Coroutine<string[]> {
      const tasks = [createTask(setter("a")), createTask(setter("b"))];
      yield* sleep(0.5);
      const own = variable.get();
      return [own, yield* tasks[0] as (typeof tasks)[0], yield* tasks[1] as (typeof tasks)[0]];
    };
    expect(runVirtual(main())).toEqual(["unset", "a", "b"]);
    expect(variable.get()).toBe("unset");
  });

  it("a host's callback runs outside of every task's context", async () => {
    const seen = await new Promise<string>((resolve) => {
      const main = function* (): Coroutine {
        variable.set("inside");
        getRunningLoop().callSoon(() => queueMicrotask(() => resolve(variable.get())));
        yield* sleep(1);
      };
      runVirtual(main());
    });
    expect(seen).toBe("unset");
  });
});

import { describe, expect, it } from "vitest";
import { markAll } from "../src/mark-all.ts";
import { runPort } from "../src/port.ts";

describe("the marked source of an example", () => {
  it("marks functions at the start of their blocks, expressions in place, and the methods of classes and objects", () => {
    const source = [
      "run(main());",
      "function* main() { function* inner() {} async function* other() {} }",
      "const body = function* () {};",
      "const manager = { *aenter() {} };",
      "class Server { *handle() {} }",
      "class Plain { handle() {} }",
    ].join("\n");
    expect(markAll(source)).toBe(
      [
        'import { coroutine as markAsCoroutine } from "yieldstar";  markAsCoroutine(main); run(main());',
        "function* main() { markAsCoroutine(inner);  function* inner() {} async function* other() {} }",
        "const body = markAsCoroutine(function* () {});",
        "const manager = markAsCoroutine({ *aenter() {} });",
        "class Server { static { markAsCoroutine(this); }  *handle() {} }",
        "class Plain { handle() {} }",
      ].join("\n"),
    );
  });

  it("is what runs", async () => {
    const program = new URL("fixtures/marks.ts", import.meta.url);
    expect((await runPort(program)).stdout).toBe("false\n");
    expect((await runPort(new URL("?marked", program))).stdout).toBe("true\n");
  });
});

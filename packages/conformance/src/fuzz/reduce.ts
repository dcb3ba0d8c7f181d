import type { Program } from "./program.ts";

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * The programs that are one step smaller: without a part of a list, with a statement replaced by the statements inside
 * it, with an awaitable replaced by one inside it, with an option switched off. fast-check shrinks within the shape
 * that it has generated; these steps change the shape.
 */
export function reductions(program: Program): Program[] {
  return [...smaller(program as unknown as Json)].map((json) => json as unknown as Program);
}

function* smaller(json: Json): Generator<Json> {
  if (Array.isArray(json)) yield* smallerList(json as readonly Json[]);
  else if (typeof json === "object" && json !== null) yield* smallerObject(json as Readonly<Record<string, Json>>);
}

function* smallerList(list: readonly Json[]): Generator<Json> {
  for (let length = list.length; length >= 1; length = Math.floor(length / 2)) {
    for (let start = 0; start < list.length; start += length) {
      yield [...list.slice(0, start), ...list.slice(start + length)];
    }
  }
  for (const [index, item] of list.entries()) {
    for (const inner of insideOf(item)) yield [...list.slice(0, index), ...inner, ...list.slice(index + 1)];
    for (const small of smaller(item)) yield [...list.slice(0, index), small, ...list.slice(index + 1)];
  }
}

/** The blocks in a statement. */
function* insideOf(item: Json): Generator<readonly Json[]> {
  if (typeof item !== "object" || item === null || !("op" in item)) return;
  for (const value of Object.values(item)) if (isBlock(value)) yield value;
  const what = (item as { readonly what?: Json }).what;
  if (typeof what !== "object" || what === null) return;
  const { body } = what as { readonly body?: Json };
  if (isBlock(body)) yield body;
}

function isBlock(value: Json | undefined): value is readonly Json[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((each: Json) => typeof each === "object" && each !== null && "op" in each && each["op"] !== "emit")
  );
}

const plain: Readonly<Record<string, Json>> = {
  named: false,
  eager: null,
  context: "copy",
  group: null,
  orelse: null,
  final: null,
  handler: null,
  chained: false,
  text: "",
};

function* smallerObject(object: Readonly<Record<string, Json>>): Generator<Json> {
  for (const [key, value] of Object.entries(object)) {
    const simple = plain[key];
    if (simple !== undefined && value !== simple && typeof object["op"] === "string" && object["op"] !== "group") {
      yield { ...object, [key]: simple };
    }
    if (key === "eager" && value === true && "main" in object) yield { ...object, eager: false };
    if ((key === "what" || key === "of") && typeof value === "object" && value !== null && !Array.isArray(value)) {
      const { of } = value as { readonly of?: Json };
      if (of !== undefined)
        for (const inner of Array.isArray(of) ? (of as readonly Json[]) : [of]) yield { ...object, [key]: inner };
    }
    if (key === "args") continue;
    for (const small of smaller(value)) yield { ...object, [key]: small };
  }
}

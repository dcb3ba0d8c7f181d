import { typeName } from "@yieldstar/loop";
import type { BaseExceptionGroup } from "./exception-group.ts";

/** An error's own lines: its text, where it was made as far as there is a stack, and what led to it. */
function describe(error: Error): string[] {
  const text = isGroup(error) ? error.toString() : [typeName(error), error.message].filter(Boolean).join(": ");
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return [...text.split("\n"), ...frames, ...describeCause(error.cause)];
}

function describeCause(cause: unknown): string[] {
  if (cause === undefined) return [];
  const lines = cause instanceof Error ? describe(cause) : [String(cause)];
  return lines.map((line, index) => (index === 0 ? `caused by ${line}` : `  ${line}`));
}

function isGroup(error: Error): error is BaseExceptionGroup {
  return error instanceof AggregateError && "exceptions" in error;
}

/** So many members of a group are shown, as in CPython's traceback. */
const shownMembers = 15;

/** The lines of a group that stands `depth` levels deep, in the frame that CPython draws around it. */
function renderLines(group: BaseExceptionGroup, depth: number): string[] {
  const indent = "  ".repeat(depth);
  const lines = describe(group).map((line) => `${indent}| ${line}`);
  const shown = group.exceptions.slice(0, shownMembers);
  shown.forEach((member, index) => {
    const corner = index === 0 ? `${indent}+-+` : `${indent}  +`;
    lines.push(`${corner}---------------- ${index + 1} ----------------`);
    if (isGroup(member)) lines.push(...renderLines(member, depth + 1));
    else lines.push(...describe(member).map((line) => `${indent}  | ${line}`));
  });
  const hidden = group.exceptions.length - shown.length;
  if (hidden > 0) {
    lines.push(`${indent}  +---------------- ... ----------------`);
    lines.push(`${indent}  | and ${hidden} more exception${hidden === 1 ? "" : "s"}`);
  }
  const last = hidden > 0 ? undefined : shown.at(-1);
  // A group at the end has closed the frame already.
  if (last === undefined || !isGroup(last)) lines.push(`${indent}  +------------------------------------`);
  return lines;
}

/** Has `console.log` show a group with all its members, and theirs, as the tree that CPython prints. */
export function showAsTree(groupClass: { readonly prototype: BaseExceptionGroup }): void {
  Object.defineProperty(groupClass.prototype, Symbol.for("nodejs.util.inspect.custom"), { value: renderTree });
}

function renderTree(this: BaseExceptionGroup): string {
  return renderLines(this, 1).join("\n");
}

import { repr } from "@yieldstar/loop";
import { andMore, cut, textLimits, typeName } from "@yieldstar/loop/internal";
import { type ErrorNode, growTree } from "./error-tree.ts";

/** Makes `console.log` show a group and its members at all depths, as the tree that CPython prints. */
export function showAsTree(groupClass: { readonly prototype: Error }): void {
  Object.defineProperty(groupClass.prototype, Symbol.for("nodejs.util.inspect.custom"), { value: renderTree });
}

function renderTree(this: Error): string {
  return new TreeRenderer().render(growTree(this), 1).join("\n");
}

const limits = textLimits.group;

class TreeRenderer {
  #left: number = limits.length;

  /** The lines of a group at level `depth`, in the frame that CPython draws around it. */
  render(group: ErrorNode, depth: number): string[] {
    const indent = "  ".repeat(depth);
    return [...this.#describe(group).map((line) => `${indent}| ${line}`), ...this.#renderMembers(group, depth)];
  }

  #renderMembers({ count, members }: ErrorNode, depth: number): string[] {
    const indent = "  ".repeat(depth);
    const lines: string[] = [];
    let shown = 0;
    let isFramed = false;
    for (const member of members) {
      if (this.#left <= 0) break;
      shown += 1;
      const corner = shown === 1 ? `${indent}+-+` : `${indent}  +`;
      lines.push(`${corner}---------------- ${shown} ----------------`);
      // A group that is the last member closes the frame itself.
      isFramed = member.isGroup && depth < limits.depth;
      if (isFramed) for (const line of this.render(member, depth + 1)) lines.push(line);
      else for (const line of this.#describeMember(member)) lines.push(`${indent}  | ${line}`);
    }
    const hidden = count - shown;
    if (hidden > 0) {
      lines.push(`${indent}${shown === 0 ? "+-+" : "  +"}---------------- ... ----------------`);
      lines.push(`${indent}  | and ${hidden} more exception${hidden === 1 ? "" : "s"}`);
    }
    if (hidden > 0 || !isFramed) lines.push(`${indent}  +------------------------------------`);
    return lines;
  }

  #describeMember(member: ErrorNode): string[] {
    return member.isGroup ? [`... (max_group_depth is ${limits.depth})`] : this.#describe(member);
  }

  /** An error's own lines: its text, its stack if it has one, and its cause. */
  #describe(node: ErrorNode, causes = 0): string[] {
    const lines = [...cutLines(textOf(node)), ...framesOf(node.error)];
    for (const line of lines) this.#left -= line.length + 1;
    return [...lines, ...this.#describeCause(node, causes)];
  }

  #describeCause({ cause }: ErrorNode, causes: number): string[] {
    if (cause === undefined) return [];
    if (causes === limits.causes || this.#left <= 0) return [`caused by ${andMore(countCauses(cause))}`];
    const lines = typeof cause === "string" ? cutLines(cause) : this.#describe(cause, causes + 1);
    if (typeof cause !== "string" && cause.isGroup) lines.push(...this.#renderMembers(cause, causes + 1));
    return lines.map((line, index) => (index === 0 ? `caused by ${line}` : `  ${line}`));
  }
}

function countCauses(first: ErrorNode | string): number {
  let count = 1;
  for (let node = first; typeof node !== "string" && node.cause !== undefined; node = node.cause) count += 1;
  return count;
}

/** The text of the error itself; CPython's words where the error cannot be read. */
function textOf({ error, isGroup }: ErrorNode): string {
  const name = typeName(error);
  try {
    if (isGroup) return error.toString();
    const message: unknown = error.message;
    return [name, typeof message === "string" ? message : repr(message)].filter(Boolean).join(": ");
  } catch {
    return `${name}: <exception str() failed>`;
  }
}

function framesOf(error: Error): string[] {
  let stack: unknown;
  try {
    ({ stack } = error);
  } catch {
    return [];
  }
  if (typeof stack !== "string") return [];
  return limitLines(
    stack
      .slice(0, limits.length)
      .split("\n")
      .filter((line) => /^\s+at /.test(line)),
  );
}

function cutLines(text: string): string[] {
  return limitLines(cut(text, textLimits.length).split("\n"));
}

function limitLines(lines: string[]): string[] {
  return lines.length <= limits.lines ? lines : [...lines.slice(0, limits.lines), andMore(lines.length - limits.lines)];
}

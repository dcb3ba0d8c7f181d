import { BaseException } from "@yieldstar/loop";
import { textLimits, toText } from "@yieldstar/loop/internal";

/** An error in the tree that `console.log` shows. A getter or a Proxy that throws adds nothing to the tree. */
export interface ErrorNode {
  readonly error: Error;
  readonly isGroup: boolean;
  /** How many members the error has. */
  readonly count: number;
  /** The members that are shown. */
  members: readonly ErrorNode[];
  /** The error's cause, unless that is elsewhere in the tree. */
  cause: ErrorNode | string | undefined;
}

const limits = textLimits.group;

/**
 * Makes the tree of a group. As in CPython an error in the tree is not shown a second time as the cause of another, so
 * that circles of causes end. The members of a group come first.
 */
export function growTree(group: Error): ErrorNode {
  const seen = new Set<unknown>([group]);
  const root = createNode(group);
  const pending = [{ node: root, depth: 1 }];
  let left: number = limits.errors;
  const add = (error: Error, depth: number): ErrorNode => {
    const node = createNode(error);
    seen.add(error);
    pending.push({ node, depth });
    left -= 1;
    return node;
  };
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, depth } = next;
    const cause = read(node.error, "cause");
    if (!isError(cause)) node.cause = cause === undefined ? undefined : toText(cause);
    else if (!seen.has(cause) && left > 0) node.cause = add(cause, isGroupLike(cause) ? depth + 1 : depth);
    if (depth > limits.depth) continue;
    node.members = membersOf(node.error)
      .slice(0, Math.min(limits.members, left))
      .map((member) => add(member, depth + 1));
  }
  return root;
}

function createNode(error: Error): ErrorNode {
  const isGroup = isGroupLike(error);
  return { error, isGroup, count: isGroup ? membersOf(error).length : 0, members: [], cause: undefined };
}

function membersOf(error: Error): readonly Error[] {
  const members = isGroupLike(error) ? read(error, "exceptions") : undefined;
  return Array.isArray(members) ? (members as Error[]) : [];
}

function isGroupLike(error: Error): boolean {
  try {
    return error instanceof AggregateError && "exceptions" in error;
  } catch {
    return false;
  }
}

function isError(value: unknown): value is Error {
  try {
    return value instanceof BaseException;
  } catch {
    return false;
  }
}

function read(error: Error, key: "cause" | "exceptions"): unknown {
  try {
    return (error as { readonly exceptions?: unknown; readonly cause?: unknown })[key];
  } catch {
    return undefined;
  }
}

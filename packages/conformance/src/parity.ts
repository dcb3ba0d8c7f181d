/**
 * Every name in `asyncio.__all__`: where it is here, how it differs, or why it is absent.
 *
 * @module
 */

import * as asyncgen from "@yieldstar/asyncgen";
import * as loop from "@yieldstar/loop";
import * as sync from "@yieldstar/sync";
import * as taskgroup from "@yieldstar/taskgroup";
import * as timeout from "@yieldstar/timeout";
import * as umbrella from "yieldstar";
import { loadOracle } from "./oracle.ts";

const packages: Readonly<Record<string, object>> = { asyncgen, loop, sync, taskgroup, timeout };

/** Names that do not follow the rule. */
const renamed: Readonly<Record<string, string>> = {
  isfuture: "isFuture",
  run_coroutine_threadsafe: "toPromise",
  wrap_future: "fromPromise",
};

const runsOnAHost = "returns a Promise: a host's loop cannot be blocked";

/** The names that differ from Python's beyond the rule for names, and how. */
const different: Readonly<Record<string, string>> = {
  BaseEventLoop: "has no way to run; a subclass calls `runOnce` between `runForeverSetup` and `runForeverCleanup`",
  CancelledError: "JavaScript's `catch` catches it too: throw it again",
  EventLoop: "its `runForever` and `runUntilComplete` return Promises; it lives on a `Host`",
  PriorityQueue: "takes `{ compare }`; by default items are compared as Python compares them",
  Runner: "its `run` and `close` return Promises; `await using` closes it",
  TimeoutError: "no subclass of an OSError, and not the web's DOMException of that name",
  gather: "takes one iterable, as `Promise.all` does",
  iscoroutine: "true for every generator object: a coroutine is one",
  run: runsOnAHost,
  run_coroutine_threadsafe:
    "`toPromise(coroutine, { loop })` returns a promise, where Python returns a future of a thread; it runs an idle loop",
  wrap_future:
    "takes a promise, or a function that makes one from an AbortSignal, where Python takes a future of a thread",
};

const noPolicies = "deprecated in 3.14, removed in 3.16";
const streams = "planned; today, use the host's sockets with `once`, `events` and `asyncFor`";
const threads = "planned; today, start a worker and await its answer with `once` or `fromPromise`";
const subprocesses = "planned; today, use the host's child processes with `once` and `asyncFor`";
const introspection = "planned; today, use `allTasks`, `getStack` in debug mode, and the text of a task";
const taskAuthors = "for tasks that are written without `Task`: no JavaScript library needs them";

/** The names that are types here, without a value, and how they differ. */
const types: Readonly<Record<string, string>> = {
  AbstractEventLoop: "a type only, that of every loop; a class of loops extends `BaseEventLoop`",
};

/** The names that are absent, and why. */
const absent: Readonly<Record<string, string>> = {
  AbstractServer: streams,
  BaseProtocol: streams,
  BaseTransport: streams,
  BufferedProtocol: streams,
  DatagramProtocol: streams,
  DatagramTransport: streams,
  FrameCallGraphEntry: introspection,
  FutureCallGraph: introspection,
  IncompleteReadError: streams,
  LimitOverrunError: streams,
  Protocol: streams,
  ReadTransport: streams,
  SelectorEventLoop: "use `EventLoop`, whose `Host` hides the platform",
  SendfileNotAvailableError: streams,
  Server: streams,
  StreamReader: streams,
  StreamReaderProtocol: streams,
  StreamWriter: streams,
  SubprocessProtocol: subprocesses,
  SubprocessTransport: subprocesses,
  Transport: streams,
  WriteTransport: streams,
  _enter_task: taskAuthors,
  _get_running_loop: "private in Python too; use `getRunningLoop`, which throws where this one returns None",
  _leave_task: taskAuthors,
  _register_task: taskAuthors,
  _set_running_loop: taskAuthors,
  _unregister_task: taskAuthors,
  capture_call_graph: introspection,
  create_subprocess_exec: subprocesses,
  create_subprocess_shell: subprocesses,
  format_call_graph: introspection,
  future_add_to_awaited_by: introspection,
  future_discard_from_awaited_by: introspection,
  get_event_loop_policy: noPolicies,
  iscoroutinefunction: "deprecated in 3.14; a generator function need not be a coroutine function",
  open_connection: streams,
  print_call_graph: introspection,
  set_event_loop_policy: noPolicies,
  start_server: streams,
  to_thread: threads,
};

function camelCase(name: string): string {
  return name === name.toUpperCase()
    ? name
    : name.replaceAll(/(?<=[a-z])_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Returns `asyncio.__all__` of the CPython that judges, sorted. */
export async function asyncioNames(): Promise<string[]> {
  const oracle = await loadOracle();
  const { stdout } = oracle.run("import asyncio, json\nprint(json.dumps(sorted(asyncio.__all__)))");
  return JSON.parse(stdout) as string[];
}

function homeOf(name: string): string | undefined {
  const [home] = Object.entries(packages).find(([, exports]) => name in exports) ?? [];
  return name in umbrella ? home : undefined;
}

/** Returns the names that the tables above get wrong: without an entry, with two entries, or unknown to Python. */
export function contradictions(names: readonly string[]): string[] {
  const isUnclear = (name: string): boolean =>
    (homeOf(renamed[name] ?? camelCase(name)) === undefined) !== (name in absent || name in types);
  const stale = [renamed, different, types, absent].flatMap((table) => Object.keys(table));
  return [...names.filter(isUnclear), ...stale.filter((name) => !names.includes(name))];
}

/** Returns the table, as Markdown. */
export function parityTable(names: readonly string[]): string {
  const rows = names.map((name) => {
    const reason = absent[name];
    if (reason !== undefined) return `| \`${name}\` | | absent: ${reason} |`;
    const typeNote = types[name];
    if (typeNote !== undefined) return `| \`${name}\` | \`${name}\` in \`@yieldstar/loop\` | different: ${typeNote} |`;
    const ours = renamed[name] ?? camelCase(name);
    const note = different[name];
    return `| \`${name}\` | \`${ours}\` in \`@yieldstar/${homeOf(ours) ?? ""}\` | ${note === undefined ? "same" : `different: ${note}`} |`;
  });
  const present = names.filter((name) => !(name in absent)).length;
  return [
    "# asyncio's names, and ours",
    "",
    "Every name in `asyncio.__all__` of CPython 3.14, as Pyodide has it. The package `yieldstar` has all the names that are",
    "here. See also the [differences](../docs/differences.md). Written by `npm run tables`: do not edit.",
    "",
    `**${names.length} names: ${present} here, ${names.length - present} absent.**`,
    "",
    "| asyncio | here | same, different, or absent |",
    "| --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

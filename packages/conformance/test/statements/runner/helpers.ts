import { type Coroutine, EventLoop, VirtualHost } from "@yieldstar/loop";
import { repr, str } from "../../../src/python-text.ts";
import { type Print, sameScript } from "../../../src/same.ts";

/** Like `sameScript`, for a port that awaits promises. */
export async function sameAsync(python: string, port: (print: Print) => Promise<void>): Promise<void> {
  const lines: string[] = [];
  await port((...values) => lines.push(values.map(str).join(" ")));
  await sameScript(python, (print) => lines.forEach((line) => print(line)));
}

export const loopFactory = (): EventLoop => new EventLoop({ host: new VirtualHost() });

/** For the Python snippets, and indented like them; the TypeScript of it is below. */
export const helpers = `
      import signal

      def outcome(call):
          try:
              return f"returned {call()!r}"
          except BaseException as error:
              return f"raised {error!r}"

      async def give(value):
          return value

      async def fail(text):
          await asyncio.sleep(1)
          raise ValueError(text)

      def press_ctrl_c():
          signal.raise_signal(signal.SIGINT)

      def press_ctrl_c_after(seconds):
          asyncio.get_running_loop().call_later(seconds, press_ctrl_c)
`;

/** The outcome of a call, or of the promise that it returns. */
export async function outcome(call: () => unknown): Promise<string> {
  try {
    return `returned ${repr(await call())}`;
  } catch (error) {
    // Our messages also name the fix.
    return `raised ${repr(error)}`.replace(/ \(hint: .*\)(?=['"])/, "");
  }
}

export function* give<T>(value: T): Coroutine<T> {
  return value;
}

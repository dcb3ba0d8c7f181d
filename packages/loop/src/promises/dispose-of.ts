import { toException } from "../errors/thrown.ts";
import { reportFromOutside } from "../reports/reports.ts";
import type { Loop } from "../scheduling/loop.ts";
import { repr } from "../text/repr.ts";
import { whenSettled } from "../values/is-promise.ts";

/**
 * Gives a result to `dispose`, since the wait for it has ended.
 *
 * @param loop - its exception handler gets an error that `dispose` throws, or with which its promise rejects; without a
 * loop the host reports the error
 * @param wait - the coroutine that waited, which the report names
 */
export function disposeOf<T>(dispose: (result: T) => unknown, result: T, loop: Loop | undefined, wait: object): void {
  const report = (thrown: unknown): void => {
    if (loop === undefined) throw thrown;
    const message = `Exception in dispose of ${repr(wait)}`;
    reportFromOutside(loop, { message, exception: toException(thrown) });
  };
  try {
    whenSettled(dispose(result), undefined, report);
  } catch (thrown) {
    report(thrown);
  }
}

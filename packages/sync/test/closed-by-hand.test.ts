import { createTask, sleep, wait } from "@yieldstar/loop";
import { Queue } from "@yieldstar/sync";
import { runVirtual } from "@yieldstar/testing";
import { describe, expect, it } from "vitest";

describe("a getter that is closed after its turn has come", () => {
  it("passes the turn on", () => {
    function* main() {
      const queue = new Queue<number>();
      const closed = queue.get();
      closed.next();
      const other = createTask(queue.get());
      yield* sleep(0);
      queue.putNowait(1);
      closed.return(0);
      yield* wait([other], { timeout: 1 });
      return other.done() && other.result();
    }
    expect(runVirtual(main())).toBe(1);
  });
});

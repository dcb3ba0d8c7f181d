import { VirtualTimeLoop } from "@yieldstar/testing";
import * as fc from "fast-check";
import { expect, it } from "vitest";

it("timers fire in the order of their deadlines, and equal ones in the order they were set", () => {
  // Few deadlines, so that many are equal; many timers, so that the cancelled ones are dropped together.
  const timers = fc.array(fc.record({ when: fc.integer({ min: -2, max: 5 }), isCancelled: fc.boolean() }), {
    maxLength: 400,
    size: "max",
  });
  fc.assert(
    fc.property(timers, (plans) => {
      const loop = new VirtualTimeLoop();
      const fired: number[] = [];
      const handles = plans.map(({ when }, index) => loop.callAt(when, () => fired.push(index)));
      handles.forEach((handle, index) => {
        if (plans[index]?.isCancelled === true) handle.cancel();
      });
      loop.advance(5);
      loop.close();
      const expected = [...plans.entries()]
        .filter(([, { isCancelled }]) => !isCancelled)
        .sort(([indexA, a], [indexB, b]) => a.when - b.when || indexA - indexB)
        .map(([index]) => index);
      expect(fired).toEqual(expected);
    }),
  );
});

it("timers that others set and cancel fire in their order", () => {
  const delays = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 150, size: "max" });
  fc.assert(
    fc.property(delays, fc.nat(), (plan, victim) => {
      const loop = new VirtualTimeLoop();
      const fired: [when: number, set: number][] = [];
      const handles: { cancel(): void }[] = [];
      const setNext = (): void => {
        const set = handles.length;
        const delay = plan[set];
        if (delay === undefined) return;
        const timer = loop.callLater(delay, () => {
          fired.push([timer.when(), set]);
          handles[victim % handles.length]?.cancel();
          setNext();
          setNext();
        });
        handles.push(timer);
      };
      setNext();
      loop.advance(1000);
      loop.close();
      const sorted = [...fired].sort(([whenA, setA], [whenB, setB]) => whenA - whenB || setA - setB);
      expect(fired).toEqual(sorted);
    }),
  );
});

it("callbacks run in the order in which they were scheduled, each once", () => {
  // Each callback schedules a planned number of others: the queue grows and shrinks, whatever it holds.
  const counts = fc.array(fc.oneof(fc.nat(2), fc.nat(200)), { maxLength: 60, size: "max" });
  fc.assert(
    fc.property(counts, (plan) => {
      const loop = new VirtualTimeLoop();
      const ran: number[] = [];
      let scheduled = 0;
      const schedule = (): void => {
        const id = scheduled++;
        loop.callSoon(() => {
          ran.push(id);
          for (let count = plan[id] ?? 0; count > 0; count--) schedule();
        });
      };
      schedule();
      loop.advance(0);
      loop.close();
      expect(ran).toEqual(Array.from({ length: scheduled }, (_, id) => id));
    }),
  );
});

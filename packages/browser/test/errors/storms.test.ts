import fc from "fast-check";
import { expect, it } from "vitest";
import { createStorms, type Storms } from "../../src/errors/storms.ts";

interface Told {
  readonly item: string;
  readonly n: number;
}

function make(maxKinds = 10): {
  storms: Storms<string>;
  told: Told[];
  pass: (millis: number) => void;
} {
  const told: Told[] = [];
  let time = 1000;
  const storms = createStorms<string>({
    tell: (item, n) => told.push({ item, n }),
    now: () => time,
    intervalMillis: 100,
    maxKinds,
  });
  return {
    storms,
    told,
    pass: (millis) => {
      time += millis;
    },
  };
}

it("tells the first at once, then one per interval with how many it stands for", () => {
  const { pass, storms, told } = make();
  for (const item of ["a1", "a2", "a3"]) storms.add("a", item);
  expect(told).toEqual([{ item: "a1", n: 1 }]);
  expect(storms.nextMillis()).toBe(1100);
  storms.settle("due");
  expect(told).toHaveLength(1);
  pass(100);
  storms.settle("due");
  expect(told[1]).toEqual({ item: "a3", n: 2 });
  storms.add("a", "a4");
  expect(told).toHaveLength(2);
  pass(100);
  storms.settle("due");
  expect(told[2]).toEqual({ item: "a4", n: 1 });
  pass(100);
  storms.settle("due");
  expect(storms.nextMillis()).toBeUndefined();
});

it("counts what is held with the next, when its time has passed unseen", () => {
  const { pass, storms, told } = make();
  storms.add("a", "a1");
  storms.add("a", "a2");
  pass(5000);
  storms.add("a", "a3");
  expect(told).toEqual([
    { item: "a1", n: 1 },
    { item: "a3", n: 2 },
  ]);
});

it("tells every occurrence in some count, whatever comes in whatever order", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("add" as const), key: fc.integer({ min: 0, max: 6 }) }),
    fc.record({ kind: fc.constant("pass" as const), millis: fc.integer({ min: 1, max: 150 }) }),
    fc.record({ kind: fc.constantFrom("due" as const, "all" as const) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const { pass, storms, told } = make(3);
      let added = 0;
      for (const one of steps) {
        if (one.kind === "add") {
          storms.add(String(one.key), "x");
          added += 1;
        } else if (one.kind === "pass") pass(one.millis);
        else storms.settle(one.kind);
      }
      storms.settle("all");
      expect(told.reduce((sum, { n }) => sum + n, 0)).toBe(added);
      expect(told.every(({ n }) => n >= 1)).toBe(true);
    }),
  );
});

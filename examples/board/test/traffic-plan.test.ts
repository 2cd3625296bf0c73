import { describe, expect, test } from "vitest";
import { planKinds, planTraffic, REQUEST_KINDS } from "../src/traffic-plan.ts";

describe("planTraffic", () => {
  test("gives the same requests for the same seed and others for another", () => {
    expect(planTraffic(7, 200)).toEqual(planTraffic(7, 200));
    expect(planTraffic(7, 200)).not.toEqual(planTraffic(8, 200));
  });

  test("sends the same mix whatever the seed", () => {
    const routes = (seed: number) =>
      planTraffic(seed, 300)
        .map(({ route }) => route)
        .toSorted();
    expect(routes(1)).toEqual(routes(2));
  });

  test("never crashes or blocks the board", () => {
    expect(planTraffic(1, 2_000).some(({ path }) => path.startsWith("/debug"))).toBe(false);
  });
});

describe("planKinds", () => {
  test.each([1, 2, 11, 12, 13, 20, 37, 100, 300, 9_999])("adds up to %i", (requests) => {
    expect(planKinds(requests)).toHaveLength(requests);
  });

  test.each([12, 13, 20, 50, 300])("has each kind in %i requests", (requests) => {
    expect(new Set(planKinds(requests))).toEqual(new Set(REQUEST_KINDS));
  });

  test("is mostly cheap reads", () => {
    const kinds = planKinds(1_000);
    const reads = kinds.filter((kind) => ["list", "read", "page"].includes(kind)).length;
    expect(reads).toBe(630);
    expect(kinds.filter((kind) => kind === "report").length).toBe(10);
  });
});

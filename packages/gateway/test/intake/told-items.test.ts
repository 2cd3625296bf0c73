import { describe, expect, it } from "vitest";
import type { FaroMeasurement } from "../../src/faro/faro-payload.ts";
import { createToldItems } from "../../src/intake/told-items.ts";

const SEED = 7;

function figure(timeMillis: number | undefined): FaroMeasurement {
  return { kind: "measurement", timeMillis, type: "web-vitals", values: new Map([["lcp", 1200]]) };
}

describe("a figure that comes again", () => {
  it("was told, where it has the same time", () => {
    const told = createToldItems();
    told.add(SEED, [figure(1_700_000_000_000)]);
    expect(told.fresh(SEED, [figure(1_700_000_000_000), figure(1_700_000_000_001)])).toEqual([
      figure(1_700_000_000_001),
    ]);
  });

  it("is another one, where it says no time", () => {
    const told = createToldItems();
    told.add(SEED, [figure(undefined)]);
    expect(told.fresh(SEED, [figure(undefined)])).toEqual([figure(undefined)]);
  });
});

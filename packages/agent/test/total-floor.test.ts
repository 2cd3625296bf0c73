import { describe, expect, it } from "vitest";
import { createTotalFloor } from "../src/total-floor.ts";

describe("totals over a restart", () => {
  it("never fall below what was exported", () => {
    const first = createTotalFloor(undefined);
    expect(first.raise("read web", 100)).toBe(100);
    const second = createTotalFloor(JSON.parse(JSON.stringify(first.save())));
    expect(second.raise("read web", 96)).toBe(100);
    expect(second.raise("read web", 120)).toBe(120);
    expect(second.raise("read api", 3)).toBe(3);
  });

  it.each([null, "x", [1], { web: "many", api: Number.NaN }])("begin anew after %j", (saved) => {
    expect(createTotalFloor(saved).raise("web", 5)).toBe(5);
  });
});

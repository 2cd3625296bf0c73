import { describe, expect, it } from "vitest";
import { DROP_REASON_NAMES, DROP_REASONS, isDropReason } from "../src/drop-reason.ts";

describe("drop reasons", () => {
  it("explains every reason in one sentence", () => {
    for (const name of DROP_REASON_NAMES)
      expect(DROP_REASONS[name], name).toMatch(/^[A-Z].{20,}\.$/);
  });

  it("names every reason as a metric label can hold it", () => {
    for (const name of DROP_REASON_NAMES) expect(name).toMatch(/^[a-z]+(?:_[a-z]+)*$/);
  });

  it("knows its own names and nothing that every object has", () => {
    expect(isDropReason("queue_full")).toBe(true);
    expect(isDropReason("no_such_reason")).toBe(false);
    expect(isDropReason("toString")).toBe(false);
    expect(isDropReason("__proto__")).toBe(false);
  });
});

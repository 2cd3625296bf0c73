import { describe, expect, it } from "vitest";
import { createSessionSigns } from "../../src/sessions/session-signs.ts";

const HOUR = 3_600_000;

describe("signs of a session", () => {
  it("are new once an hour, each state by itself, and each user of a session", () => {
    const signs = createSessionSigns();
    expect(signs.isNew("s u", "active", HOUR)).toBe(true);
    expect(signs.isNew("s u", "active", 2 * HOUR - 1)).toBe(false);
    expect(signs.isNew("s u", "errored", HOUR)).toBe(true);
    expect(signs.isNew("s v", "active", HOUR)).toBe(true);
    expect(signs.isNew("s u", "active", 2 * HOUR)).toBe(true);
    // A queue that drains tells of an hour before.
    expect(signs.isNew("s u", "active", HOUR)).toBe(false);
  });

  it("are new again where they were not written down after all", () => {
    const signs = createSessionSigns();
    signs.isNew("s", "start", HOUR);
    signs.forget("s", "start", HOUR + 5);
    expect(signs.isNew("s", "start", HOUR)).toBe(true);
  });

  it("take a bounded memory", () => {
    const signs = createSessionSigns(100);
    for (let index = 0; index < 10_000; index += 1) signs.isNew(`s${index}`, "active", HOUR);
    expect(signs.isNew("s0", "active", HOUR)).toBe(true);
    expect(signs.isNew("s9999", "active", HOUR)).toBe(false);
  });
});

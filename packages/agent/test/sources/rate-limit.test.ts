import { SEVERITY } from "@sightline/core";
import { describe, expect, it } from "vitest";
import { createRateLimiter } from "../../src/sources/rate-limit.ts";
import { createShedding } from "../../src/sources/shedding.ts";

const info = (): number => SEVERITY.INFO;
const warn = (): number => SEVERITY.WARN;

describe("rate limit of one source", () => {
  const config = { linesPerSecond: 10, burstLines: 20 };

  it("lets a burst pass, then the rate", () => {
    const limiter = createRateLimiter(config);
    const atOnce = Array.from({ length: 50 }, () => limiter.takes([100, 0], 1, info));
    expect(atOnce.filter(Boolean)).toHaveLength(20);
    const later = Array.from({ length: 50 }, () => limiter.takes([101, 0], 1, info));
    expect(later.filter(Boolean)).toHaveLength(10);
  });

  it("goes by the times of the lines: a backlog of slow lines passes whole", () => {
    const limiter = createRateLimiter(config);
    const backlog = Array.from({ length: 5_000 }, (_, n) =>
      limiter.takes([Math.floor(n / 10), (n % 10) * 1e8], 1, info),
    );
    expect(backlog.every(Boolean)).toBe(true);
  });

  it("leaves out low severities first", () => {
    const limiter = createRateLimiter(config);
    for (let n = 0; n < 20; n += 1) limiter.takes([1, 0], 1, info);
    expect(limiter.takes([1, 0], 1, info)).toBe(false);
    expect(limiter.takes([1, 0], 1, warn)).toBe(true);
    for (let n = 0; n < 100; n += 1) limiter.takes([1, 0], 1, warn);
    expect(limiter.takes([1, 0], 1, warn)).toBe(false);
  });

  it("does not ask for the severity while there is room", () => {
    const limiter = createRateLimiter(config);
    const takes = limiter.takes([1, 0], 1, () => {
      throw new Error("asked");
    });
    expect(takes).toBe(true);
  });

  it("goes on when the clock was set back", () => {
    const limiter = createRateLimiter(config);
    for (let n = 0; n < 20; n += 1) limiter.takes([1_000, 0], 1, info);
    limiter.takes([10, 0], 1, info);
    expect(limiter.takes([11, 0], 1, info)).toBe(true);
  });
});

describe("what is said about lines that were left out", () => {
  it("is said once when it begins, and with the number when it is over", () => {
    const shedding = createShedding();
    expect(shedding.note(0, [1, 0], true)).toBeUndefined();
    expect(shedding.note(1, [2, 0], false)).toMatch(/writes more than its rate limit/);
    for (let n = 0; n < 1_233; n += 1) expect(shedding.note(1, [3, 0], false)).toBeUndefined();
    expect(shedding.note(0, [4, 0], true)).toBeUndefined();
    expect(shedding.note(0, [9, 0], true)).toBe(
      "sightline: 1,234 lines of this source were left out: it wrote more than its rate limit",
    );
    expect(shedding.note(0, [10, 0], true)).toBeUndefined();
  });

  it("is said at the end where the source ended in such a spell", () => {
    const shedding = createShedding();
    shedding.note(7, [1, 0], false);
    expect(shedding.end()).toMatch(/^sightline: 7 lines/);
    expect(shedding.end()).toBeUndefined();
  });
});

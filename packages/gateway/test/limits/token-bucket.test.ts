import { describe, expect, it } from "vitest";
import {
  createBucket,
  hasTokens,
  secondsUntilTokens,
  takeTokens,
} from "../../src/limits/token-bucket.ts";

const rate = { perMinute: 60 };

describe("a budget", () => {
  it("is full at first, and fills evenly up to a minute's worth", () => {
    const bucket = createBucket(rate, 0);
    takeTokens(bucket, 60);
    expect(hasTokens(bucket, rate, 0)).toBe(false);
    expect(secondsUntilTokens(bucket, rate)).toBe(1);
    expect(hasTokens(bucket, rate, 1_000)).toBe(true);
    hasTokens(bucket, rate, 10_000_000);
    expect(bucket.tokens).toBe(60);
  });

  it("may be overdrawn once, and then says how long that takes", () => {
    const bucket = createBucket(rate, 0);
    takeTokens(bucket, 179);
    expect(hasTokens(bucket, rate, 0)).toBe(false);
    expect(secondsUntilTokens(bucket, rate)).toBe(120);
    expect(hasTokens(bucket, rate, 120_000)).toBe(true);
  });

  it("loses nothing by a clock that was set back, and gains nothing twice", () => {
    const bucket = createBucket(rate, 100_000);
    takeTokens(bucket, 30);
    hasTokens(bucket, rate, 0);
    expect(bucket.tokens).toBe(30);
    hasTokens(bucket, rate, 1_000);
    expect(bucket.tokens).toBe(31);
  });
});

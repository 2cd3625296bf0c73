import { expect, test } from "vitest";
import {
  backoffMillis,
  RETRY_DEFAULTS,
  retryAfterMillis,
  slowRetryMillis,
} from "../src/backoff.ts";

const ALMOST_ONE = () => 1 - Number.EPSILON;

test("the bound doubles with each failure up to the maximum", () => {
  const bounds = [1, 2, 3, 7, 8, 5_000].map((n) => backoffMillis(n, RETRY_DEFAULTS, ALMOST_ONE));
  expect(bounds).toEqual([500, 1_000, 2_000, 30_000, 30_000, 30_000]);
});

test("full jitter goes down to no wait at all", () => {
  expect(backoffMillis(9, RETRY_DEFAULTS, () => 0)).toBe(0);
  expect(backoffMillis(9, RETRY_DEFAULTS, () => 0.5)).toBe(15_000);
});

test("Retry-After is a lower bound with some spread, and capped", () => {
  expect(retryAfterMillis(7_000, RETRY_DEFAULTS, () => 0)).toBe(7_000);
  expect(retryAfterMillis(7_000, RETRY_DEFAULTS, ALMOST_ONE)).toBe(7_700);
  expect(retryAfterMillis(86_400_000, RETRY_DEFAULTS, () => 0)).toBe(300_000);
});

test("a fault that needs a person is asked about once a minute", () => {
  expect(slowRetryMillis(RETRY_DEFAULTS, () => 0)).toBe(60_000);
});

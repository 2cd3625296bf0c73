import { expect, test } from "vitest";
import { parseRetryAfter } from "../../src/http/retry-after.ts";

const NOW = Date.UTC(2026, 0, 15, 12, 0, 0);

test.each([
  ["120", 120_000],
  ["0", 0],
  [" 5 ", 5_000],
  ["Thu, 15 Jan 2026 12:00:30 GMT", 30_000],
  ["Thu, 15 Jan 2026 11:00:00 GMT", 0],
  ["Thursday, 15-Jan-26 12:01:00 GMT", 60_000],
  ["-5", undefined],
  ["1.5", undefined],
  ["2026", 2_026_000],
  ["soon", undefined],
  ["", undefined],
  [undefined, undefined],
])("a Retry-After of %j asks for %j ms", (value, expected) => {
  expect(parseRetryAfter(value, NOW)).toBe(expected);
});

import { expect, test } from "vitest";
import { parseLineTime } from "../../src/files/line-time.ts";

const READ = Date.UTC(2026, 10, 23, 9, 0, 0);
const SECONDS = Date.UTC(2026, 10, 23, 8, 38, 16) / 1000;
const LOCAL_SECONDS = new Date(2026, 10, 23, 8, 38, 16).getTime() / 1000;

test.each([
  ["2026-11-23T08:38:16Z hello", 0, 0],
  ["2026-11-23T09:38:16.5+01:00 hello", 500_000_000, 1],
  ["2026-11-23T08:38:16.123456789Z", 123_456_789, 9],
  ["[2026-11-23 08:38:16,123 +0000] INFO", 123_000_000, 3],
  ["2026-11-23 08:38:16.123 UTC [77] LOG:  checkpoint", 123_000_000, 3],
  ["INFO  [main] 2026-11-23T08:38:16.001Z", 1_000_000, 3],
  ['{"level":"info","time":"2026-11-23T08:38:16.007Z","msg":"x"}', 7_000_000, 3],
  [`{"level":30,"time":${SECONDS}123,"msg":"x"}`, 123_000_000, 3],
  [`{"level":"info","ts":${SECONDS}.25,"logger":"http"}`, 250_000_000, 2],
  ['level=info ts=2026-11-23T08:38:16.1Z msg="x"', 100_000_000, 1],
  ['203.0.113.7 - - [23/Nov/2026:08:38:16 +0000] "GET / HTTP/1.1" 200 5', 0, 0],
  ['2001:db8::1 - a%20user [23/Nov/2026:09:38:16 +0100] "GET /"', 0, 0],
  [`${SECONDS}.500 GET /`, 500_000_000, 3],
  [`[${SECONDS}123456] x`, 123_456_000, 6],
])("%s has its time", (text, nanos, digits) => {
  expect(parseLineTime(text, READ)).toEqual({ seconds: SECONDS, nanos, digits });
});

test.each([
  ["2026-11-23 08:38:16,250 INFO root: x", 250_000_000],
  ["2026/11/23 08:38:16 [error] 7#7: *1 open() failed", 0],
  ["2026/11/23 08:38:16.000123 main.go:7: x", 123_000],
  ["Nov 23 08:38:16 host sshd[7]: x", 0],
  ["<13>Nov 23 08:38:16 host x", 0],
  ["[Mon Nov 23 08:38:16.123456 2026] [core:error] x", 123_456_000],
  ["1:M 23 Nov 2026 08:38:16.123 * Ready to accept connections", 123_000_000],
])("%s has its time in the host's zone", (text, nanos) => {
  expect(parseLineTime(text, READ)).toMatchObject({ seconds: LOCAL_SECONDS, nanos });
});

test.each([
  "",
  "hello",
  "    at main (/app/index.js:3:5)",
  "the backup of the customer database from 2026-11-23 08:38:16 was restored",
  '{"msg":"x","due":"2026-11-23T08:38:16Z"}',
  "1234567890123456789012345 is a number",
  "2026-13-45T08:38:16Z",
  "2026-11-23T25:61:16Z",
])("%s has none", (text) => {
  expect(parseLineTime(text, READ)).toBeUndefined();
});

test("a day without a year is the last such day", () => {
  const january = new Date(2027, 0, 1, 0, 5).getTime();
  expect(parseLineTime("Dec 31 23:59:59 host x", january)?.seconds).toBe(
    new Date(2026, 11, 31, 23, 59, 59).getTime() / 1000,
  );
});

test("a hostile line costs no more than a short one", () => {
  const hostile = ["[", '"time":"', "1", "2026-", "Nov ", " "].map((part) => part.repeat(200_000));
  for (const text of hostile) expect(parseLineTime(text, READ)).toBeUndefined();
});

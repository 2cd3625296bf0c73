import { expect, test } from "vitest";
import { createRandom } from "../../../core/test/random.ts";
import { createTimeStamper } from "../../src/files/time-stamper.ts";
import type { Time } from "../../src/sources/line.ts";

const READ = Date.UTC(2026, 10, 23, 9, 0, 0, 250);
const HOUR = 3_600_000;

function stampAll(
  lines: readonly { text: string; offset: number; readMillis?: number }[],
  last?: Time,
): Time[] {
  const stamper = createTimeStamper(last);
  return lines.map(({ text, offset, readMillis = READ }) =>
    stamper.stamp(text, { startOffset: offset, readMillis, modifiedMillis: READ }),
  );
}

const iso = (millis: number) => new Date(millis).toISOString();

test("equal lines have times of their own, in order, and within what the line says", () => {
  const random = createRandom(5);
  for (const form of [
    "2026-11-23T08:59:59Z x",
    "2026-11-23T08:59:59.123Z x",
    "2026-11-23T08:59:59.123456Z x",
    "2026-11-23T08:59:59.123456789Z x",
    "no time",
  ]) {
    const start = random.integer(3_000_000);
    const lines = Array.from({ length: 500 }, (_, n) => ({ text: form, offset: start + n * 31 }));
    const exact = stampAll(lines).map(
      ([seconds, nanos]) => BigInt(seconds) * 1_000_000_000n + BigInt(nanos),
    );
    expect(new Set(exact).size).toBe(500);
    expect([...exact].sort((a, b) => (a < b ? -1 : 1))).toEqual(exact);
  }
});

test("the same bytes get the same times when they are read again from a saved place", () => {
  const lines = Array.from({ length: 100 }, (_, n) => ({
    text: "2026-11-23T08:59:59.123456Z same",
    offset: 990 + n * 32,
  }));
  const all = stampAll(lines);
  expect(stampAll(lines.slice(40), all[39])).toEqual(all.slice(40));
});

test("a line without a time follows the line before it, if both were written together", () => {
  const first = { text: `${iso(READ - HOUR)} ERROR boom`, offset: 0 };
  const [, frame, late] = stampAll([
    first,
    { text: "    at main", offset: 40 },
    { text: "    at main", offset: 60, readMillis: READ + 6_000 },
  ]);
  expect(frame?.[0]).toBe(Math.floor((READ - HOUR) / 1000));
  expect(late?.[0]).toBe(Math.floor((READ + 6_000) / 1000));
});

test("a time that cannot be is replaced by that of reading", () => {
  const day = 24 * HOUR;
  for (const millis of [READ + HOUR, READ - 8 * day, 0]) {
    expect(stampAll([{ text: `${iso(millis)} x`, offset: 0 }])[0]?.[0]).toBe(
      Math.floor(READ / 1000),
    );
  }
});

test("an old file keeps its old times", () => {
  const old = READ - 30 * 24 * HOUR;
  const time = createTimeStamper(undefined).stamp(`${iso(old)} x`, {
    startOffset: 0,
    readMillis: READ,
    modifiedMillis: old + 1_000,
  });
  expect(time[0]).toBe(Math.floor(old / 1000));
});

import { describe, expect, it } from "vitest";
import { createOverflow } from "../../src/containers/overflow.ts";
import type { RawLine } from "../../src/docker/log-line.ts";

const line = (seconds: number): RawLine => ({
  text: `line ${seconds}`,
  time: [seconds, 0],
  stream: "stdout",
  cutBytes: 0,
});

const lines = (from: number, to: number): RawLine[] =>
  Array.from({ length: to - from + 1 }, (_, index) => line(from + index));

describe("lines that were counted because there was no room", () => {
  it("are not lost where all of them can be read again", () => {
    const overflow = createOverflow();
    for (const each of lines(1, 10)) overflow.count(each);
    expect(lines(1, 9).map((each) => overflow.noteKept(each))).toEqual(Array(9).fill(undefined));
    expect(overflow.noteKept(line(10))).toBe(0);
    expect(overflow.isOpen()).toBe(false);
  });

  it("are lost exactly as far as they were rotated away", () => {
    const overflow = createOverflow();
    for (const each of lines(1, 100)) overflow.count(each);
    const lost = lines(61, 101).map((each) => overflow.noteKept(each));
    expect(lost.filter((count) => count !== undefined)).toEqual([60]);
  });

  it("are all lost where only later lines are left", () => {
    const overflow = createOverflow();
    for (const each of lines(1, 100)) overflow.count(each);
    expect(overflow.noteKept(line(150))).toBe(100);
  });

  it("are counted once although room ended again before all was read again", () => {
    const overflow = createOverflow();
    for (const each of lines(1, 100)) overflow.count(each);
    for (const each of lines(41, 60)) expect(overflow.noteKept(each)).toBeUndefined();
    for (const each of lines(61, 150)) overflow.count(each);
    const lost = lines(61, 150).map((each) => overflow.noteKept(each));
    expect(lost.at(-1)).toBe(40);
    expect(lost.slice(0, -1).every((count) => count === undefined)).toBe(true);
  });

  it("are lost as far as they were not read again when the log is gone", () => {
    const overflow = createOverflow();
    for (const each of lines(1, 10)) overflow.count(each);
    overflow.noteKept(line(9));
    expect(overflow.giveUp()).toBe(9);
    expect(overflow.isOpen()).toBe(false);
  });
});

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { createTail, type Tail } from "../../src/deaths/tail.ts";

const push = (tail: Tail, text: string, n = 0): void =>
  tail.push({ text, stream: n % 2 === 0 ? "stdout" : "stderr", time: [n, 1] });
const texts = (tail: Tail): string[] => tail.lines().map(({ text }) => text);

describe("the tail of a run", () => {
  it("keeps the last lines with stream and time", () => {
    const tail = createTail({ maxLines: 2 });
    for (let n = 0; n < 5; n++) push(tail, `line ${n}`, n);
    expect(tail.lines()).toEqual([
      { text: "line 3", stream: "stderr", time: [3, 1] },
      { text: "line 4", stream: "stdout", time: [4, 1] },
    ]);
    expect(tail.total()).toBe(5);
  });

  it("gives back what a plain array would, whatever the lengths", () => {
    const tail = createTail({ maxLines: 50, maxBytes: 8_192 });
    const all: string[] = [];
    let seed = 1;
    for (let n = 0; n < 5_000; n++) {
      seed = (seed * 48_271) % 2_147_483_647;
      const text = `${n} ${"aä€😀".charAt(seed % 3).repeat(seed % (n % 7 === 0 ? 600 : 60))}`;
      all.push(text);
      push(tail, text, n);
      const kept = texts(tail);
      expect(kept).toEqual(all.slice(-kept.length));
      const bytes = kept.reduce((sum, line) => sum + Buffer.byteLength(line), 0);
      expect(bytes).toBeLessThanOrEqual(8_192);
      // What is given up is never more than a line's share at the ring's end and the next line.
      const next = all.at(-kept.length - 1);
      if (kept.length < 50 && next !== undefined) expect(bytes).toBeGreaterThan(8_192 - 4_096);
    }
  });

  it("keeps the head of a huge line and the lines around it", () => {
    const tail = createTail();
    push(tail, "before");
    push(tail, "😀".repeat(5_000_000));
    push(tail, "after");
    const [before, huge, after] = texts(tail);
    expect([before, after]).toEqual(["before", "after"]);
    expect(huge).toBe(`${"😀".repeat(4_096)} [${20_000_000 - 16_384} bytes cut]`);
  });

  it("cuts between characters", () => {
    const tail = createTail({ maxBytes: 4_096 });
    push(tail, `a${"€".repeat(1_000)}`);
    expect(texts(tail)).toEqual([`a${"€".repeat(341)} [1977 bytes cut]`]);
  });

  it("keeps nothing where nothing is asked for, and counts", () => {
    const tail = createTail({ maxLines: 0 });
    push(tail, "x");
    expect(tail.lines()).toEqual([]);
    expect(tail.total()).toBe(1);
  });

  it("keeps empty lines", () => {
    const tail = createTail();
    for (const text of ["", "a", ""]) push(tail, text);
    expect(texts(tail)).toEqual(["", "a", ""]);
  });

  it("does not keep the strings that its lines were cut out of", () => {
    const tails = Array.from({ length: 200 }, () => createTail());
    const before = heapBytes();
    for (const tail of tails) {
      const read = `${Math.random()} ${"x".repeat(1_000_000)}`;
      for (let n = 0; n < 10; n++) push(tail, read.slice(n * 100, n * 100 + 100));
    }
    // Ten lines of each tail are 1 kB; the strings they came from are 200 MB together.
    expect(heapBytes() - before).toBeLessThan(50_000_000);
    expect(tails.every((tail) => tail.lines().length === 10)).toBe(true);
  });
});

function heapBytes(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}

describe("a long first line", () => {
  it("is kept as far as a line may be", () => {
    const tail = createTail({ maxLines: 5, maxBytes: 65_536 });
    tail.push({ text: "x".repeat(50_000), stream: "stdout", time: [1, 0] });
    tail.push({ text: "after", stream: "stdout", time: [2, 0] });
    const [long, after] = tail.lines();
    expect(long?.text).toMatch(/^x{16384} \[33616 bytes cut\]$/);
    expect(after?.text).toBe("after");
  });
});

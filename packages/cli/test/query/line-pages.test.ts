import { describe, expect, it } from "vitest";
import { type LinePage, readPages } from "../../src/query/line-pages.ts";
import { type LokiServer, startLoki } from "../support/loki.ts";

async function readAll(
  loki: LokiServer,
  options: { direction: "forward" | "backward"; pageLines?: number },
): Promise<{ lines: string[]; pages: LinePage[]; fault: unknown }> {
  const pages: LinePage[] = [];
  const reading = readPages({
    lokiUrl: loki.url,
    query: "{}",
    startNanos: 0n,
    endNanos: 1_000_000n,
    ...options,
  });
  for (;;) {
    const page = await reading.next();
    if (page.done) {
      const lines = pages.flatMap(({ entries }) => entries.map(({ line }) => line));
      return { lines, pages, fault: page.value };
    }
    pages.push(page.value);
  }
}

describe("lines page by page", () => {
  it.each(["forward", "backward"] as const)(
    "give every line once, %s, with several per nanosecond",
    async (direction) => {
      const loki = await startLoki();
      // Groups of 1, 2, 3, 1, ... lines that share a nanosecond, equal lines among them.
      for (let time = 0; time < 40; time++) {
        for (let n = 0; n <= time % 3; n++) {
          loki.lines.push({ timeNanos: BigInt(time), line: `${time}` });
        }
      }
      const { lines, pages, fault } = await readAll(loki, { direction, pageLines: 7 });
      expect(fault).toBeUndefined();
      expect([...lines].sort()).toEqual(loki.lines.map(({ line }) => line).sort());
      const times = lines.map(Number);
      expect(times).toEqual([...times].sort((a, b) => (direction === "forward" ? a - b : b - a)));
      expect(pages.some(({ isCrowded }) => isCrowded)).toBe(false);
    },
  );

  it.each(["forward", "backward"] as const)(
    "go on past a nanosecond with more lines than a page, %s, and say so",
    async (direction) => {
      const loki = await startLoki();
      loki.lines.push({ timeNanos: 1n, line: "before" });
      for (let n = 0; n < 25; n++) loki.lines.push({ timeNanos: 2n, line: `crowd ${n}` });
      loki.lines.push({ timeNanos: 3n, line: "after" });
      const { lines, pages } = await readAll(loki, { direction, pageLines: 10 });
      expect(lines).toContain("before");
      expect(lines).toContain("after");
      expect(lines.filter((line) => line.startsWith("crowd"))).toHaveLength(10);
      expect(pages.filter(({ isCrowded }) => isCrowded)).toHaveLength(1);
    },
  );

  it("get smaller where the lines are too long for one answer", async () => {
    const loki = await startLoki();
    for (let n = 0; n < 180; n++) {
      loki.lines.push({ timeNanos: BigInt(n), line: `${n} ${"x".repeat(250_000)}` });
    }
    const { lines, fault } = await readAll(loki, { direction: "forward" });
    expect(fault).toBeUndefined();
    expect(lines.map((line) => line.split(" ", 1)[0])).toEqual(
      Array.from({ length: 180 }, (_, n) => `${n}`),
    );
    expect(Math.max(...loki.limits)).toBe(5_000);
    expect(Math.min(...loki.limits)).toBeLessThan(180);
  });

  it("end with the server's refusal", async () => {
    const loki = await startLoki(100);
    const { fault } = await readAll(loki, { direction: "backward" });
    expect(fault).toEqual({
      status: "refused",
      code: 400,
      reason: "max entries limit per query exceeded",
    });
  });

  it("end with no answer where nobody listens", async () => {
    const loki = await startLoki();
    await loki.pause();
    const { fault, pages } = await readAll(loki, { direction: "backward" });
    expect(fault).toEqual({ status: "no-answer", reason: "ECONNREFUSED" });
    expect(pages).toEqual([]);
    await loki.resume();
  });
});

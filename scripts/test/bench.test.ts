import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { replaceMarked } from "../../benchmarks/docs.ts";
import { parseOptions } from "../../benchmarks/options.ts";
import { findSteps } from "../../benchmarks/stack/npm-command.ts";
import { findLines, formatLine } from "../../benchmarks/stack/numbered-line.ts";
import { readCpuSeconds, readMemory } from "../../benchmarks/stack/process-usage.ts";
import { createRandom, makeLine } from "../../benchmarks/stack/sample-lines.ts";
import { summarize } from "../../benchmarks/statistics.ts";

const root = join(import.meta.dirname, "../..");
const bench = (...args: string[]) =>
  spawnSync(process.execPath, [join(root, "scripts/bench.mjs"), ...args], { encoding: "utf8" });

describe("npm run bench", () => {
  it("names the known benchmarks where it does not know one, and exits with 64", () => {
    const { status, stderr } = bench("stak");
    expect(status).toBe(64);
    expect(stderr).toContain(
      'no benchmark "stak"; expected one of: agent, browser, gateway, node, provision, stack',
    );
  });

  it("lists every benchmark with what it measures at --help", () => {
    const { status, stdout } = bench("--help");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^ {2}stack +memory and processor/m);
  });

  it("says on stderr how it is used where no benchmark is named", () => {
    const { status, stdout, stderr } = bench();
    expect([status, stdout]).toEqual([64, ""]);
    expect(stderr).toContain("usage: npm run bench -- <name>");
  });
});

describe("options of a benchmark", () => {
  const parts = { short: { about: "" }, endless: { about: "", isLong: true } };
  const partsOf = (...args: string[]) => {
    const parsed = parseOptions(args, parts);
    return parsed.status === "ok" ? parsed.options.parts : parsed;
  };

  it("leaves long parts out of a quick run unless they are named", () => {
    expect(partsOf()).toEqual(["short", "endless"]);
    expect(partsOf("--quick")).toEqual(["short"]);
    expect(partsOf("--quick", "--endless")).toEqual(["endless"]);
    expect(partsOf("--part", "short")).toEqual(["short"]);
  });

  it("refuses what it does not know", () => {
    expect(partsOf("--part", "shrt")).toEqual({
      status: "wrong",
      reason: 'no part "shrt"; expected one of: short, endless',
    });
    expect(partsOf("--fast")).toMatchObject({ status: "wrong" });
  });
});

describe("what a benchmark reads and writes", () => {
  it("takes percentiles that were really measured", () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(summarize(hundred)).toEqual({ count: 100, min: 1, p50: 50, p95: 95, max: 100 });
    expect(summarize([7])).toMatchObject({ p50: 7, p95: 7 });
    expect(summarize([]).p95).toBeNaN();
  });

  it("replaces what stands between two markers and nothing else", () => {
    const text = "a\n<!-- x -->\nold\n<!-- /x -->\nb\n<!-- y -->\n<!-- /y -->\n";
    const once = replaceMarked(text, "x", "new $1");
    expect(once).toBe("a\n<!-- x -->\nnew $1\n<!-- /x -->\nb\n<!-- y -->\n<!-- /y -->\n");
    expect(replaceMarked(once, "x", "new $1")).toBe(once);
    expect(() => replaceMarked(text, "z", "")).toThrow('no place for "z"');
  });

  it("finds the steps that `up` announces as done", () => {
    const output =
      "… building 20 s\n✓ building 31 s\n✓ starting the servers 2.4s\n✓ building loki 5m 12s\n✗ no 1s\n";
    expect(findSteps(output)).toEqual([
      { title: "building", time: "31 s" },
      { title: "starting the servers", time: "2.4s" },
      { title: "building loki", time: "5m 12s" },
    ]);
  });

  it("finds numbered lines inside a binary message", () => {
    const message = `\u0000\u0012${formatLine(1, 1_700_000_000_000)}\u0001${formatLine(20, 5)}`;
    expect(findLines(message)).toEqual([
      { number: 1, printedAt: 1_700_000_000_000 },
      { number: 20, printedAt: 5 },
    ]);
  });

  it("reads memory and processor time of a process", () => {
    const { rss, pss } = readMemory(process.pid);
    expect(rss).toBeGreaterThan(10_000_000);
    expect(pss).toBeLessThanOrEqual(rss);
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    // The same figure from another source; clock ticks are 10 ms.
    expect(
      Math.abs(readCpuSeconds(process.pid) - (userCPUTime + systemCPUTime) / 1e6),
    ).toBeLessThan(0.5);
  });

  it("makes the same lines in every run, about 200 bytes each", () => {
    const make = () => {
      const random = createRandom(1);
      return Array.from({ length: 2_000 }, (_, index) => makeLine(random, index));
    };
    const lines = make();
    expect(lines).toEqual(make());
    const bytes = lines.reduce((sum, { printed }) => sum + printed.length, 0) / lines.length;
    expect(bytes).toBeGreaterThan(180);
    expect(bytes).toBeLessThan(230);
    expect(new Set(lines.map(({ printed }) => printed)).size).toBe(2_000);
  });
});

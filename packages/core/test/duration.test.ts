import { describe, expect, it } from "vitest";
import { formatBytes, formatDuration, parseDuration } from "../src/duration.ts";
import { createRandom } from "./random.ts";

describe("parseDuration", () => {
  it.each([
    ["90s", 90_000],
    ["5m", 300_000],
    ["1h30m", 5_400_000],
    ["7d", 604_800_000],
    ["2w", 1_209_600_000],
    ["500ms", 500],
    ["1.5h", 5_400_000],
    ["0s", 0],
    [" 10s ", 10_000],
    ["1m500ms", 60_500],
  ])("reads %s as %d ms", (text, millis) => {
    expect(parseDuration(text)).toEqual({ status: "ok", millis });
  });

  it.each([
    "",
    "5",
    "m",
    "5 m",
    "-5m",
    "5x",
    "1h1h",
    "30m1h",
    "1e3s",
    "5m!",
    "4000d",
    "Infinity",
    "9".repeat(60),
  ])("refuses %j and says what to write", (text) => {
    const result = parseDuration(text);
    expect(result.status).toBe("invalid");
    if (result.status === "invalid") {
      expect(result.message).toContain(`"${text.slice(0, 40)}`);
      expect(result.message).toContain("1h30m");
    }
  });
});

describe("formatDuration", () => {
  it.each([
    [0, "0ms"],
    [850, "850ms"],
    [999.4, "999ms"],
    [999.6, "1s"],
    [1500, "1.5s"],
    [9960, "10s"],
    [59_400, "59s"],
    [59_600, "1m"],
    [125_000, "2m 5s"],
    [3_599_900, "1h"],
    [10_800_000, "3h"],
    [612_000_000, "7d 2h"],
    [-1500, "-1.5s"],
    [Number.NaN, "?"],
  ])("writes %d ms as %s", (millis, text) => {
    expect(formatDuration(millis)).toBe(text);
  });

  it("never shows a unit beyond its size, whatever the span", () => {
    const random = createRandom(7);
    for (let round = 0; round < 2000; round += 1) {
      const text = formatDuration(random.integer(10 ** (1 + random.integer(10))));
      expect(text).toMatch(/^\d+(?:\.\d)?(?:ms|[smhd])(?: \d+[smh])?$/);
      expect(text).not.toMatch(/\b60[sm]\b|\b24h|\b1000ms/);
    }
  });
});

describe("formatBytes", () => {
  it.each([
    [0, "0 B"],
    [950, "950 B"],
    [1500, "1.5 kB"],
    [12_000_000, "12 MB"],
    [999_950, "1 MB"],
    [268_435_456, "268 MB"],
    [1.2e21, "1200000 PB"],
    [-2048, "-2 kB"],
    [Number.POSITIVE_INFINITY, "?"],
  ])("writes %d bytes as %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

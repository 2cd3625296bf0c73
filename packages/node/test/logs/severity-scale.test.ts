import { describe, expect, it } from "vitest";
import { createSeverityScale } from "../../src/logs/severity-scale.ts";

describe("severity of a logger's own levels, the least severe first", () => {
  it.each<[string, readonly string[], readonly number[]]>([
    ["known names", ["debug", "info", "warn", "error"], [5, 9, 13, 17]],
    ["one between two known ones", ["info", "audit", "warn"], [9, 11, 13]],
    ["several between two known ones", ["debug", "on1", "on2", "on3", "info"], [5, 6, 7, 8, 9]],
    ["beyond the known ones", ["chat", "trace", "fatal", "doom", "doomer"], [1, 1, 21, 22, 23]],
    ["no known one", ["chat", "talk", "alarm"], [5, 11, 17]],
    ["a single one", ["chat"], [9]],
    ["none", [], []],
    [
      "more than there are numbers",
      ["fatal", "up1", "up2", "up3", "up4", "up5"],
      [21, 22, 23, 24, 24, 24],
    ],
  ])("%s", (_name, levels, expected) => {
    const scale = createSeverityScale(levels);
    expect(levels.map((level) => scale.get(level))).toEqual(expected);
  });
});

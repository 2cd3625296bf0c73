import { describe, expect, it } from "vitest";
import { readAmount } from "../../../src/compile/pack/read-amount.ts";

describe("An amount of a default alert", () => {
  it.each([
    ["5%", "share", "0.05"],
    ["0.1 %", "share", "0.001"],
    ["99.999%", "share", "0.99999"],
    ["100%", "share", "1"],
    ["24h", "duration", "86400"],
    ["1h30m", "duration", "5400"],
    ["500ms", "duration", "0.5"],
    ["50", "count", "50"],
    ["007", "count", "7"],
  ] as const)("%s (%s) is %s, exactly", (text, unit, amount) => {
    expect(readAmount(text, unit)).toEqual({ status: "ok", amount });
  });

  it.each([
    ["5", "share"],
    ["101%", "share"],
    ["-5%", "share"],
    ["%", "share"],
    ["24", "duration"],
    ["5%", "duration"],
    ["", "duration"],
    ["0s", "duration"],
    ["many", "count"],
    ["1e9", "count"],
    ["12h", "count"],
  ] as const)("%s is no %s, and what is expected is said with an example", (text, unit) => {
    const result = readAmount(text, unit);
    expect(result).toMatchObject({ status: "invalid", expected: expect.stringContaining("like") });
  });
});

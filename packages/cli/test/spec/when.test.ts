import { describe, expect, it } from "vitest";
import { toBaseUnit, UNITS } from "../../src/spec/units.ts";
import { parseWhen } from "../../src/spec/when.ts";

function read(text: string): object {
  const result = parseWhen(text);
  if (result.status === "invalid") throw new Error(result.message);
  const { text: _, ...when } = result.when;
  return when;
}

function refuse(text: string): string {
  const result = parseWhen(text);
  return result.status === "invalid" ? result.message : `accepted ${JSON.stringify(result.when)}`;
}

const MINUTE = 60_000;

describe("a condition", () => {
  it.each([
    ["more than 5 in 10m", { comparison: "above", amount: "5", windowMillis: 10 * MINUTE }],
    [
      "at least 3 in 5m for 2m",
      { comparison: "at-least", amount: "3", windowMillis: 5 * MINUTE, forMillis: 2 * MINUTE },
    ],
    [
      "at least 3 for 2m in 5m",
      { comparison: "at-least", amount: "3", windowMillis: 5 * MINUTE, forMillis: 2 * MINUTE },
    ],
    ["any in 5m", { comparison: "above", amount: "0", windowMillis: 5 * MINUTE }],
    ["none in 10m", { comparison: "below", amount: "1", windowMillis: 10 * MINUTE }],
    ["none for 10m", { comparison: "below", amount: "1", windowMillis: 10 * MINUTE }],
    [
      "none in 10m for 5m",
      { comparison: "below", amount: "1", windowMillis: 10 * MINUTE, forMillis: 5 * MINUTE },
    ],
    ["above 1s for 5m", { comparison: "above", amount: "1", unit: "s", forMillis: 5 * MINUTE }],
    ["Above 1.5 s", { comparison: "above", amount: "1.5", unit: "s" }],
    ["below 10% for 1h", { comparison: "below", amount: "10", unit: "%", forMillis: 60 * MINUTE }],
    ["  more   than 5 ", { comparison: "above", amount: "5" }],
    ["at most 007.50GiB", { comparison: "at-most", amount: "7.50", unit: "GiB" }],
    ["below 24h for 15m", { comparison: "below", amount: "24", unit: "h", forMillis: 15 * MINUTE }],
    ["more than 100/min", { comparison: "above", amount: "100", unit: "/min" }],
    ["more than 5% in 10m", { comparison: "above", amount: "5", unit: "%", windowMillis: 600_000 }],
    ["> 5 in 10m", { comparison: "above", amount: "5", windowMillis: 600_000 }],
    [">=5", { comparison: "at-least", amount: "5" }],
    ["below -5", { comparison: "below", amount: "-5" }],
    ["under 0.1 for 1h30m", { comparison: "below", amount: "0.1", forMillis: 90 * MINUTE }],
  ])("%s is understood", (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it.each([
    ["", "it is empty"],
    ["5 in 10m", "begins with the amount"],
    ["mor than 5 in 10m", 'did you mean "more than"?'],
    ["if it breaks", 'expected "more than"'],
    ["more than", 'expected an amount after "more than"'],
    ["more than five in 10m", 'got "five"'],
    ["more than 1,000 in 10m", "write 1000"],
    ["above 1,5s", "write 1.5"],
    ["above 1.2.3", 'got "1.2.3"'],
    ["above 5 seconds for 5m", 'write 5s for "5 seconds"'],
    ["above 5 gb", 'did you mean "GB"?'],
    ["above 5 parsecs", 'unknown unit "parsecs"'],
    ["more than 5 in 10 minutes", "write 10m"],
    ["more than 5 in 10min", "write 10m"],
    ["more than 5 in ten", '"ten" is no duration'],
    ["more than 5 in", "expected a duration"],
    ["more than 5 in 0m", "is no time at all"],
    ["more than 5 in 5m in 6m", '"in" is there twice'],
    ["more than 5 within 10m", "unknown unit"],
    ["more than 5 in 10m please", 'got "please"'],
    ["any", "needs a window"],
    ["none", "needs a window"],
    ["any for 5m", "needs a window"],
    ["above 1s for 5m constructor", 'got "constructor"'],
    ["above 1 constructor", "unknown unit"],
    ["overly 5", 'did you mean "over"?'],
  ])("%j is refused with the reason and examples", (text, reason) => {
    expect(refuse(text)).toContain(reason);
    expect(refuse(text)).toContain('"above 1s for 5m"');
  });

  it("of endless length is refused in a short message", () => {
    expect(refuse(`above ${"9".repeat(100_000)}x`).length).toBeLessThan(600);
    expect(refuse("a ".repeat(100_000)).length).toBeLessThan(600);
  });
});

describe("units", () => {
  it.each([
    ["1.5", "s", "duration", "1.5"],
    ["0.1", "ms", "duration", "0.0001"],
    ["3", "us", "duration", "0.000003"],
    ["90", "m", "duration", "5400"],
    ["99.95", "%", "ratio", "0.9995"],
    ["0.07", "%", "ratio", "0.0007"],
    ["1.1", "GB", "bytes", "1100000000"],
    ["1.5", "GiB", "bytes", "1610612736"],
    ["0.1", "/s", "per-minute", "6"],
    ["30", "/h", "per-minute", "0.5"],
    ["123456789012345678901234567890", "TB", "bytes", "123456789012345678901234567890000000000000"],
  ])("%s%s is %s %s, to the last digit", (amount, unit, dimension, base) => {
    expect(toBaseUnit(amount, unit)).toEqual({ dimension, amount: base });
  });

  it("that are not in the table are unknown, also those that every object has", () => {
    expect(toBaseUnit("1", "toString")).toBeUndefined();
    expect(toBaseUnit("1", "x")).toBeUndefined();
  });

  it("are all understood in a condition", () => {
    for (const unit of Object.keys(UNITS)) {
      expect(read(`above 2${unit}`)).toEqual({ comparison: "above", amount: "2", unit });
      expect(read(`above 2 ${unit} for 5m`)).toMatchObject({ unit, forMillis: 300_000 });
    }
  });
});

import { describe, expect, it } from "vitest";
import { burnWindowsOf, DAY } from "../../../src/compile/slos/burn-windows.ts";
import {
  budgetOf,
  burnFactor,
  burnThreshold,
  trafficGate,
} from "../../../src/compile/slos/thresholds.ts";

/** A decimal text as a whole number of 10^-30. */
const SCALE = 30;
function scaled(decimal: string): bigint {
  const [whole = "0", fraction = ""] = decimal.split(".");
  return BigInt(whole + fraction.padEnd(SCALE, "0"));
}

/** 90.000 % to 99.999 %, as people write them. */
function* targets(): Generator<string> {
  for (let thousandths = 90_000; thousandths < 100_000; thousandths += 1) {
    const digits = String(thousandths);
    yield `${digits.slice(0, 2)}.${digits.slice(2)}`.replace(/\.?0+$/, (zeros) =>
      zeros.startsWith(".") ? "" : zeros.replace(/0/g, ""),
    );
  }
}

describe("Thresholds of burn rates", () => {
  it.each([7, 28, 30, 90])(
    "are exact for each target from 90 %% to 99.999 %% over %s days",
    (days) => {
      const period = days * DAY;
      let seen = 0;
      for (const target of targets()) {
        for (const pair of burnWindowsOf(period)) {
          const text = burnThreshold(pair, period, `${target}%`).toFixed();
          // percent/100 · (100 − target)/100 · period, in whole numbers.
          const exact =
            (scaled(pair.budgetPercent) / 10n ** 25n) *
            (scaled("100") - scaled(target)) *
            BigInt(period);
          const given = scaled(text) * BigInt(pair.longMillis) * 10n ** 9n;
          const off = exact - given < 0n ? given - exact : exact - given;
          const isDecimal = (exact * 10n ** 12n) % (BigInt(pair.longMillis) * 10n ** 9n) === 0n;
          // What no decimal number can say is right to twenty decimals.
          const allowed = isDecimal ? 0n : BigInt(pair.longMillis) * 10n ** 9n * 10n ** 10n;
          if (off > allowed || /e/.test(text))
            expect.fail(`${target} % over ${days}d, ${pair.name}: ${text}`);
          seen += 1;
        }
      }
      expect(seen).toBe(40_000);
    },
  );

  it.each([
    ["99.99%", ["0.00144", "0.0006", "0.0003", "0.0001"]],
    ["99.9%", ["0.0144", "0.006", "0.003", "0.001"]],
    ["99.5%", ["0.072", "0.03", "0.015", "0.005"]],
    ["99%", ["0.144", "0.06", "0.03", "0.01"]],
    ["95%", ["0.72", "0.3", "0.15", "0.05"]],
    ["90%", ["1.44", "0.6", "0.3", "0.1"]],
  ])("are those of the workbook: %s over 30 days", (target, thresholds) => {
    const all = burnWindowsOf(30 * DAY).map((pair) =>
      burnThreshold(pair, 30 * DAY, target).toFixed(),
    );
    expect(all).toEqual(thresholds);
  });

  it.each([
    [28, ["13.44", "5.6", "2.8", "0.93333333333333333333"]],
    [30, ["14.4", "6", "3", "1"]],
    [90, ["43.2", "18", "9", "3"]],
    [7, ["13.44", "3.5", "1.4", "0.98"]],
  ])("follow the period: %s days", (days, factors) => {
    const all = burnWindowsOf(days * DAY).map((pair) => burnFactor(pair, days * DAY).toFixed());
    expect(all).toEqual(factors);
  });

  it("have a short window of a twelfth of the long one", () => {
    for (const { longMillis, shortMillis } of burnWindowsOf(30 * DAY))
      expect(longMillis / shortMillis).toBe(12);
  });
});

describe("The traffic gate", () => {
  it("is so high that one bad event is never above the threshold, and no higher", () => {
    for (const target of targets()) {
      for (const pair of burnWindowsOf(30 * DAY)) {
        const threshold = burnThreshold(pair, 30 * DAY, `${target}%`);
        const gate = trafficGate(threshold);
        if (threshold.times(gate).lt(1) || threshold.times(gate.minus(1)).gt(1)) {
          expect.fail(`${target} %, ${pair.name}: ${gate.toFixed()}`);
        }
      }
    }
  });

  it.each([
    ["0.0144", "70"],
    ["0.006", "167"],
    ["0.003", "334"],
    ["0.001", "1001"],
  ])("of the threshold %s is %s events", (threshold, gate) => {
    expect(trafficGate(budgetOf("0%").times(threshold)).toFixed()).toBe(gate);
  });
});

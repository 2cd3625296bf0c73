import { describe, expect, it } from "vitest";
import { SEVERITY, severityNumberToText, severityRange } from "../../src/severity/severity.ts";
import {
  severityFromSyslogPriority,
  severityFromText,
} from "../../src/severity/severity-from-text.ts";

describe("severity numbers", () => {
  it("run from TRACE 1 to FATAL4 24 without a gap, and their names lead back", () => {
    const names = Object.entries(SEVERITY);
    expect(names.map(([, number]) => number)).toEqual(Array.from({ length: 24 }, (_, i) => i + 1));
    for (const [name, number] of names) {
      expect(severityNumberToText(number)).toBe(name);
      expect(severityFromText(name)).toBe(number);
      expect(severityRange(number)).toBe(name.replace(/\d$/, ""));
    }
  });

  it("have no name and no range outside 1 to 24", () => {
    for (const number of [0, -1, 25, 1.5, Number.NaN]) {
      expect(severityNumberToText(number)).toBe("UNSPECIFIED");
    }
    for (const number of [0, -1, 25, Number.NaN]) expect(severityRange(number)).toBeUndefined();
  });
});

describe("severityFromText", () => {
  it.each<[source: string, ascending: string[]]>([
    ["winston npm", ["silly", "debug", "verbose", "http", "info", "warn", "error"]],
    [
      "winston and RFC 5424 syslog",
      ["debug", "info", "notice", "warning", "error", "crit", "alert", "emerg"],
    ],
    ["pino numbers", ["10", "20", "30", "40", "50", "60"]],
    ["syslog numbers", ["7", "6", "5", "4", "3", "2", "1", "0"]],
    ["Python", ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]],
    ["Go slog", ["DEBUG-4", "DEBUG", "DEBUG+1", "INFO", "INFO+2", "WARN", "ERROR", "ERROR+4"]],
    ["zap", ["debug", "info", "warn", "error", "dpanic", "panic"]],
    ["zerolog console", ["TRC", "DBG", "INF", "WRN", "ERR", "FTL"]],
    ["java.util.logging", ["FINEST", "FINER", "FINE", "CONFIG", "INFO", "WARNING", "SEVERE"]],
    [".NET", ["Trace", "Debug", "Information", "Warning", "Error", "Critical"]],
    [".NET console", ["trce", "dbug", "info", "warn", "fail", "crit"]],
    ["MongoDB", ["D1", "I", "W", "E", "F"]],
    ["nginx", ["debug", "info", "notice", "warn", "error", "crit", "alert", "emerg"]],
  ])("keeps the order of %s", (_source, ascending) => {
    const numbers = ascending.map((level) => severityFromText(level) ?? -1);
    expect(numbers).not.toContain(-1);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it.each([
    "",
    "hello",
    "toString",
    "__proto__",
    "constructor",
    "99",
    "8",
    "INFO+",
    "errorerror",
    "x".repeat(1e6),
  ])("knows nothing about %.20j", (text) => {
    expect(severityFromText(text)).toBeUndefined();
  });

  it("reads the severity out of a syslog priority and refuses one that cannot be", () => {
    expect(severityFromSyslogPriority(11)).toBe(SEVERITY.ERROR);
    expect(severityFromSyslogPriority(190)).toBe(SEVERITY.INFO);
    expect(severityFromSyslogPriority(192)).toBeUndefined();
  });
});

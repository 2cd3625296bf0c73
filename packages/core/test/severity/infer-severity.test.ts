import { describe, expect, it } from "vitest";
import { type InferredSeverity, inferSeverity } from "../../src/severity/infer-severity.ts";
import { SEVERITY, type SeverityName } from "../../src/severity/severity.ts";
import { createRandom } from "../random.ts";

type Case = [line: string, name: SeverityName, source: InferredSeverity["source"]];

const FOUND: Case[] = [
  // fields
  ['{"level":30,"time":1,"msg":"error"}', "INFO", "field"],
  ['{"level":50,"msg":"x"}', "ERROR", "field"],
  ['{"level":"warn","message":"x"}', "WARN", "field"],
  ['  {"message":"x \\"level\\":\\"debug\\"","severity":"CRITICAL"}', "FATAL", "field"],
  ['{"data":{"level":"error"},"levelname":"INFO"}', "INFO", "field"],
  ['{"log":{"level":"error"},"message":"x"}', "ERROR", "field"],
  ['{"log.level": "warn","message":"x"}', "WARN", "field"],
  ['{"@t":"2026","@l":"Fatal","@m":"x"}', "FATAL", "field"],
  ['{"t":{"$date":"2026"},"s":"W","c":"NETWORK"}', "WARN", "field"],
  ['{"s":"a word","level":"error"}', "ERROR", "field"],
  ['{"level":"error","message":"cut in the midd', "ERROR", "field"],
  ['time=2026-11-23T05:00:00Z level=warn msg="error"', "WARN", "field"],
  ['ts=1 caller=main.go:1 level="error" err=x', "ERROR", "field"],
  ["severity=notice x", "INFO2", "field"],
  // shapes
  ["E0102 15:04:05.678901       1 main.go:12] boom", "ERROR", "shape"],
  ["I20260102 15:04:05.678901 1 main.cc:12] fine", "INFO", "shape"],
  ["panic: runtime error: index out of range [5]", "FATAL", "shape"],
  ["fatal error: all goroutines are asleep - deadlock!", "FATAL", "shape"],
  ["thread 'main' panicked at src/main.rs:2:5:", "FATAL", "shape"],
  ["Traceback (most recent call last):", "ERROR", "shape"],
  ['Exception in thread "main" java.lang.IllegalStateException: x', "ERROR", "shape"],
  ["java.lang.NullPointerException: x", "ERROR", "shape"],
  ["TypeError: Cannot read properties of undefined", "ERROR", "shape"],
  ["Uncaught RangeError: x", "ERROR", "shape"],
  ["TypeError [ERR_INVALID_ARG_TYPE]: x", "ERROR", "shape"],
  ["FATAL ERROR: Reached heap limit Allocation failed", "FATAL", "shape"],
  ["(node:12) [DEP0040] DeprecationWarning: The `punycode` module", "WARN", "shape"],
  ["<11>1 2026-11-23T05:00:00Z host app - - - x", "ERROR", "shape"],
  ["1:M 23 Nov 2026 05:45:17.123 # WARNING overcommit", "WARN", "shape"],
  ["1:M 23 Nov 2026 05:45:17.123 * Ready to accept connections", "INFO2", "shape"],
  ["npm ERR! code ELIFECYCLE", "ERROR", "shape"],
  // tokens
  ["2026-01-01 10:00:00 ERROR boom", "ERROR", "token"],
  ["2026-01-01 10:00:00,123 - my.module - ERROR - msg", "ERROR", "token"],
  ["10:00:00.000 [main] INFO  c.e.App - started", "INFO", "token"],
  ["2026-11-23T05:00:00.000Z\tDEBUG\tmain.go:3\thello", "DEBUG", "token"],
  ["2026/11/23 05:00:00 [error] 12#12: *1 open() failed", "ERROR", "token"],
  ["2026/11/23 05:00:00 [emerg] 1#1: bind() failed", "FATAL3", "token"],
  ["[WARN ] x", "WARN", "token"],
  ["| ERROR | x", "ERROR", "token"],
  ['2026-11-23 05:00:00.000 UTC [12] ERROR:  relation "x" does not exist', "ERROR", "token"],
  ["2026-11-23 05:00:00.000 UTC [12] LOG:  checkpoint starting", "INFO", "token"],
  ["2026-11-23T05:00:00Z 0 [Warning] [MY-010055] x", "WARN", "token"],
  ['INFO:     127.0.0.1:5000 - "GET / HTTP/1.1" 200 OK', "INFO", "token"],
  ["error: boom", "ERROR", "token"],
  ["2026-11-23T05:00:00Z warn: slow", "WARN", "token"],
  ["\u001b[31merror\u001b[39m: boom", "ERROR", "token"],
  ["Error: boom", "ERROR", "token"],
  ["fail: Microsoft.Hosting.Lifetime[0]", "ERROR", "token"],
  ["Nov 23 05:00:00 host app[12]: WARNING low", "WARN", "token"],
  ["WARNING in ./src/a.js", "WARN", "token"],
];

const PROSE = [
  "0 errors found",
  "0 ERROR, 3 passed",
  "no error",
  "NO ERROR",
  "Finished with no error: good",
  "error_rate=0",
  "error=0 warn=0",
  "errors: 0",
  "error: 0",
  "ERROR: none",
  "GET /errors/list 200",
  "GET /error 200",
  "GET /ERROR 200",
  "ERROR_CODE is unset",
  "loading error-handler.js",
  "the user pressed the ERROR button",
  "please read the INFO: it is long",
  "water level=12",
  "level=5 reached",
  "a fatalistic view",
  "information desk is open",
  "listening on :8080",
  "log: rotated",
  '{"msg":"fatal: x"}',
  '{"data":{"level":"error"}}',
  '{"items":["level","error"]}',
  '{"level":"bananas"}',
  "{",
  '{"level":',
  "",
  "   ",
];

describe("inferSeverity", () => {
  it.each(FOUND)("reads %j as %s by its %s", (line, name, source) => {
    const inferred = inferSeverity(line);
    expect(inferred.severityNumber).toBe(SEVERITY[name]);
    expect(inferred.source).toBe(source);
  });

  it.each(PROSE)("does not take %j for a level", (line) => {
    expect(inferSeverity(line)).toEqual({
      severityNumber: SEVERITY.INFO,
      severityText: "INFO",
      source: "default",
    });
  });

  it("keeps the level as the line spells it, and names the number where it spells none", () => {
    expect(inferSeverity("[WARN ] x").severityText).toBe("WARN");
    expect(inferSeverity('{"level":"Warning"}').severityText).toBe("Warning");
    expect(inferSeverity('{"level":50}').severityText).toBe("ERROR");
    expect(inferSeverity("panic: x").severityText).toBe("FATAL");
  });

  it("looks no further than the head of a line, so a megabyte costs as much as a page", () => {
    expect(inferSeverity(`${"x ".repeat(5000)} level=error ERROR`).source).toBe("default");
    for (const unit of [
      "a.",
      "A",
      "[",
      '{"a":',
      '"\\',
      "Error",
      "ERROR_",
      "0 ",
      "(node:",
      "level=",
    ]) {
      expect(() => inferSeverity(unit.repeat(1_000_000 / unit.length))).not.toThrow();
    }
  });

  it("answers something valid to any text", () => {
    const random = createRandom(11);
    const parts = [
      "level",
      "=",
      '"',
      "{",
      "}",
      ":",
      " ",
      "ERROR",
      "[",
      "]",
      "\\",
      "\n",
      "é",
      "\u0000",
      "30",
      "E0102 15:04:05",
    ];
    for (let round = 0; round < 3000; round += 1) {
      const line = Array.from({ length: random.integer(20) }, () => random.pick(parts)).join("");
      const { severityNumber } = inferSeverity(line);
      expect(severityNumber >= 1 && severityNumber <= 24, line).toBe(true);
    }
  });
});

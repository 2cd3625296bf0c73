import { createRedactor } from "@sightline/core";
import { describe, expect, it } from "vitest";
import type { LogLine } from "../../src/logs/log-line.ts";
import { toLineRecord } from "../../src/logs/log-record.ts";

const redactor = createRedactor();

function record(line: Partial<LogLine>) {
  return toLineRecord(
    { level: "info", message: "hello", fields: {}, error: undefined, timeMillis: 5, ...line },
    redactor,
  );
}

describe("toLineRecord", () => {
  it("has the time of the line", () => {
    expect(record({ timeMillis: 1_700_000_000_123 }).timeUnixMillis).toBe(1_700_000_000_123);
  });

  it("flattens one level and writes the rest as JSON", () => {
    const fields = { user: { name: "ann", tags: ["a"], deep: { er: 1 } }, list: [1, 2], n: 1.5 };
    expect(record({ fields }).attributes).toEqual({
      kind: "log",
      "user.name": "ann",
      "user.tags": '["a"]',
      "user.deep": '{"er":1}',
      list: "[1,2]",
      n: 1.5,
    });
  });

  it("leaves out what is empty and survives what is odd", () => {
    const circular: Record<string, unknown> = { a: 1 };
    circular["self"] = circular;
    const hostile = {
      get boom() {
        throw new Error("no");
      },
    };
    const { attributes } = record({
      fields: { nothing: null, missing: undefined, big: 10n, when: new Date(0), circular, hostile },
    });
    expect(attributes).toMatchObject({
      big: "10",
      when: "1970-01-01T00:00:00.000Z",
      "circular.a": 1,
    });
    expect(attributes).not.toHaveProperty("nothing");
    expect(attributes).not.toHaveProperty("missing");
  });

  it("takes out secrets in message, fields, nested fields and errors", () => {
    const text = JSON.stringify(
      record({
        message: "login with password=hunter2",
        fields: { password: "hunter2", request: { headers: { authorization: "Bearer hunter2" } } },
        error: {
          type: "Error",
          message: "password=hunter2",
          stack: "Error: password=hunter2\n    at a (/app/a.js:1:1)",
        },
      }),
    );
    expect(text).not.toContain("hunter2");
  });

  it("limits fields and says how many it left out", () => {
    const many = Object.fromEntries(Array.from({ length: 90 }, (_, n) => [`k${n}`, n]));
    const { attributes } = record({ fields: many });
    expect(Object.keys(attributes ?? {})).toHaveLength(66);
    expect(attributes).toMatchObject({ fields_dropped: 26 });
  });

  it("limits the size of one field, of all fields and of the body", () => {
    const long = "word ".repeat(40_000);
    const { body, attributes } = record({
      message: long,
      fields: Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`k${n}`, long])),
    });
    expect(String(body).length).toBeLessThanOrEqual(65_536);
    expect(JSON.stringify(attributes).length).toBeLessThan(32_768);
    expect(attributes).toMatchObject({ fields_dropped: 5 });
  });

  it("keeps a field called __proto__ a field", () => {
    const fields = JSON.parse('{"__proto__": {"polluted": true}}');
    expect(record({ fields }).attributes).toHaveProperty(["__proto__.polluted"], true);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("says the message of an error once", () => {
    const stack = "TypeError: x is undefined\n    at total (/app/cart.js:3:7)";
    const error = { type: "TypeError", message: "x is undefined", stack };
    expect(record({ message: "x is undefined", error }).body).toBe(stack);
    expect(record({ message: "cannot total", error }).body).toBe(`cannot total\n${stack}`);
  });

  it("gives equal errors equal fingerprints, whatever the numbers in them", () => {
    const at = "\n    at total (/app/cart.js:3:7)";
    const fp = (message: string, level = "error") =>
      record({
        level,
        error: { type: "Error", message, stack: `Error: ${message}${at}` },
      }).attributes?.["fp"];
    expect(fp("order 17 not found")).toBe(fp("order 99 not found", "warn"));
    expect(fp("order 17 not found")).not.toBe(fp("payment refused"));
  });

  it.each([
    ["error", 17],
    ["warn", 13],
    ["http", 7],
    ["fatal", 21],
    ["chat", 9],
  ])("maps level %s to severity %i", (level, severityNumber) => {
    expect(record({ level })).toMatchObject({ severityNumber, severityText: level });
  });
});

import { expect, test } from "vitest";
import { estimateRecordBytes } from "../../src/export/record-size.ts";

const sizeOf = (body: unknown, attributes = {}) => estimateRecordBytes(body, attributes);

test("text counts by its length, wherever it is", () => {
  const empty = sizeOf("");
  expect(sizeOf("x".repeat(1_000)) - empty).toBe(1_000);
  expect(sizeOf("", { key: "x".repeat(500) }) - empty).toBeGreaterThanOrEqual(503);
  expect(sizeOf({ deep: [{ text: "x".repeat(500) }] })).toBeGreaterThan(500);
  expect(sizeOf(new Uint8Array(2_000))).toBeGreaterThan(2_000);
});

test("a body that refers to itself or throws costs no more than a small one", () => {
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  expect(sizeOf(circle)).toBeLessThan(1_000);
  const trap = {
    get value() {
      throw new Error("host bug");
    },
  };
  expect(sizeOf(trap)).toBeLessThan(1_000);
});

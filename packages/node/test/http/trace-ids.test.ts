import { expect, it } from "vitest";
import { createTraceIds } from "../../src/http/trace-ids.ts";

it("makes ids of 32 and 16 hexadecimal digits, never all zero", () => {
  const ids = createTraceIds(Math.random);
  const traces = Array.from({ length: 1_000 }, () => ids.generateTraceId());
  expect(new Set(traces).size).toBe(1_000);
  expect(traces.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
  expect(ids.generateSpanId()).toMatch(/^[0-9a-f]{16}$/);

  const zero = createTraceIds(() => 0);
  expect(zero.generateTraceId()).toBe(`${"0".repeat(31)}1`);
  expect(createTraceIds(() => 0.999999999999).generateSpanId()).toBe("f".repeat(16));
});

it("gives a reserved id once", () => {
  const ids = createTraceIds(Math.random);
  ids.reserve("a".repeat(32));
  expect(ids.generateTraceId()).toBe("a".repeat(32));
  expect(ids.generateTraceId()).not.toBe("a".repeat(32));
});

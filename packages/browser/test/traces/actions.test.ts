import { expect, it } from "vitest";
import { createActions } from "../../src/traces/actions.ts";
import { type Span, spanToOtlp } from "../../src/traces/span.ts";
import { formatTraceparent, parseTraceparent } from "../../src/traces/trace-context.ts";

function make() {
  const told: Span[] = [];
  let time = 5000;
  return {
    told,
    actions: createActions(
      (span) => told.push(span),
      () => time,
    ),
    pass: (millis: number): void => {
      time += millis;
    },
  };
}

it("is the root of what it causes, while something follows within a second", () => {
  const { actions, pass, told } = make();
  const root = actions.begin("click", { element: "button" });
  pass(900);
  const first = actions.request(true);
  expect(first).toMatchObject({
    context: { traceId: root.traceId },
    parentSpanId: root.spanId,
  });
  pass(8000);
  // A request of it still runs.
  expect(actions.current()).toEqual(root);
  first.ended();
  pass(900);
  const second = actions.request(true);
  expect(second.context.traceId).toBe(root.traceId);
  second.ended();
  pass(1001);
  expect(actions.current()).toBeUndefined();
  expect(told).toEqual([
    expect.objectContaining({ context: root, startMillis: 5000, durationMillis: 9800 }),
  ]);
  expect(actions.request(true).parentSpanId).toBeUndefined();
});

it("is told only if a span of it was: else it is nobody's parent", () => {
  const { actions, told } = make();
  actions.begin("click", {});
  actions.request(false).ended();
  actions.begin("click", {});
  actions.settle();
  expect(told).toEqual([]);
});

it("ends in the end, though a request of it never does", () => {
  const { actions, pass } = make();
  actions.begin("click", {});
  actions.request(true);
  pass(30_001);
  expect(actions.current()).toBeUndefined();
});

it("writes spans as OTLP has them, with exact times", () => {
  const context = { traceId: "a".repeat(32), spanId: "b".repeat(16) };
  const { resourceSpans } = spanToOtlp({
    context,
    parentSpanId: "c".repeat(16),
    name: "GET",
    kind: "client",
    startMillis: 1_795_462_030_144,
    durationMillis: 12.3456,
    attributes: { "http.response.status_code": 500, "url.full": "https://x/" },
    failed: true,
  });
  expect(resourceSpans?.[0]?.scopeSpans[0]?.spans?.[0]).toEqual({
    ...context,
    parentSpanId: "c".repeat(16),
    name: "GET",
    kind: 3,
    startTimeUnixNano: "1795462030144000000",
    endTimeUnixNano: "1795462030156346000",
    attributes: [
      { key: "http.response.status_code", value: { intValue: 500 } },
      { key: "url.full", value: { stringValue: "https://x/" } },
    ],
    status: { code: 2 },
  });
});

it("reads and writes the header of the W3C", () => {
  const context = { traceId: "a".repeat(32), spanId: "b".repeat(16) };
  expect(parseTraceparent(formatTraceparent(context))).toEqual(context);
  expect(parseTraceparent("01-zz-1-00")).toBeUndefined();
});

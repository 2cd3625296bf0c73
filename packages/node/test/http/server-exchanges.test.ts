import { TraceFlags, trace } from "@opentelemetry/api";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type ReadableSpan,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { expect, it } from "vitest";
import type { Exchange } from "../../src/http/exchange.ts";
import { createServerExchanges } from "../../src/http/server-exchanges.ts";
import { createTraceIds } from "../../src/http/trace-ids.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const PARENT_ID = "b7ad6b7169203331";

function createBed(root: Sampler) {
  const spans: ReadableSpan[] = [];
  let started = 0;
  const sampler = new ParentBasedSampler({ root });
  const ids = createTraceIds(Math.random);
  const provider = new TracerProvider({
    sampler,
    idGenerator: ids,
    spanProcessors: [
      {
        onStart() {
          started += 1;
        },
        onEnd: (span) => void spans.push(span),
        forceFlush: async () => undefined,
        shutdown: async () => undefined,
      },
    ],
  });
  const tracing = { tracer: provider.getTracer("test"), sampler, ids };
  const exchanges = createServerExchanges({ tracing, metrics: undefined });
  return {
    spans,
    started: () => started,
    exchanges,
    begin: (headers: Record<string, string> = {}) =>
      exchanges.begin({
        method: "GET",
        headers,
        url: "/items/7?token=secret#part",
        isSecure: false,
        protocolVersion: "1.1",
      }),
  };
}

const contextOf = ({ context }: Exchange) => context && trace.getSpanContext(context);
const end = { statusCode: 200, isAborted: false, route: "/items/:id" };

it("keeps the share of traces that the sampler asks for, and begins no span for the others", () => {
  const { begin, exchanges, spans, started } = createBed(new TraceIdRatioBasedSampler(0.1));
  const all = Array.from({ length: 4_000 }, () => begin());
  for (const exchange of all) exchanges.end(exchange, end);

  expect(spans.length).toBeGreaterThan(250);
  expect(spans.length).toBeLessThan(570);
  expect(started()).toBe(spans.length);
  const sampled = all.filter((one) => contextOf(one)?.traceFlags === TraceFlags.SAMPLED);
  expect(new Set(sampled.map((one) => contextOf(one)?.traceId))).toEqual(
    new Set(spans.map((span) => span.spanContext().traceId)),
  );
  expect(new Set(all.map((one) => contextOf(one)?.traceId)).size).toBe(4_000);
  expect(new Set(all.map((one) => contextOf(one)?.spanId)).size).toBe(4_000);
});

it("describes a kept span, without the query", () => {
  const { begin, exchanges, spans } = createBed(new AlwaysOnSampler());
  exchanges.end(begin(), { statusCode: 503, isAborted: false, route: "/items/:id" });
  expect(spans[0]).toMatchObject({
    name: "GET /items/:id",
    status: { code: 2 },
    attributes: {
      "http.request.method": "GET",
      "url.path": "/items/7",
      "http.response.status_code": 503,
      "error.type": "503",
    },
  });
  expect(JSON.stringify(spans[0]?.attributes)).not.toContain("secret");
});

it("follows the caller's decision, either way, and hands its state on", () => {
  const off = createBed(new AlwaysOffSampler());
  const kept = off.begin({ traceparent: `00-${TRACE_ID}-${PARENT_ID}-01`, tracestate: "a=b" });
  off.exchanges.end(kept, end);
  expect(off.spans[0]?.parentSpanContext?.spanId).toBe(PARENT_ID);
  expect(contextOf(kept)?.traceId).toBe(TRACE_ID);

  const on = createBed(new AlwaysOnSampler());
  const left = on.begin({ traceparent: `00-${TRACE_ID}-${PARENT_ID}-00`, tracestate: "a=b" });
  on.exchanges.end(left, end);
  expect(on.spans).toEqual([]);
  expect(contextOf(left)).toMatchObject({ traceId: TRACE_ID, traceFlags: TraceFlags.NONE });
  expect(contextOf(left)?.traceState?.get("a")).toBe("b");
  expect(contextOf(left)?.spanId).not.toBe(PARENT_ID);
});

it.each(["", "00-zz-yy-01", `00-${"0".repeat(32)}-${"0".repeat(16)}-01`, "x".repeat(10_000)])(
  "begins a trace of its own where the caller's is none: %.30s",
  (traceparent) => {
    const { begin, exchanges, spans } = createBed(new AlwaysOnSampler());
    exchanges.end(begin({ traceparent }), end);
    expect(spans).toHaveLength(1);
    expect(spans[0]?.parentSpanContext).toBeUndefined();
  },
);

it("counts an end once", () => {
  const { begin, exchanges, spans } = createBed(new AlwaysOnSampler());
  const exchange = begin();
  exchanges.end(exchange, end);
  exchanges.end(exchange, { statusCode: 500, isAborted: true, route: undefined });
  expect(spans).toHaveLength(1);
  expect(exchange.scope.hasFailed).toBeUndefined();
});

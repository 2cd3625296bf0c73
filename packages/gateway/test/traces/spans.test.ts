import { describe, expect, it } from "vitest";
import { createMasking } from "../../src/faro/masking.ts";
import { encodeSpans } from "../../src/traces/encode-spans.ts";
import { type PageSpan, readSpans } from "../../src/traces/read-spans.ts";
import { NOW } from "../support/rig.ts";

const masking = createMasking({ allowCategories: [], denyPatterns: [] });
const SPAN = {
  traceId: "0AF7651916CD43DD8448EB211C80319C",
  spanId: "b7ad6b7169203331",
  parentSpanId: "00f067aa0ba902b7",
  name: "GET",
  kind: 3,
  startTimeUnixNano: `${NOW}123456`,
  endTimeUnixNano: `${NOW + 10}000000`,
  attributes: [
    { key: "http.request.method", value: { stringValue: "GET" } },
    { key: "http.response.status_code", value: { intValue: 503 } },
    { key: "url.full", value: { stringValue: "https://ann:pw@api.example/x?token=1" } },
    { key: "made.up", value: { stringValue: "gone" } },
    { key: "url.path", value: { arrayValue: {} } },
  ],
  status: { code: 2, message: "gone" },
  events: [{ name: "gone" }],
};
const of = (...spans: unknown[]) => [{ scopeSpans: [{ spans }] }];
const read = (span: object): PageSpan | undefined => readSpans(of(span), masking).spans[0];
const CONTEXT = { resource: {}, attributes: {}, skewMillis: 0, nowMillis: NOW };

describe("spans of a page", () => {
  it("are read by what is known, and by nothing else", () => {
    expect(read(SPAN)).toEqual({
      traceId: SPAN.traceId.toLowerCase(),
      spanId: SPAN.spanId,
      parentSpanId: SPAN.parentSpanId,
      name: "GET",
      kind: "client",
      startNanos: BigInt(`${NOW}123456`),
      endNanos: BigInt(`${NOW + 10}000000`),
      hasFailed: true,
      attributes: new Map<string, unknown>([
        ["http.request.method", "GET"],
        ["http.response.status_code", 503],
        ["url.full", "https://[redacted:url_credentials]@api.example/x"],
      ]),
    });
  });

  it("are read with times as texts, numbers and halves", () => {
    const nanos = BigInt(NOW) * 1_000_000n;
    const halves = { high: Number(nanos >> 32n), low: Number(nanos & 0xffff_ffffn) };
    for (const time of [`${nanos}`, halves]) {
      expect(read({ ...SPAN, startTimeUnixNano: time })?.startNanos).toBe(nanos);
    }
    expect(read({ ...SPAN, startTimeUnixNano: NOW * 1e6 })?.startNanos).toBeGreaterThan(0n);
  });

  it.each([
    ["no trace", { traceId: "0".repeat(32) }],
    ["a span id of another length", { spanId: "b7ad6b71692033" }],
    ["no name", { name: "" }],
    ["an end before its start", { endTimeUnixNano: "1" }],
    ["a length of days", { startTimeUnixNano: `${NOW - 86_400_000}000000` }],
    ["a negative time", { startTimeUnixNano: -5 }],
    ["a time that is none", { endTimeUnixNano: "soon" }],
    ["half of a time", { endTimeUnixNano: { low: 5 } }],
  ])("are no spans with %s", (_, fault) => {
    expect(readSpans(of({ ...SPAN, ...fault }), masking)).toEqual({
      spans: [],
      malformed: 1,
      overLimit: 0,
    });
  });

  it("are found in any nesting that is right, and counted beyond the limit", () => {
    const odd = [null, 7, { scopeSpans: 5 }, { scopeSpans: [null, { spans: "x" }] }];
    const { spans, malformed, overLimit } = readSpans(
      [...odd, ...of(...Array.from({ length: 250 }, () => SPAN), "x")],
      masking,
    );
    expect(spans).toHaveLength(200);
    expect(malformed).toBe(0);
    expect(overLimit).toBe(51);
  });

  it("are put right by how far the page's clock is off, and left out where no store takes them", () => {
    const span = read(SPAN) as PageSpan;
    const shifted = (skewMillis: number) => encodeSpans([span], { ...CONTEXT, skewMillis });
    expect(shifted(0)).toMatchObject({ spans: 1, tooOld: 0, tooFarInFuture: 0 });
    expect(shifted(-7 * 86_400_000)).toMatchObject({ spans: 0, tooOld: 1 });
    expect(shifted(3_600_000)).toMatchObject({ spans: 0, tooFarInFuture: 1 });
    expect(shifted(3_600_000).request).toHaveLength(0);
    // Fixed 64-bit start of the span, as protobuf has it.
    const start = Buffer.alloc(8);
    start.writeBigUInt64LE(BigInt(`${NOW + 60_000}123456`));
    expect(Buffer.from(shifted(60_000).request).includes(start)).toBe(true);
  });
});

import { LOKI_LIMIT } from "@sightline/core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at, META } from "../support/pages.ts";
import { APP, NOW, type Rig, type StoredRecord, startRig } from "../support/rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

const FIELDS = new Set([
  ...["kind", "session.id", "user.hash", "visitor.hash", "browser.route", "browser.language"],
  ...["browser.mobile", "user_agent.name", "user_agent.version", "user_agent.os.name", "context"],
  ...[
    "event_ts",
    "exception.type",
    "exception.message",
    "handled",
    "fp",
    "fpx",
    "fp_t",
    "fp_v",
    "n",
  ],
  ...["muted", "debug_ids", "unresolved_frames", "trail", "exception_type", "release", "user_hash"],
  ...[
    "session_id",
    "visitor_hash",
    "ui",
    "ur",
    "state",
    "session.previous_id",
    "element",
    "error.type",
    "url.full",
  ],
  ...["url.path", "url.template", "http.route", "http.request.method", "server.address"],
  ...["server.port", "http.response.status_code", "http.client.request.duration"],
  ...["browser.web_vital.name", "browser.web_vital.value", "browser.web_vital.rating"],
]);

/** What must hold of every record, whatever came. */
function check({ resource, attributes, body, timeUnixNano, ...record }: StoredRecord): void {
  const { "service.version": _, ...others } = resource;
  expect(others).toEqual({
    "service.name": APP.serviceName,
    "deployment.environment.name": "production",
    "host.name": "vm-1",
  });
  expect(["log", "error", "session"]).toContain(attributes["kind"]);
  for (const name of Object.keys(attributes)) expect(FIELDS).toContain(name);
  expect(Buffer.byteLength(String(body))).toBeLessThan(LOKI_LIMIT.maxBodyBytes);
  const metadata = JSON.stringify([resource, attributes, record.eventName]);
  expect(Buffer.byteLength(metadata)).toBeLessThan(LOKI_LIMIT.maxMetadataBytes);
  const millis = Number(BigInt(timeUnixNano) / 1_000_000n);
  expect(NOW - millis).toBeLessThan(LOKI_LIMIT.maxAgeMillis);
  expect(millis - NOW).toBeLessThan(LOKI_LIMIT.maxFutureMillis);
  if (attributes["n"] !== undefined) expect(attributes["n"]).toBeGreaterThanOrEqual(1);
}

async function take(payload: unknown): Promise<void> {
  rig.collector.requests.length = 0;
  const outcome = await rig.intake.take(rig.beacon(payload));
  expect(["safe", "malformed"]).toContain(outcome.status);
  for (const record of rig.records()) check(record);
  expect(rig.said).toEqual([]);
}

const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "__proto__",
    "constructor",
    "\ud800",
    "\u0000",
    "2026-11-23T10:00:00Z",
    "-1",
    "NaN",
  ),
);
const anything = fc.oneof(
  { weight: 3, arbitrary: text },
  fc.jsonValue({ maxDepth: 3 }),
  fc.double(),
  fc.constantFrom(null, true, 1e308, -0, 2 ** 53),
);
/** A value of the right type, or now and then of any. */
const mostly = <T>(right: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 4, arbitrary: right as fc.Arbitrary<unknown> }, anything);
const time = mostly(
  fc.integer({ min: -1e13, max: 1e13 }).map((millis) => new Date(NOW + millis / 1e3).toISOString()),
);
const texts = mostly(fc.dictionary(text, anything, { maxKeys: 8 }));
const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });
const trace = mostly(fc.record({ trace_id: mostly(hex(32)), span_id: mostly(hex(16)) }));
const frame = mostly(
  fc.record({
    filename: mostly(fc.oneof(fc.webUrl(), text)),
    function: mostly(text),
    lineno: anything,
    colno: anything,
    bundleid: mostly(fc.uuid()),
  }),
);
const listOf = (item: fc.Arbitrary<unknown>) => mostly(fc.array(mostly(item), { maxLength: 6 }));
const payload = mostly(
  fc.record(
    {
      meta: mostly(
        fc.record({
          app: texts,
          user: mostly(fc.record({ id: anything })),
          session: mostly(fc.record({ id: mostly(hex(32)), attributes: texts })),
          page: mostly(fc.record({ url: mostly(fc.webUrl({ withQueryParameters: true })) })),
          view: mostly(fc.record({ name: text })),
          browser: texts,
        }),
      ),
      logs: listOf(
        fc.record({
          message: mostly(text),
          level: mostly(fc.constantFrom("warn", "info")),
          timestamp: time,
          context: texts,
          trace,
        }),
      ),
      events: listOf(fc.record({ name: mostly(text), attributes: texts, timestamp: time, trace })),
      measurements: listOf(
        fc.record({
          type: mostly(fc.constantFrom("web-vitals", "sightline_lost", "x")),
          values: mostly(
            fc.dictionary(fc.oneof(text, fc.constantFrom("lcp", "cls", "queue_full")), anything),
          ),
          context: texts,
          timestamp: time,
        }),
      ),
      exceptions: listOf(
        fc.record({
          type: mostly(text),
          value: mostly(text),
          stacktrace: mostly(fc.record({ frames: listOf(frame) })),
          context: texts,
          timestamp: time,
          trace,
        }),
      ),
      traces: mostly(
        fc.record({
          resourceSpans: listOf(
            fc.record({
              scopeSpans: listOf(
                fc.record({
                  spans: listOf(
                    fc.record({
                      traceId: mostly(hex(32)),
                      spanId: mostly(hex(16)),
                      name: mostly(text),
                      startTimeUnixNano: anything,
                      endTimeUnixNano: anything,
                      attributes: listOf(fc.record({ key: text, value: anything })),
                    }),
                  ),
                }),
              ),
            }),
          ),
        }),
      ),
    },
    { requiredKeys: [] },
  ),
);

describe("payloads that nobody sends in good faith", () => {
  it("become only records that the store takes and that say no more than they may", async () => {
    await fc.assert(fc.asyncProperty(payload, take), { numRuns: 200 });
  });

  it("may be good ones with some bytes changed", async () => {
    const good = JSON.stringify({
      meta: META,
      logs: [{ message: "hello", level: "info", timestamp: at(0), context: { a: "b" } }],
      exceptions: [
        {
          type: "Error",
          value: "x",
          timestamp: at(0),
          stacktrace: {
            frames: [{ filename: "https://a.b/c.js", function: "f", lineno: 1, colno: 2 }],
          },
        },
      ],
      measurements: [{ type: "web-vitals", values: { lcp: 12 }, timestamp: at(0) }],
    });
    const changes = fc.array(
      fc.tuple(fc.nat(good.length - 1), fc.string({ unit: "binary", minLength: 1, maxLength: 2 })),
      { minLength: 1, maxLength: 6 },
    );
    let parsed = 0;
    await fc.assert(
      fc.asyncProperty(changes, async (edits) => {
        let bytes = good;
        for (const [place, put] of edits)
          bytes = bytes.slice(0, place) + put + bytes.slice(place + 1);
        let value: unknown;
        try {
          value = JSON.parse(bytes);
        } catch {
          return; // The door answers that.
        }
        parsed += 1;
        await take(value);
      }),
      { numRuns: 500 },
    );
    expect(parsed).toBeGreaterThan(25);
  });

  it("may be huge: lists, texts, names, numbers and depth are bounded, and the rest is counted", async () => {
    const long = "x y".repeat(100_000);
    const wide = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`k${index}`, long.slice(0, 1_000)]),
    );
    let deep: unknown = "end";
    for (let level = 0; level < 500; level += 1) deep = [deep];
    const item = { timestamp: at(0), context: wide };
    await take({
      meta: { ...META, view: { name: long }, app: { version: long } },
      logs: [{ ...item, message: long }, { message: deep }, { message: "é".repeat(100_000) }],
      events: [{ ...item, name: "e", attributes: { ...wide, "url.full": `https://a.b/${long}` } }],
      measurements: [{ ...item, type: "m", values: wide }],
      exceptions: [
        {
          ...item,
          type: long,
          value: long,
          stacktrace: {
            frames: Array.from({ length: 2_000 }, () => ({
              function: long.slice(0, 500),
              filename: long.slice(0, 500),
            })),
          },
          context: {
            trail: JSON.stringify(
              Array.from({ length: 900 }, (_, at) => ({ at, kind: "k", text: "é".repeat(200) })),
            ),
            causes: JSON.stringify(
              Array.from({ length: 900 }, () => ({
                type: "T",
                message: "é".repeat(100),
                stack: "E: x\n    at f (a.js:1:1)",
              })),
            ),
            component_stack: long,
            n: "1e300",
          },
        },
      ],
    });
    expect(rig.ofKind("error")[0]?.attributes["n"]).toBe(10_000);
    const many = {
      meta: META,
      logs: Array.from({ length: 3_000 }, (_, index) => ({
        message: `${index}`,
        timestamp: at(0),
      })),
    };
    expect(await rig.intake.take(rig.beacon(many))).toEqual({
      status: "safe",
      items: 1_000,
      dropped: 2_000,
    });
  });
});

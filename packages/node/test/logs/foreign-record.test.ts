import { context, trace } from "@opentelemetry/api";
import { LoggerProvider } from "@opentelemetry/sdk-logs";
import { createRedactor, LOKI_LIMIT } from "@sightline/core";
import type { LineRecord } from "@sightline/wire";
import { describe, expect, it } from "vitest";
import { toForeignLine } from "../../src/logs/foreign-record.ts";
import { runInScope } from "../../src/scope/request-scope.ts";

const NOW = 1_700_000_000_000;
const redactor = createRedactor();

type Emitted = Parameters<ReturnType<LoggerProvider["getLogger"]>["emit"]>[0];

/** What a library says through the API, as the real SDK hands it to us. */
function lineOf(record: Emitted): LineRecord {
  const lines: LineRecord[] = [];
  const provider = new LoggerProvider({
    processors: [
      {
        onEmit: (readable) => void lines.push(toForeignLine(readable, redactor, NOW)),
        forceFlush: async () => undefined,
        shutdown: async () => undefined,
      },
    ],
  });
  provider.getLogger("the-library", "1.2").emit({ timestamp: NOW, ...record });
  const [line] = lines;
  if (line === undefined) throw new Error("no record came");
  return line;
}

describe("a record of a library", () => {
  it("becomes a line with its logger, severity, event and trace", () => {
    const spanContext = {
      traceId: "0af7651916cd43dd8448eb211c80319c",
      spanId: "b7ad6b7169203331",
      traceFlags: 1,
    };
    const line = lineOf({
      body: "cart is full",
      severityNumber: 13,
      severityText: "WARN",
      eventName: "cart.full",
      attributes: { rows: 3, isCached: true, ratio: 0.5 },
      context: trace.setSpanContext(context.active(), spanContext),
    });
    expect(line).toEqual({
      timeUnixMillis: NOW,
      severityNumber: 13,
      severityText: "WARN",
      body: "cart is full",
      attributes: {
        rows: 3,
        isCached: true,
        ratio: 0.5,
        kind: "log",
        "logger.name": "the-library",
      },
      ...spanContext,
      eventName: "cart.full",
    });
  });

  it("is masked in body and attributes, whatever their types", () => {
    const line = lineOf({
      body: { password: "hunter2", rows: 3, list: ["a@b.example"] },
      attributes: {
        token: "hunter2",
        tags: ["a", "b@mail.example"],
        nested: { apiKey: "hunter2", kept: 1 },
        "url.query": "secret=hunter2",
        "url.full": "https://u:hunter2@x.example/a?b=hunter2",
      },
    });
    expect(JSON.parse(line.body)).toEqual({
      password: "[redacted:key]",
      rows: 3,
      list: ["[redacted:email]"],
    });
    expect(line.attributes).toMatchObject({
      token: "[redacted:key]",
      tags: '["a","[redacted:email]"]',
      nested: '{"apiKey":"[redacted:key]","kept":1}',
    });
    expect(JSON.stringify(line)).not.toContain("hunter2");
  });

  it("carries the user of the request, and is an ordinary line whatever it says it is", () => {
    const scope = { userHash: "0123456789abcdef" };
    const line = runInScope(scope, () => lineOf({ body: "x", attributes: { kind: "crash" } }));
    expect(line.attributes).toMatchObject({ kind: "log", "user.hash": "0123456789abcdef" });
  });

  it.each([
    ["too old", NOW - LOKI_LIMIT.maxAgeMillis - 1],
    ["too far ahead", NOW + LOKI_LIMIT.maxFutureMillis + 1],
  ])("that is %s for the store is stamped with now, its own time beside it", (_what, timestamp) => {
    const line = lineOf({ body: "x", timestamp });
    expect(line.timeUnixMillis).toBe(NOW);
    expect(line.attributes).toMatchObject({ event_ts: timestamp });
  });

  it("keeps its own time within the store's window", () => {
    const timestamp = NOW - 3_600_000;
    const line = lineOf({ body: "x", timestamp });
    expect(line.timeUnixMillis).toBe(timestamp);
    expect(line.attributes).not.toHaveProperty("event_ts");
  });

  it("is limited like any other line", () => {
    const attributes = Object.fromEntries(Array.from({ length: 90 }, (_, n) => [`k${n}`, n]));
    const line = lineOf({ body: "word ".repeat(1_000_000), attributes });
    expect(Buffer.byteLength(line.body)).toBeLessThanOrEqual(LOKI_LIMIT.maxBodyBytes);
    expect(line.attributes).toMatchObject({ fields_dropped: 26 });
    expect(line.attributes["cut_bytes"]).toBeGreaterThan(4_000_000);
  });

  it("may have no body at all", () => {
    expect(lineOf({ attributes: { a: 1 } }).body).toBe("");
    expect(lineOf({ body: 17 }).body).toBe("17");
  });
});

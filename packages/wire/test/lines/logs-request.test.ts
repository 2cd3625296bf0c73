import { type AttributeValue, decodeLogRecord, LOKI_LIMIT } from "@sightline/core";
import { describe, expect, it } from "vitest";
import { createRecordEncoder, encodeResource, encodeScope } from "../../src/lines/encode-record.ts";
import {
  bytesInRequest,
  encodeLogsRequest,
  readRecordNanos,
  restampRecord,
} from "../../src/lines/logs-request.ts";
import { createRecordClock } from "../../src/lines/record-clock.ts";
import { decodeRecord, decodeRequest } from "../fixtures/decode-logs.ts";

const TIME = 1_700_000_000_123;
const resource = encodeResource({ "service.name": "shop", "process.pid": 17 });
const scope = encodeScope("@sightline/node", "0.1.0");

function makeRecord(body: string, attributes: Record<string, AttributeValue> = {}): Uint8Array {
  const record = {
    timeUnixMillis: TIME,
    severityNumber: 9,
    severityText: "info",
    body,
    attributes,
  };
  return Uint8Array.from(createRecordEncoder().encode(record, createRecordClock().stamp(TIME)));
}

describe("a request", () => {
  it.each([0, 1, 2, 130, 20_000])("of %i records is read back by another decoder", (count) => {
    const records = Array.from({ length: count }, (_, n) => makeRecord(`line ${n}`));
    const request = encodeLogsRequest({ resource, scope, records });
    const [read, ...more] = decodeRequest(request);
    expect(more).toEqual([]);
    expect(read?.resource).toEqual([
      ["service.name", "shop"],
      ["process.pid", 17],
    ]);
    expect(read?.scope).toEqual({ name: "@sightline/node", version: "0.1.0" });
    expect(read?.records.map(({ body }) => body)).toEqual(records.map((_, n) => `line ${n}`));
  });

  it("grows by each record as it was foretold", () => {
    const records = [makeRecord("a"), makeRecord("b".repeat(200)), makeRecord("c".repeat(20_000))];
    const empty = encodeLogsRequest({ resource, scope, records: [] }).length;
    const foretold = records.reduce((bytes, record) => bytes + bytesInRequest(record), empty);
    const actual = encodeLogsRequest({ resource, scope, records }).length;
    // The lengths around all records take some bytes more as they grow.
    expect(actual - foretold).toBeGreaterThanOrEqual(0);
    expect(actual - foretold).toBeLessThanOrEqual(4);
  });
});

describe("a record that the store would refuse for its time", () => {
  it("gets another one, and keeps its own as event_ts", () => {
    const old = makeRecord("the last words", { kind: "log" });
    const now = BigInt(TIME + LOKI_LIMIT.maxAgeMillis + 1) * 1_000_000n;
    const restamped = restampRecord(old, now) ?? new Uint8Array();
    expect(decodeRecord(restamped)).toMatchObject({
      timeUnixNano: String(now),
      observedTimeUnixNano: String(now),
      body: "the last words",
      attributes: [
        ["kind", "log"],
        ["event_ts", TIME],
      ],
    });
    expect(readRecordNanos(restamped)).toBe(now);
    expect(decodeLogRecord(restamped)?.attributes).toEqual({ kind: "log", event_ts: TIME });
    expect(readRecordNanos(old)).toBe(BigInt(TIME) * 1_000_000n);
  });

  it("is undefined where the bytes are none of a record", () => {
    for (const bytes of [new Uint8Array(), new Uint8Array(8), Uint8Array.of(9, 1, 2)]) {
      expect(readRecordNanos(bytes)).toBeUndefined();
      expect(restampRecord(bytes, 1n)).toBeUndefined();
    }
  });
});

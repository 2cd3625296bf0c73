/** The bytes that our own encoder makes, read by a real collector and kept by a real Loki. */
import { LOKI_LIMIT } from "@sightline/core";
import {
  createDelivery,
  createLineSink,
  createRecordClock,
  createRecordEncoder,
  encodeLogsRequest,
  encodeResource,
  encodeScope,
  restampRecord,
} from "@sightline/wire";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readLines } from "../harness/otlp.ts";
import { createTestStack, type TestStack } from "../harness/stack.ts";
import { until } from "../harness/until.ts";

const SCOPE = { name: "@sightline/test", version: "1" };

let stack: TestStack;

beforeAll(async () => {
  stack = await createTestStack();
  const up = await stack.run("up", "--only", "stack", "--mode", "embedded");
  expect(up.code, up.stderr).toBe(0);
}, 300_000);

afterAll(() => stack.dispose());

function open(service: string) {
  const delivery = createDelivery({ endpoint: stack.url("otlp") });
  const resource = { "service.name": service };
  return { delivery, lines: createLineSink({ delivery, resource, scope: SCOPE }) };
}

/** Waits until a line that was sent last is there: what was sent before it is there, or never will be. */
async function storedLines(service: string, last: string) {
  return until(`"${last}" in Loki`, async () => {
    const stored = await readLines(stack.url("loki"), service);
    return stored.some(({ line }) => line === last) && stored;
  });
}

it("keeps each of 200 equal lines of one millisecond, and each field of a line", async () => {
  const { delivery, lines } = open("equal-lines");
  const line = { timeUnixMillis: Date.now(), severityNumber: 9, severityText: "info" };
  for (let n = 0; n < 200; n += 1) {
    lines.emit({ ...line, body: "the same", attributes: { kind: "log" } });
  }
  lines.emit({
    ...line,
    severityNumber: 17,
    severityText: "error",
    body: "grüße \u{1f600} \ud800",
    attributes: { kind: "log", n: -7, ratio: 0.5, isPaid: true, "user.hash": "0123456789abcdef" },
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    traceFlags: 1,
  });
  lines.handOver();
  expect(await delivery.shutdown(10_000)).toEqual({ status: "flushed" });

  const stored = await storedLines("equal-lines", "grüße \u{1f600} \ufffd");
  expect(stored.filter((kept) => kept.line === "the same")).toHaveLength(200);
  const whole = stored.find((kept) => kept.line.startsWith("grüße"));
  expect(whole?.fields).toMatchObject({
    kind: "log",
    severity_number: "17",
    severity_text: "error",
    n: "-7",
    ratio: "0.5",
    isPaid: "true",
    user_hash: "0123456789abcdef",
    trace_id: "0af7651916cd43dd8448eb211c80319c",
    span_id: "b7ad6b7169203331",
  });
}, 60_000);

it("keeps a line once that is sent again in another request, and one too old under a new time", async () => {
  const service = "sent-again";
  const resource = encodeResource({ "service.name": service });
  const scope = encodeScope(SCOPE.name, SCOPE.version);
  const encoder = createRecordEncoder();
  const clock = createRecordClock();
  const encode = (body: string, timeUnixMillis: number): Uint8Array => {
    const record = { timeUnixMillis, severityNumber: 9, severityText: "info", body };
    const time = clock.stamp(timeUnixMillis);
    return Uint8Array.from(encoder.encode({ ...record, attributes: { kind: "log" } }, time));
  };
  const delivery = createDelivery({ endpoint: stack.url("otlp") });
  const send = (records: readonly Uint8Array[]): void =>
    delivery.enqueue({
      signal: "logs",
      body: encodeLogsRequest({ resource, scope, records }),
      records: records.length,
      severityNumber: 9,
      createdUnixMillis: Date.now(),
    });

  const now = Date.now();
  const oldMillis = now - LOKI_LIMIT.maxAgeMillis - 3_600_000;
  const restamped = restampRecord(encode("from last week", oldMillis), BigInt(now) * 1_000_000n);
  if (restamped === undefined) throw new Error("the encoder's own bytes are not read");
  const twice = encode("sent twice", now);
  send([twice, encode("between", now)]);
  send([twice]);
  send([restamped, encode("last", now + 1)]);
  expect(await delivery.shutdown(10_000)).toEqual({ status: "flushed" });

  const stored = await storedLines(service, "last");
  expect(stored.map(({ line }) => line).sort()).toEqual([
    "between",
    "from last week",
    "last",
    "sent twice",
  ]);
  const old = stored.find(({ line }) => line === "from last week");
  expect(old?.fields["event_ts"]).toBe(String(oldMillis));
}, 60_000);

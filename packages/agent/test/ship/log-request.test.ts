import { describe, expect, test } from "vitest";
import type { LogEntry } from "../../src/lines/log-entry.ts";
import { type OwnedEntry, serializeEntries } from "../../src/ship/log-request.ts";
import { countResources, decodeLogs } from "./support/decode-logs.ts";
import { makeIdentity } from "./support/numbered-lines.ts";

const api = makeIdentity("api");
const web = makeIdentity("web");

function own(more: Partial<LogEntry> = {}, identity = api): OwnedEntry {
  const entry: LogEntry = {
    body: "hello",
    severityNumber: 9,
    attributes: {},
    time: [1_700_000_000, 123_456_789],
    lines: 1,
    ...more,
  };
  return { entry, identity, step: undefined };
}

function decode(entries: readonly OwnedEntry[]) {
  const { requests } = serializeEntries(entries);
  return requests.flatMap(({ body }) => decodeLogs(body));
}

describe("an entry on the wire", () => {
  test("keeps every nanosecond, and is observed when it was written: a second copy is the same", () => {
    const times = [
      [1_700_000_000, 123_456_789],
      [1_700_000_000, 123_456_790],
      [0, 1],
      [4_102_444_800, 999_999_999],
    ] as const;
    const logs = decode(times.map((time) => own({ time })));
    expect(logs.map((log) => [log.timeUnixNanos, log.observedUnixNanos])).toEqual(
      times.map(([seconds, nanos]) => {
        const all = String(BigInt(seconds) * 1_000_000_000n + BigInt(nanos));
        return [all, all];
      }),
    );
  });

  test("carries text, severity, stream, trace and attributes of every kind", () => {
    const [log] = decode([
      own({
        body: "größer 🎈\u0000",
        severityNumber: 17,
        severityText: "ERROR",
        stream: "stderr",
        traceId: "0af7651916cd43dd8448eb211c80319c",
        spanId: "b7ad6b7169203331",
        attributes: { text: "x", whole: 7, part: 0.5, yes: true },
      }),
    ]);
    expect(log).toMatchObject({
      resource: { "service.name": "api", "host.name": "vm-1" },
      body: "größer 🎈\u0000",
      severityNumber: 17,
      severityText: "ERROR",
      traceId: "0af7651916cd43dd8448eb211c80319c",
      spanId: "b7ad6b7169203331",
      attributes: {
        kind: "log",
        "log.iostream": "stderr",
        text: "x",
        whole: 7,
        part: 0.5,
        yes: true,
      },
    });
  });

  test("may have a trace without a span, and a kind of its own", () => {
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const [log] = decode([own({ traceId, attributes: { kind: "crash" } })]);
    expect(log).toMatchObject({ traceId, spanId: "", attributes: { kind: "crash" } });
    expect(log?.attributes).not.toHaveProperty("log.iostream");
  });
});

describe("a request", () => {
  test("names each resource once, however the entries are mixed", () => {
    const entries = [own({}, api), own({}, web), own({}, api), own({}, web)];
    const { requests } = serializeEntries(entries);
    expect(requests).toHaveLength(1);
    expect(countResources(requests[0]?.body as Uint8Array)).toBe(2);
  });

  test("is cut where it would be too large, and nothing is lost", () => {
    const entries = Array.from({ length: 50 }, (_, n) => own({ body: `${n} `.padEnd(1_000, "x") }));
    const { requests, lost } = serializeEntries(entries, 8_000);
    expect(requests.length).toBeGreaterThan(5);
    expect(Math.max(...requests.map(({ body }) => body.length))).toBeLessThanOrEqual(8_000);
    expect(requests.flatMap((request) => request.entries)).toEqual(entries);
    expect(lost).toEqual([]);
  });

  test("leaves out one entry that is too large alone, or that cannot be read, and no other", () => {
    const huge = own({ body: "x".repeat(9_000) });
    const trap = own();
    Object.defineProperty(trap.entry, "body", {
      get() {
        throw new Error("a getter that throws");
      },
    });
    const good = [own({ body: "a" }), own({ body: "b" })];
    const [a, b] = good as [OwnedEntry, OwnedEntry];
    const { requests, lost } = serializeEntries([a, huge, trap, b], 8_000);
    expect(requests.flatMap((request) => request.entries)).toEqual(good);
    expect(lost).toEqual([
      { owned: huge, reason: "too_large" },
      { owned: trap, reason: "serialization_failed" },
    ]);
  });
});

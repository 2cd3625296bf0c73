import { AGENT_DEFAULTS } from "@sightline/core";
import { describe, expect, it } from "vitest";
import type { Shipment, Shipper } from "../../src/ship/shipper.ts";
import { createLagMeter } from "../../src/sources/lag-meter.ts";
import type { Line, Position, Stream } from "../../src/sources/line.ts";
import { createRateLimiter } from "../../src/sources/rate-limit.ts";
import { createEntryRedactor } from "../../src/sources/redact-entry.ts";
import { createRunSink, type RunSinkOptions } from "../../src/sources/run-sink.ts";
import type { SourceSink } from "../../src/sources/source-sink.ts";

const START = 1_800_000_000;

/** A shipper that keeps what it is given. */
function createBed(options: Partial<RunSinkOptions> = {}): {
  sink: SourceSink;
  shipments: Shipment[];
  seen: string[];
  line: (text: string, stream?: Stream) => Line;
} {
  const shipments: Shipment[] = [];
  const positions = new Map<string, Position>();
  const seen: string[] = [];
  const shipper = {
    ship(shipment: Shipment) {
      shipments.push(shipment);
      if (shipment.read) positions.set(shipment.read.source, shipment.read.position);
    },
    room: () => undefined,
    positionOf: (source: string) => positions.get(source),
  } as unknown as Shipper;
  let n = 0;
  const line = (text: string, stream: Stream = "stdout"): Line => {
    n += 1;
    return { text, stream, time: [START, n * 1_000], position: n, cutBytes: 0 };
  };
  const sink = createRunSink({
    identity: { service: "web", release: "1.2", resource: {}, metricResource: {} },
    source: "docker:abc",
    life: "abc:1",
    mode: "ship",
    start: undefined,
    limiter: createRateLimiter(AGENT_DEFAULTS.rateLimit),
    redactor: createEntryRedactor(AGENT_DEFAULTS.redaction),
    shipper,
    clock: { now: () => START * 1_000, after: () => () => {} },
    observer: { onLine: ({ text }) => seen.push(text), onSingleLine() {} },
    lag: createLagMeter(),
    isUrgent: () => false,
    ...options,
  });
  return { sink, shipments, seen, line };
}

const bodies = (shipments: readonly Shipment[]): string[] =>
  shipments.flatMap(({ entries }) => entries.map(({ body }) => body));

describe("the way of the lines of one life", () => {
  it("joins each stream by itself, and keeps them apart", () => {
    const { sink, shipments, line } = createBed();
    for (const each of [
      line("Error: no such order", "stderr"),
      line("GET /health"),
      line("    at find (/app/orders.js:7:9)", "stderr"),
      line("GET /orders"),
    ]) {
      sink.push(each);
    }
    sink.flush();
    const logs = shipments.flatMap(({ entries }) => entries).filter(({ lines }) => lines > 0);
    expect(logs.map(({ stream, body }) => [stream, body]).sort()).toEqual([
      ["stderr", "Error: no such order\n    at find (/app/orders.js:7:9)"],
      ["stdout", "GET /health"],
      ["stdout", "GET /orders"],
    ]);
  });

  it("moves a quiet stream on with the other, but never past what is held", () => {
    const { sink, shipments, line } = createBed();
    sink.push(line("first"));
    sink.push(line("Error: held", "stderr"));
    sink.push(line("second"));
    sink.push(line("third"));
    const held = shipments.at(-1)?.read?.position;
    expect(held).toMatchObject({ stdout: 3 });
    expect((held as { stderr?: number }).stderr ?? 1).toBeLessThan(2);
    sink.flush();
    expect(shipments.at(-1)?.read?.position).toEqual({ stdout: 4, stderr: 4 });
    expect(sink.resumePosition("stderr")).toBe(4);
  });

  it("masks secrets before anything is shipped", () => {
    const { sink, shipments, line } = createBed();
    sink.push(line('{"msg":"login","password":"hunter2","email":"jane@example.com"}'));
    sink.push(line("token=ghp_0123456789abcdefghijklmnopqrstuvwxyz went out"));
    sink.flush();
    const text = JSON.stringify(shipments);
    expect(text).not.toContain("hunter2");
    expect(text).not.toContain("jane@example.com");
    expect(text).not.toContain("ghp_0123456789");
    expect(text).toContain("login");
  });

  it("adds a compact error record beside a line that carries an error", () => {
    const { sink, shipments, line } = createBed();
    sink.push(line("TypeError: x is not a function\n    at total (/app/cart.js:3:1)"));
    sink.flush();
    const [log, error] = shipments.flatMap(({ entries }) => entries);
    expect(error).toMatchObject({
      lines: 0,
      time: log?.time,
      attributes: {
        kind: "error",
        fp: log?.attributes["fp"],
        exception_type: "TypeError",
        handled: true,
        release: "1.2",
        n: 1,
      },
    });
  });

  it("leaves out lines below WARN past the rate limit, counts them, and says so once", () => {
    const { sink, shipments, line } = createBed({
      limiter: createRateLimiter({ linesPerSecond: 1, burstLines: 3 }),
    });
    for (let n = 0; n < 50; n += 1) sink.push(line(`INFO line ${n}`));
    sink.push(line("ERROR the one that matters"));
    sink.flush();
    const told = bodies(shipments).filter((body) => body.startsWith("sightline:"));
    expect(told).toHaveLength(2);
    expect(told[1]).toMatch(/47 lines of this source were left out/);
    expect(bodies(shipments)).toContain("ERROR the one that matters");
    const dropped = shipments.reduce(
      (sum, { read }) => sum + (read?.dropped?.rate_limited ?? 0),
      0,
    );
    expect(dropped).toBe(47);
  });

  it("cuts a body to what the store takes, and says how much is missing", () => {
    const { sink, shipments, line } = createBed();
    sink.push(line("\ufffd".repeat(200_000)));
    sink.flush();
    const [entry] = shipments.flatMap(({ entries }) => entries);
    expect(Buffer.byteLength(entry?.body ?? "")).toBeLessThanOrEqual(250_000);
    expect(entry?.attributes["cut_bytes"]).toBe(600_000 - Buffer.byteLength(entry?.body ?? ""));
  });

  it("says a gap where the missing lines would be", () => {
    const { sink, shipments, line } = createBed();
    sink.push(line("before"));
    sink.flush();
    sink.gap({ reason: "source_rotated", lines: 1_234, detail: "rotated" });
    sink.gap({ reason: "source_rotated", lines: undefined, detail: "rotated too" });
    expect(bodies(shipments).slice(1)).toEqual([
      "sightline: 1,234 lines of this source are missing here: rotated",
      "sightline: an unknown number of lines of this source are missing here: rotated too",
    ]);
    expect(shipments[1]?.read?.dropped).toEqual({ source_rotated: 1_234 });
    expect(shipments[2]?.read?.unknownGaps).toBe(1);
  });

  it("ships nothing in tail mode, but lets the lines be seen", () => {
    const { sink, shipments, seen, line } = createBed({ mode: "tail" });
    sink.push(line("only for the crash record"));
    sink.flush();
    expect(shipments).toEqual([]);
    expect(seen).toEqual(["only for the crash record"]);
  });
});

import type { Redactor } from "@sightline/core";
import type { Clock } from "@sightline/wire";
import type { Shipper } from "../ship/shipper.ts";
import { createLagMeter } from "./lag-meter.ts";
import { createRateLimiter } from "./rate-limit.ts";
import { createRunSink } from "./run-sink.ts";

/** One of each kind that takes a way of its own. */
const LINES: readonly string[] = [
  "2026-01-01 00:00:00 INFO ready",
  '{"level":"error","msg":"failed","err":{"stack":"Error: failed\\n    at run (/app/a.js:1:1)"}}',
  "level=info msg=ready port=8080",
  "Error: failed",
  "    at run (/app/a.js:1:1)",
  '10.0.0.1 - - [01/Jan/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "-" 0.001',
];
const ROUNDS = 50;

/** Takes what it is given nowhere. */
const NOWHERE: Shipper = {
  ship() {},
  room: () => undefined,
  positionOf: () => undefined,
  sources: () => [],
  forget() {},
  flush: async () => {},
  shutdown: async () => {},
  stats: () => ({
    journalBytes: 0,
    waitingRecords: 0,
    lastAcknowledgedUnixMillis: undefined,
    lastError: undefined,
    refusedBatches: 0,
    corruptFiles: 0,
  }),
};

/**
 * Runs lines through the whole way once, before any container is met. The first lines of a process
 * cost tenths of a second, while everything is compiled; a container that is removed in that time
 * would be gone before its log is opened.
 */
export function warmUp(redactor: Redactor, clock: Clock): void {
  const sink = createRunSink({
    identity: { service: "warm-up", release: undefined, resource: {}, metricResource: {} },
    source: "warm-up",
    life: "warm-up",
    mode: "ship",
    start: undefined,
    limiter: createRateLimiter({ linesPerSecond: 1_000_000, burstLines: 1_000_000 }),
    redactor,
    shipper: NOWHERE,
    clock,
    lag: createLagMeter(),
    observer: { onLine() {}, onSingleLine() {} },
    isUrgent: () => false,
  });
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [nanos, text] of LINES.entries()) {
      sink.push({ text, time: [round, nanos], stream: "stdout", position: null, cutBytes: 0 });
    }
  }
  sink.flush();
}

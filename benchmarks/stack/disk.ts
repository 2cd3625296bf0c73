import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { RESOURCE } from "@sightline/core";
import type { TestStack } from "../../test/harness/stack.ts";
import { until } from "../../test/harness/until.ts";
import type { PartContext } from "../part.ts";
import { formatFigure, type Section } from "../report.ts";
import { readDiskUsage } from "./disk-usage.ts";
import { countLines, readMetric } from "./loki.ts";
import { runCli, startServers, withStack } from "./own-stack.ts";
import { createRandom, makeLine, type OtlpRecord } from "./sample-lines.ts";

const FULL_LINES = 100_000;
const QUICK_LINES = 20_000;
const BATCH_LINES = 1_000;
const DAY_MILLIS = 86_400_000;
const SERVICE = "bench-shop";
const SELECTOR = `{service_name="${SERVICE}"}`;
const SEED = 20_240_101;
const SEND_TIMEOUT_MILLIS = 30_000;
const BUSY_WAIT_MILLIS = 500;
const SETTLE_TIMEOUT_MILLIS = 180_000;
const MEGABYTE = 1_000_000;

interface Sent {
  readonly lines: number;
  readonly printedBytes: number;
  readonly seconds: number;
}

/** A day of lines through the collector into Loki, then what lies on disk once all is stopped. */
export async function measureDisk({ isQuick, note }: PartContext): Promise<Section> {
  const lines = isQuick ? QUICK_LINES : FULL_LINES;
  return withStack(async (stack) => {
    await startServers(stack);
    note(`disk: sending ${lines} lines`);
    const sent = await sendLines(stack, lines);
    await waitUntilStored(stack, lines);
    await flushChunks(stack);
    note("disk: everything is stored; stopping the stack");
    await runCli(stack, "down");
    return describe(sent, readStores(stack));
  });
}

async function sendLines(stack: TestStack, lines: number): Promise<Sent> {
  const random = createRandom(SEED);
  // Spread over a day, in order: Loki cuts a chunk per hour of it, as it would with real traffic.
  const firstMillis = Date.now() - DAY_MILLIS;
  const startedMillis = performance.now();
  let printedBytes = 0;
  for (let from = 0; from < lines; from += BATCH_LINES) {
    const batch = Array.from({ length: Math.min(BATCH_LINES, lines - from) }, (_, index) =>
      makeLine(random, Math.floor(firstMillis + ((from + index) / lines) * DAY_MILLIS)),
    );
    for (const { printed } of batch) printedBytes += Buffer.byteLength(printed) + 1;
    await sendBatch(
      stack.url("otlp"),
      batch.map(({ record }) => record),
    );
  }
  return { lines, printedBytes, seconds: (performance.now() - startedMillis) / 1000 };
}

/** The resource of a service that uses `@sightline/node`: it becomes part of every stored line. */
const ATTRIBUTES = Object.entries({
  [RESOURCE.serviceName]: SERVICE,
  [RESOURCE.serviceVersion]: "1.4.2",
  [RESOURCE.serviceInstanceId]: "0b8b3f0e-6a4f-4a53-9d0e-9f2f3c1f8a11",
  [RESOURCE.deploymentEnvironmentName]: "production",
  [RESOURCE.telemetryDistroName]: "sightline",
}).map(([key, stringValue]) => ({ key, value: { stringValue } }));

async function sendBatch(otlpUrl: string, logRecords: readonly OtlpRecord[]): Promise<void> {
  const body = JSON.stringify({
    resourceLogs: [{ resource: { attributes: ATTRIBUTES }, scopeLogs: [{ logRecords }] }],
  });
  for (;;) {
    const response = await fetch(`${otlpUrl}/v1/logs`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      signal: AbortSignal.timeout(SEND_TIMEOUT_MILLIS),
    });
    const answer = await response.text();
    if (response.ok) return;
    if (response.status !== 503 && response.status !== 429) {
      throw new Error(`the collector answered ${response.status}: ${answer}`);
    }
    await delay(BUSY_WAIT_MILLIS);
  }
}

async function waitUntilStored(stack: TestStack, lines: number): Promise<void> {
  const isQueueEmpty = async (): Promise<boolean> =>
    (await readMetric(
      `${stack.url("collector_metrics")}/metrics`,
      "otelcol_exporter_queue_size",
      "loki",
    )) === 0;
  await until(
    `${lines} lines in Loki and an empty queue`,
    async () =>
      (await isQueueEmpty()) && (await countLines(stack.url("loki"), SELECTOR, "25h")) === lines,
    SETTLE_TIMEOUT_MILLIS,
  );
}

/** Everything in memory becomes a chunk on disk, as it does by itself within the hour. */
async function flushChunks(stack: TestStack): Promise<void> {
  const metrics = `${stack.url("loki")}/metrics`;
  const created = await readMetric(metrics, "loki_ingester_chunks_created_total");
  const response = await fetch(`${stack.url("loki")}/flush`, { method: "POST" });
  if (!response.ok) throw new Error(`Loki answered ${response.status} to /flush`);
  await until(
    "Loki to write its chunks",
    async () =>
      (await readMetric(metrics, "loki_ingester_chunks_stored_total")) >= created &&
      (await readMetric(metrics, "loki_ingester_flush_queue_length")) === 0,
    SETTLE_TIMEOUT_MILLIS,
  );
}

interface Stores {
  readonly chunks: number;
  readonly index: number;
  /** Kept for a restart; Loki cuts it down as chunks are written. */
  readonly writeAheadLog: number;
  readonly lokiRest: number;
  readonly collectorQueue: number;
}

function readStores(stack: TestStack): Stores {
  const loki = join(stack.data, "stack/stores/loki");
  const usage = (...path: string[]): number => readDiskUsage(join(loki, ...path));
  // The index lies beside the chunks once it is shipped, and with its writer before.
  const index =
    usage("chunks", "index") + usage("chunks", "loki_cluster_seed.json") + usage("tsdb-index");
  const chunks = usage("chunks") - usage("chunks", "index");
  const others = readdirSync(loki).filter(
    (name) => !["chunks", "tsdb-index", "wal"].includes(name),
  );
  return {
    chunks,
    index,
    writeAheadLog: usage("wal"),
    lokiRest: others.reduce((sum, name) => sum + usage(name), 0),
    collectorQueue: readDiskUsage(join(stack.data, "stack/stores/collector")),
  };
}

function describe(sent: Sent, stores: Stores): Section {
  const { lines, printedBytes, seconds } = sent;
  const kept = stores.chunks + stores.index;
  const row = (name: string, bytes: number): string[] => [
    name,
    formatFigure(((bytes / lines) * 100_000) / MEGABYTE),
    formatFigure(bytes / lines),
    `${formatFigure((bytes / printedBytes) * 100)} %`,
  ];
  return {
    part: "disk",
    title: `Disk, measured with ${lines} lines`,
    tables: [
      {
        columns: ["what", "MB per 100,000 lines", "bytes per line", "of the printed lines"],
        rows: [
          row("lines as printed (JSON)", printedBytes),
          row("Loki: chunks", stores.chunks),
          row("Loki: index", stores.index),
          row("kept for the retention time", kept),
        ],
      },
      {
        columns: ["passing: does not grow with what is kept", "MB"],
        rows: [
          ["Loki: write-ahead log, after this run", formatFigure(stores.writeAheadLog / MEGABYTE)],
          ["Loki: the rest", formatFigure(stores.lokiRest / MEGABYTE)],
          ["collector: its queues, empty", formatFigure(stores.collectorQueue / MEGABYTE)],
        ],
      },
    ],
    targets: [],
    notes: [
      `Sent and acknowledged at ${formatFigure(lines / seconds)} lines/s by one sender, one request of ${BATCH_LINES} lines after the other; every line was counted back in Loki.`,
    ],
    data: { ...sent, ...stores },
  };
}

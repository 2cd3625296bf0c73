import { setTimeout as delay } from "node:timers/promises";
import type { TestStack } from "../../test/harness/stack.ts";
import { atExit } from "../at-exit.ts";
import type { PartContext } from "../part.ts";
import { formatFigure, type Section } from "../report.ts";
import { type Summary, summarize } from "../statistics.ts";
import { createLineReader, type LineReader } from "./line-reader.ts";
import { startServers, withStack } from "./own-stack.ts";
import { type Sender, startSender } from "./sender.ts";
import { createTap, type Tap } from "./tap.ts";

const LINES_PER_SECOND = 5;
const FULL_SECONDS = 60;
const QUICK_SECONDS = 20;
const GIVE_UP_MILLIS = 60_000;
const WARM_UP_LINE = 0;
/** Ours is one of several services in one run; the others send to Loki without a collector. */
const OURS = "bench-sightline";

interface Series {
  readonly name: string;
  readonly service: string;
  /** Seconds between two sends of winston-loki, or undefined for our own package. */
  readonly intervalSeconds?: number;
}

const SERIES: readonly Series[] = [
  { name: "@sightline/node", service: OURS },
  {
    name: "winston-loki 6.1.7, every 5 s (its default)",
    service: "bench-peer",
    intervalSeconds: 5,
  },
  { name: "winston-loki 6.1.7, every 1 s", service: "bench-peer-fast", intervalSeconds: 1 },
];

interface SeriesResult {
  readonly name: string;
  readonly sent: number;
  readonly lost: number;
  readonly doubled: number;
  readonly millis: Summary;
}

/** Lines printed by real services, alternating, until a reader finds them in Loki. */
export async function measureLatency({ root, isQuick, note }: PartContext): Promise<Section> {
  const seconds = isQuick ? QUICK_SECONDS : FULL_SECONDS;
  const lineCount = seconds * LINES_PER_SECOND;
  return withStack(async (stack) => {
    await startServers(stack);
    const tap = await createTap(stack.url("otlp"));
    const closeTap = atExit(tap.close);
    try {
      const senders = await Promise.all(
        SERIES.map((series) => startSender(toSenderOptions(root, stack, tap, series))),
      );
      const reader = createLineReader(stack.url("loki"), '{service_name=~"bench-.+"}');
      await warmUp(senders, reader);
      note(`latency: ${lineCount} lines from each of ${SERIES.length} services, ${seconds} s`);
      await printLines(senders, lineCount);
      await reader.readUntil((reader) => countSeen(reader) >= lineCount * SERIES.length, {
        giveUpMillis: GIVE_UP_MILLIS,
      });
      for (const sender of senders) await sender.end();
      return describe(SERIES.map(toResult(reader, lineCount)), reader, tap, lineCount);
    } finally {
      await closeTap();
    }
  });
}

const toSenderOptions = (root: string, stack: TestStack, tap: Tap, series: Series) => ({
  root,
  env: { ...stack.env, OTEL_SERVICE_NAME: series.service, OTEL_EXPORTER_OTLP_ENDPOINT: tap.url },
  ...(series.intervalSeconds !== undefined && {
    peer: {
      host: stack.url("loki"),
      service: series.service,
      intervalSeconds: series.intervalSeconds,
    },
  }),
});

/** The first line of a process pays for connections and compiled code; it is not measured. */
async function warmUp(senders: readonly Sender[], reader: LineReader): Promise<void> {
  for (const sender of senders) sender.print(WARM_UP_LINE);
  await reader.readUntil(
    (reader) => SERIES.every(({ service }) => reader.seen(service).has(WARM_UP_LINE)),
    { giveUpMillis: GIVE_UP_MILLIS, mustSucceed: "the first line of every service" },
  );
  reader.start();
}

/** One line after the other, from service to service; gaps vary so that no timer falls in step. */
async function printLines(senders: readonly Sender[], lineCount: number): Promise<void> {
  const gapMillis = 1000 / LINES_PER_SECOND / senders.length;
  let due = performance.now();
  for (let number = 1; number <= lineCount; number++) {
    for (let turn = 0; turn < senders.length; turn++) {
      due += gapMillis * (0.5 + Math.random());
      await delay(Math.max(0, due - performance.now()));
      senders[(number + turn) % senders.length]?.print(number);
    }
  }
}

const measured = (reader: LineReader, service: string) =>
  [...reader.seen(service)].filter(([number]) => number !== WARM_UP_LINE);

const countSeen = (reader: LineReader): number =>
  SERIES.reduce((sum, { service }) => sum + measured(reader, service).length, 0);

const toResult =
  (reader: LineReader, lineCount: number) =>
  ({ name, service }: Series): SeriesResult => {
    const lines = measured(reader, service);
    return {
      name,
      sent: lineCount,
      lost: lineCount - lines.length,
      doubled: reader.doubled(service),
      millis: summarize(lines.map(([, { printedAt, readAt }]) => readAt - printedAt)),
    };
  };

function summarizeHops(reader: LineReader, tap: Tap): Readonly<Record<string, Summary>> {
  const lines = measured(reader, OURS).flatMap(([number, line]) => {
    const passage = tap.passages.get(number);
    return passage ? [{ ...line, ...passage }] : [];
  });
  return {
    "printed → sent (the batch waits up to 1 s)": summarize(
      lines.map((line) => line.sentAt - line.printedAt),
    ),
    "sent → acknowledged by the collector (on disk there)": summarize(
      lines.map((line) => line.acknowledgedAt - line.sentAt),
    ),
    // Negative where a reader was faster than the acknowledgement.
    "acknowledged → readable (its queue batches 200 ms)": summarize(
      lines.map((line) => line.readAt - line.acknowledgedAt),
    ),
  };
}

const asSeconds = (summary: Summary): string[] =>
  [summary.min, summary.p50, summary.p95, summary.max].map((millis) => (millis / 1000).toFixed(2));

function describe(
  results: readonly SeriesResult[],
  reader: LineReader,
  tap: Tap,
  lineCount: number,
): Section {
  const hops = summarizeHops(reader, tap);
  const gap = summarize(reader.gapsMillis());
  const statistics = ["min", "p50", "p95", "max"].map((name) => `${name}, s`);
  const ours = results[0];
  return {
    part: "latency",
    title: "Line printed → line readable by query",
    tables: [
      {
        columns: ["sender", ...statistics, "lines", "lost", "doubled"],
        rows: results.map((result) => [
          result.name,
          ...asSeconds(result.millis),
          String(result.sent),
          String(result.lost),
          String(result.doubled),
        ]),
      },
      {
        columns: ["hop of @sightline/node", ...statistics],
        rows: Object.entries(hops).map(([name, summary]) => [name, ...asSeconds(summary)]),
      },
    ],
    targets: [
      {
        name: "printed → readable, p95",
        value: (ours?.millis.p95 ?? Number.NaN) / 1000,
        limit: 3,
        unit: "s",
      },
      { name: "lines lost", value: ours?.lost ?? Number.NaN, limit: 0, unit: "lines" },
    ],
    notes: [
      `The reader asks again 100 ms after each answer; two answers were ${formatFigure(gap.p50)} ms apart at the median and ${formatFigure(gap.p95)} ms at p95. A figure is too high by at most that.`,
    ],
    data: { lineCount, linesPerSecond: LINES_PER_SECOND, results, hops, pollGapMillis: gap },
  };
}

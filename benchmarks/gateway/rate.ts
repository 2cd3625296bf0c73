import { startReceivers, whyNoReceivers } from "../../test/agent/receivers.ts";
import { until } from "../../test/harness/until.ts";
import { atExit } from "../at-exit.ts";
import type { PartContext } from "../part.ts";
import { formatFigure, type Section, type Target } from "../report.ts";
import {
  type BenchGateway,
  percentileOf,
  type Sent,
  send,
  startBenchGateway,
  startBenchSink,
} from "./bench-gateway.ts";
import { startOtlpReceiver } from "./otlp-receiver.ts";
import { LINES_PER_BEACON } from "./requests.ts";

const FULL_SECONDS = 20;
const QUICK_SECONDS = 4;
const CONNECTIONS = 64;
/** 12,000 a minute: pages of some thousand people who are there at once. */
const STEADY_PER_SECOND = 200;
const MAX_P99_MILLIS = 100;
const MAX_RSS_MB = 200;

interface Loads {
  readonly name: string;
  readonly steady: Sent;
  readonly full: Sent;
}

interface Run extends Loads {
  /** Of the console, in beacons that were answered with 204. */
  readonly lines: number;
  readonly lost: number;
}

export async function measureRate({ isQuick, note }: PartContext): Promise<Section> {
  const seconds = isQuick ? QUICK_SECONDS : FULL_SECONDS;
  const runs = [await toSink(seconds, note)];
  const peer = await toOtlpReceiver(seconds, note);
  const why = whyNoReceivers();
  if (why === undefined) runs.push(await toCollector(seconds, note));
  else note(`rate: without the collector: ${why}`);
  return describe(runs, peer, seconds);
}

async function toSink(seconds: number, note: PartContext["note"]): Promise<Run> {
  const sink = await startBenchSink();
  try {
    const name = "a sink that acknowledges at once";
    return await measureTo(sink.url, seconds, note, name, () => sink.lines());
  } finally {
    await sink.stop();
  }
}

/** The project's collector with the project's configuration: its queue is on disk, behind it is Loki. */
async function toCollector(seconds: number, note: PartContext["note"]): Promise<Run> {
  const receivers = await startReceivers();
  const dispose = atExit(() => receivers.dispose());
  try {
    return await measureTo(
      receivers.otlpUrl,
      seconds,
      note,
      "the collector, its queue on disk",
      (expected) => storedLines(receivers.lokiUrl, expected),
    );
  } finally {
    await dispose();
  }
}

async function measureTo(
  otlpUrl: string,
  seconds: number,
  note: PartContext["note"],
  name: string,
  countLines: (expected: number) => Promise<number>,
): Promise<Run> {
  const gateway = await startBenchGateway(otlpUrl);
  try {
    const sent = await measure(gateway, seconds, note, name);
    return { ...sent, lost: sent.lines - (await countLines(sent.lines)) };
  } finally {
    await gateway.stop();
  }
}

/** The same lines to the Collector alone, so that one sees what checking, masking and hashing cost. */
async function toOtlpReceiver(
  seconds: number,
  note: PartContext["note"],
): Promise<Loads | undefined> {
  const sink = await startBenchSink();
  try {
    const receiver = await startOtlpReceiver(sink.url);
    if (receiver === undefined) return undefined;
    try {
      const load = { kind: "otlp-lines", seconds, connections: CONNECTIONS } as const;
      note(`rate: the same lines to the Collector's OTLP receiver, ${seconds} s each`);
      await send(receiver, { ...load, seconds: 1 });
      const steady = await send(receiver, { ...load, perSecond: STEADY_PER_SECOND });
      const full = await send(receiver, load);
      return { name: "Collector's OTLP receiver, lines alone", steady, full };
    } finally {
      await receiver.stop();
    }
  } finally {
    await sink.stop();
  }
}

async function measure(
  gateway: BenchGateway,
  seconds: number,
  note: PartContext["note"],
  name: string,
): Promise<Omit<Run, "lost">> {
  const load = { kind: "beacons", seconds, connections: CONNECTIONS } as const;
  note(`rate: to ${name}, ${STEADY_PER_SECOND} beacons/s for ${seconds} s, then as many as go`);
  const warm = await send(gateway, { ...load, seconds: 1 });
  const steady = await send(gateway, { ...load, perSecond: STEADY_PER_SECOND });
  const full = await send(gateway, load);
  const accepted = [warm, steady, full].map(({ statuses }) => statuses["204"] ?? 0);
  const lines = accepted.reduce((sum, each) => sum + each, 0) * LINES_PER_BEACON;
  return { name, steady, full, lines };
}

/** Lines in Loki; waits until there are no more to come. */
async function storedLines(lokiUrl: string, expected: number): Promise<number> {
  const query =
    'sum(count_over_time({service_name="bench-web", kind="log"} |= `line of the bench` [1h]))';
  let found = 0;
  try {
    await until("the lines in Loki", async () => {
      const url = `${lokiUrl}/loki/api/v1/query?query=${encodeURIComponent(query)}`;
      const body = (await (await fetch(url)).json()) as {
        data: { result: { value: [number, string] }[] };
      };
      found = Number(body.data.result[0]?.value[1] ?? 0);
      return found >= expected;
    });
  } catch {
    // The difference is the finding.
  }
  return found;
}

function describe(runs: readonly Run[], peer: Loads | undefined, seconds: number): Section {
  const all: readonly Loads[] = peer === undefined ? runs : [...runs, peer];
  const cells = (name: string, sent: Sent): string[] => [
    name,
    formatFigure(sent.perSecond),
    formatFigure(percentileOf(sent.millis, 50)),
    formatFigure(percentileOf(sent.millis, 99)),
    `${formatFigure(sent.cpuPercent)} %`,
    formatFigure((sent.cpuPercent * 10_000) / sent.perSecond),
    formatFigure(sent.rss / 1e6),
  ];
  const columns = [
    "to",
    "beacons/s",
    "answer p50, ms",
    "p99, ms",
    "CPU of one core",
    "CPU per beacon, µs",
    "RSS, MB",
  ];
  const refused = runs.flatMap(({ name, full, steady }) =>
    [full, steady].flatMap(({ statuses }) =>
      Object.entries(statuses)
        .filter(([status]) => status !== "204")
        .map(([status, count]) => `${name}: ${count} answered ${status}`),
    ),
  );
  const [sink] = runs;
  const targets: Target[] = sink
    ? [
        {
          name: `p99 at ${STEADY_PER_SECOND} beacons/s`,
          value: percentileOf(sink.steady.millis, 99),
          limit: MAX_P99_MILLIS,
          unit: "ms",
        },
        {
          name: `memory at ${STEADY_PER_SECOND} beacons/s (RSS)`,
          value: sink.steady.rss / 1e6,
          limit: MAX_RSS_MB,
          unit: "MB",
        },
        ...runs.map(({ name, lost }) => ({
          name: `lines answered 204 and not found, to ${name}`,
          value: Math.abs(lost),
          limit: 0,
          unit: "lines",
        })),
      ]
    : [];
  return {
    part: "rate",
    title: "Beacons per second on one core",
    tables: [
      { columns, rows: all.map(({ name, full }) => cells(`${name}: as many as go`, full)) },
      { columns, rows: all.map(({ name, steady }) => cells(`${name}: steady`, steady)) },
    ],
    targets,
    notes: [
      `${CONNECTIONS} connections, ${seconds} s each; a beacon has ${LINES_PER_BEACON} lines of a console (2.9 kB), each tenth an error with 12 frames, each fifth a vital. The answer comes when all of it is acknowledged. Steady: times count from when a beacon was due.`,
      "The Collector's OTLP receiver gets the same lines as OTLP/JSON and nothing else: no key, origin, limit, masking, hash, error or vital, and it answers when its queue on disk has them. It shows what the gateway's work costs; it is no way to take beacons. A receiver of Faro's own payloads could not be built from Go modules.",
      ...refused,
    ],
    data: all.map(({ name, steady, full }) => ({
      name,
      steady: brief(steady),
      full: brief(full),
    })),
  };
}

function brief({ millis, ...rest }: Sent): unknown {
  return { ...rest, p50: percentileOf(millis, 50), p99: percentileOf(millis, 99) };
}

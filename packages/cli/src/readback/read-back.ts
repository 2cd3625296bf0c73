import {
  LOKI_METADATA,
  PROMETHEUS,
  PROMETHEUS_LABEL,
  RESOURCE,
  STACK_SERVICE_NAME,
} from "@sightline/core";
import { type Context, serverUrl } from "../context.ts";
import { getJson } from "../query/http-json.ts";
import { lineQuery, quote } from "../query/logql.ts";
import { type LogEntry, queryLines, queryLokiVector } from "../query/loki.ts";
import { queryNumber } from "../query/prometheus.ts";
import type { Progress } from "../report/progress.ts";
import { EXAMPLE_SERVICE_NAME } from "../stack/example.ts";
import { readUsage } from "../stack/process.ts";
import { readSpec } from "../stack/spec.ts";
import { readState } from "../stack/state.ts";
import { waitFor } from "../stack/wait.ts";
import { readSignalCounts } from "./counts.ts";
import { findBrokenHop, type SignalName } from "./hops.ts";
import type { SentTraffic } from "./traffic.ts";

/** What was found of one signal, or where it got lost. */
export type ReadBack =
  | {
      readonly signal: "logs";
      readonly status: "read";
      readonly service: string;
      readonly bySeverity: Readonly<Record<string, number>>;
      readonly sample: LogEntry;
    }
  | {
      readonly signal: "metrics";
      readonly status: "read";
      readonly requests: number;
      readonly requestsPerMinute: number;
      readonly p95Seconds: number | undefined;
    }
  | { readonly signal: "heartbeat"; readonly status: "read"; readonly serversUp: number }
  | {
      readonly signal: "traces";
      readonly status: "read";
      readonly spans: number;
      readonly isStored: boolean;
    }
  | {
      readonly signal: SignalName;
      readonly status: "lost";
      readonly hop: string;
      readonly advice: string;
    };

const TIMEOUT_MILLIS = 45_000;
const EVERY_MILLIS = 500;
/** Its log is the place to look for why no heartbeat left. */
const HEARTBEAT_SENDER = "supervisor";

/** Asks the stores for what the example just sent, until it is there or the time is over. */
export function readBackExample(
  context: Context,
  progress: Progress,
  traffic: SentTraffic,
): Promise<ReadBack[]> {
  return progress.step("reading every signal back", async (note) => {
    note("from Loki, Prometheus and the collector");
    const results = await Promise.all([
      orLost(context, "logs", EXAMPLE_SERVICE_NAME, () =>
        // The example writes a line for each request, and more where something is wrong.
        readLogs(context, EXAMPLE_SERVICE_NAME, traffic.startedUnixMillis, traffic.sent),
      ),
      orLost(context, "metrics", EXAMPLE_SERVICE_NAME, () => readMetrics(context, traffic)),
      orLost(context, "traces", EXAMPLE_SERVICE_NAME, () => readSpans(context, traffic)),
    ]);
    note("");
    return results;
  });
}

/** Without an example, the stack's own heartbeat is read back. */
export function readBackHeartbeat(context: Context, progress: Progress): Promise<ReadBack[]> {
  const since = firstBeatUnixMillis(context);
  return progress.step("reading the heartbeat back", async () =>
    Promise.all([
      orLost(context, "logs", HEARTBEAT_SENDER, () =>
        readLogs(context, STACK_SERVICE_NAME, since, 1),
      ),
      orLost(context, "metrics", HEARTBEAT_SENDER, () => readHeartbeatMetric(context, since)),
      orLost(context, "traces", HEARTBEAT_SENDER, () => readHeartbeatSpans(context)),
    ]),
  );
}

/** Only what the running supervisor sent counts: the beat of a run before tells nothing of this one. */
function firstBeatUnixMillis(context: Context): number {
  const supervisor = readState(context.paths.state)?.supervisor;
  const uptimeSeconds = (supervisor && readUsage(supervisor)?.uptimeSeconds) ?? 60;
  return Date.now() - Math.min(60, uptimeSeconds) * 1_000;
}

async function orLost(
  context: Context,
  signal: SignalName,
  sender: string,
  read: () => Promise<ReadBack | undefined>,
): Promise<ReadBack> {
  const found = await waitFor(read, { timeoutMillis: TIMEOUT_MILLIS, everyMillis: EVERY_MILLIS });
  return found ?? { signal, status: "lost", ...(await findBrokenHop(context, signal, sender)) };
}

async function readLogs(
  context: Context,
  service: string,
  sinceUnixMillis: number,
  minLines: number,
): Promise<ReadBack | undefined> {
  const lokiUrl = serverUrl(context, "loki");
  const seconds = Math.ceil((Date.now() - sinceUnixMillis) / 1_000) + 1;
  const [counts, newest] = await Promise.all([
    queryLokiVector(
      lokiUrl,
      `sum by (${LOKI_METADATA.severityText}) (count_over_time(${lineQuery({ service })}[${seconds}s]))`,
    ),
    queryNewest(lokiUrl, service, sinceUnixMillis),
  ]);
  if (counts.status !== "ok" || !newest) return undefined;
  if (counts.value.reduce((sum, { value }) => sum + value, 0) < minLines) return undefined;
  const bySeverity = Object.fromEntries(
    counts.value.map(({ labels, value }) => [
      (labels[LOKI_METADATA.severityText] ?? "unknown").toLowerCase(),
      value,
    ]),
  );
  return { signal: "logs", status: "read", service, bySeverity, sample: newest };
}

/** The newest line that says something is wrong, else the newest of all: it tells the reader more. */
async function queryNewest(
  lokiUrl: string,
  service: string,
  sinceUnixMillis: number,
): Promise<LogEntry | undefined> {
  for (const minSeverity of [17, undefined]) {
    const result = await queryLines(lokiUrl, {
      query: lineQuery({ service, minSeverity }),
      startNanos: BigInt(sinceUnixMillis) * 1_000_000n,
      endNanos: BigInt(Date.now() + 1_000) * 1_000_000n,
      limit: 1,
      direction: "backward",
    });
    if (result.status === "ok" && result.value[0]) return result.value[0];
  }
  return undefined;
}

async function readMetrics(context: Context, traffic: SentTraffic): Promise<ReadBack | undefined> {
  const { requests } = await readSignalCounts(context);
  const added = requests - traffic.before.requests;
  if (added < traffic.sent) return undefined;
  const service = `${PROMETHEUS_LABEL.serviceName}=${quote(EXAMPLE_SERVICE_NAME)}`;
  const prometheus = serverUrl(context, "prometheus");
  const [perMinute, p95Seconds] = await Promise.all([
    queryNumber(
      prometheus,
      `60 * sum(rate(${PROMETHEUS.httpServerRequestDurationCount}{${service}}[1m]))`,
    ),
    queryNumber(
      prometheus,
      `histogram_quantile(0.95, sum by (le) (rate(${PROMETHEUS.httpServerRequestDurationBucket}{${service}}[1m])))`,
    ),
  ]);
  if (perMinute === undefined || perMinute === 0) return undefined;
  return {
    signal: "metrics",
    status: "read",
    requests: added,
    requestsPerMinute: perMinute,
    p95Seconds,
  };
}

async function readSpans(context: Context, traffic: SentTraffic): Promise<ReadBack | undefined> {
  const { spans } = await readSignalCounts(context);
  const added = spans - traffic.before.spans;
  if (added < traffic.sent) return undefined;
  const store = await askTempo(context, EXAMPLE_SERVICE_NAME, traffic.startedUnixMillis);
  if (store === "nothing-found") return undefined;
  return { signal: "traces", status: "read", spans: added, isStored: store === "found" };
}

/**
 * Whether Tempo gives back a trace of the service. The embedded stack has none, and says so.
 * https://grafana.com/docs/tempo/latest/api_docs/#search
 */
async function askTempo(
  context: Context,
  service: string,
  sinceUnixMillis: number,
): Promise<"no-store" | "found" | "nothing-found"> {
  if (readSpec(context.paths.spec)?.mode !== "docker") return "no-store";
  const result = await getJson(
    `${serverUrl(context, "tempo")}/api/search`,
    {
      q: `{ resource.${RESOURCE.serviceName} = ${quote(service)} }`,
      start: String(Math.floor(sinceUnixMillis / 1_000)),
      end: String(Math.ceil(Date.now() / 1_000) + 1),
      limit: "1",
    },
    (document) => (document as { traces?: unknown[] }).traces?.length ?? 0,
  );
  // Left out by an override of docker-compose.yml: spans are counted, as without Docker.
  if (result.status === "no-answer") return "no-store";
  return result.status === "ok" && result.value > 0 ? "found" : "nothing-found";
}

async function readHeartbeatMetric(
  context: Context,
  sinceUnixMillis: number,
): Promise<ReadBack | undefined> {
  const series = `${PROMETHEUS.stackServerUp}{${PROMETHEUS_LABEL.serviceName}=${quote(STACK_SERVICE_NAME)}}`;
  const serversUp = await queryNumber(
    serverUrl(context, "prometheus"),
    `sum(${series} and timestamp(${series}) >= ${sinceUnixMillis / 1_000})`,
  );
  return serversUp === undefined ? undefined : { signal: "heartbeat", status: "read", serversUp };
}

async function readHeartbeatSpans(context: Context): Promise<ReadBack | undefined> {
  const store = await askTempo(context, STACK_SERVICE_NAME, Date.now() - 60_000);
  if (store === "nothing-found") return undefined;
  const service = `${PROMETHEUS_LABEL.serviceName}=${quote(STACK_SERVICE_NAME)}`;
  const spans = await queryNumber(
    serverUrl(context, "prometheus"),
    `sum(${PROMETHEUS.spansAccepted}{${service}})`,
  );
  return spans
    ? { signal: "traces", status: "read", spans, isStored: store === "found" }
    : undefined;
}

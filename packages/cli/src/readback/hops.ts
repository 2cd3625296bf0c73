import { join } from "node:path";
import { formatBytes } from "@sightline/core";
import { type Context, serverUrl } from "../context.ts";
import { queryLokiVector } from "../query/loki.ts";
import { queryPrometheus } from "../query/prometheus.ts";
import { sendHttp } from "../stack/http.ts";
import { readSpec } from "../stack/spec.ts";
import { readCollectorCounters } from "./collector-counters.ts";

export type SignalName = "logs" | "metrics" | "traces";

export interface BrokenHop {
  /** Where the signal stopped, in words. */
  readonly hop: string;
  /** The next command. */
  readonly advice: string;
}

interface Names {
  readonly accepted: string;
  readonly refused: string;
  readonly sendFailed: string;
}

/** The collector's own counters, as its documentation names them. */
const COLLECTOR_COUNTERS: Readonly<Record<SignalName, Names>> = {
  logs: {
    accepted: "otelcol_receiver_accepted_log_records",
    refused: "otelcol_receiver_refused_log_records",
    sendFailed: "otelcol_exporter_send_failed_log_records",
  },
  metrics: {
    accepted: "otelcol_receiver_accepted_metric_points",
    refused: "otelcol_receiver_refused_metric_points",
    sendFailed: "otelcol_exporter_send_failed_metric_points",
  },
  traces: {
    accepted: "otelcol_receiver_accepted_spans",
    refused: "otelcol_receiver_refused_spans",
    sendFailed: "otelcol_exporter_send_failed_spans",
  },
};

/** Walks the way of a signal, hop by hop, and names the first that does not pass it on. */
export async function findBrokenHop(
  context: Context,
  signal: SignalName,
  sender: string,
): Promise<BrokenHop> {
  const names = COLLECTOR_COUNTERS[signal];
  const counters = await readCollectorCounters(context);
  const store = signal === "logs" ? "Loki" : "Prometheus";
  const readLog = (server: string): string => adviseLog(context, server);
  if (!counters) {
    return { hop: "the collector does not answer", advice: `${context.self} status` };
  }
  if ((counters.get(names.accepted) ?? 0) === 0) {
    const isRefused = (counters.get(names.refused) ?? 0) > 0;
    return isRefused
      ? { hop: `the collector refused the ${signal}`, advice: readLog("collector") }
      : { hop: `no ${signal} reached the collector`, advice: readLog(sender) };
  }
  if ((counters.get(names.sendFailed) ?? 0) > 0) {
    return {
      hop: `${store} refused the ${signal} that the collector sent`,
      advice: readLog("collector"),
    };
  }
  const waitingBytes = counters.get(waitingIn(signal)) ?? 0;
  if (waitingBytes > 0) {
    return {
      hop: `${store} does not take the ${signal} of the collector: ${formatBytes(waitingBytes)} wait in its queue`,
      advice: readLog("collector"),
    };
  }
  return await findStoreProblem(context, signal, readLog);
}

/** Spans without a store are counted, and their count goes the way of the metrics. */
function waitingIn(signal: SignalName): string {
  return `otelcol_exporter_queue_size:${signal === "logs" ? "logs" : "metrics"}`;
}

async function findStoreProblem(
  context: Context,
  signal: SignalName,
  readLog: (server: string) => string,
): Promise<BrokenHop> {
  const [store, port] =
    signal === "logs" ? (["Loki", "loki"] as const) : (["Prometheus", "prometheus"] as const);
  const metrics = `${serverUrl(context, port)}/metrics`;
  const answer = await sendHttp({ url: metrics, timeoutMillis: 3_000 });
  if (answer.status === "no-answer") {
    return { hop: `${store} does not answer`, advice: `${context.self} status` };
  }
  const query = port === "loki" ? queryLokiVector : queryPrometheus;
  const isAsked = (await query(serverUrl(context, port), "vector(1)")).status === "ok";
  return {
    hop: isAsked
      ? `the collector accepted ${signal}, but ${store} gives back fewer than were sent`
      : `${store} does not answer queries`,
    advice: readLog(port),
  };
}

/** Where a sender or server says what went wrong: a file of ours, or its container's log. */
function adviseLog(context: Context, server: string): string {
  const { paths } = context;
  const spec = readSpec(paths.spec);
  const isOurs = server === "supervisor" || spec?.servers.some(({ name }) => name === server);
  if (spec?.mode !== "docker" || isOurs) return `read ${join(paths.logs, `${server}.log`)}`;
  return `docker compose --file "${join(paths.assets, "docker-compose.yml")}" logs ${server}`;
}

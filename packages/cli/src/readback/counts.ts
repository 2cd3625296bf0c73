import { PROMETHEUS, PROMETHEUS_LABEL } from "@sightline/core";
import { type Context, serverUrl } from "../context.ts";
import { quote } from "../query/logql.ts";
import { queryNumber } from "../query/prometheus.ts";
import { EXAMPLE_SERVICE_NAME } from "../stack/example.ts";
import { readCollectorCounters } from "./collector-counters.ts";

/** Counters of the example as Prometheus has them now; the difference is what a stream added. */
export interface SignalCounts {
  readonly requests: number;
  readonly spans: number;
}

export async function readSignalCounts(context: Context): Promise<SignalCounts> {
  const counters = await readCollectorCounters(context);
  const collectorStartedSeconds =
    Date.now() / 1_000 - (counters?.get("otelcol_process_uptime") ?? 0);
  const count = async (query: string): Promise<number> =>
    (await queryNumber(serverUrl(context, "prometheus"), query)) ?? 0;
  const [requests, spans] = await Promise.all([
    count(countRequests()),
    count(countSpans(collectorStartedSeconds)),
  ]);
  return { requests, spans };
}

const SERVICE = `${PROMETHEUS_LABEL.serviceName}=${quote(EXAMPLE_SERVICE_NAME)}`;

/**
 * Each process of the example has series of its own, so what an ended one counted stays in the sum;
 * over a day, because its series are stale.
 */
function countRequests(): string {
  return `sum(last_over_time(${PROMETHEUS.httpServerRequestDurationCount}{${SERVICE}}[1d]))`;
}

/**
 * The collector counts from zero after a restart, in the same series: what an earlier one left in
 * Prometheus for some minutes does not count.
 */
function countSpans(collectorStartedSeconds: number): string {
  const spans = `${PROMETHEUS.spansAccepted}{${SERVICE}}`;
  return `sum(${spans} and (timestamp(${spans}) >= ${collectorStartedSeconds.toFixed(3)}))`;
}

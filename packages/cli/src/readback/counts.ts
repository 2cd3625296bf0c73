import { PROMETHEUS, PROMETHEUS_LABEL } from "@sightline/core";
import { type Context, serverUrl } from "../context.ts";
import { quote } from "../query/logql.ts";
import { queryNumber } from "../query/prometheus.ts";
import { EXAMPLE_SERVICE_NAME } from "../stack/plan.ts";

/** Counters of the example as Prometheus has them now; the difference is what a stream added. */
export interface SignalCounts {
  readonly requests: number;
  readonly spans: number;
}

export async function readSignalCounts(context: Context): Promise<SignalCounts> {
  const sum = async (metric: string): Promise<number> =>
    (await queryNumber(serverUrl(context, "prometheus"), sumOfService(metric))) ?? 0;
  const [requests, spans] = await Promise.all([
    sum(PROMETHEUS.httpServerRequestDurationCount),
    sum(PROMETHEUS.spansAccepted),
  ]);
  return { requests, spans };
}

/** Over a day and not only now: what a process counted before its restart stays in the sum. */
function sumOfService(metric: string): string {
  const service = `${PROMETHEUS_LABEL.serviceName}=${quote(EXAMPLE_SERVICE_NAME)}`;
  return `sum(last_over_time(${metric}{${service}}[1d]))`;
}

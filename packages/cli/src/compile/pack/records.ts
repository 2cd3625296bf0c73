import { LOKI_LABEL, PROMETHEUS, PROMETHEUS_LABEL, RECORDED } from "@sightline/core";
import type { RecordRule } from "../model.ts";
import { MINUTE, SECOND } from "./pack-row.ts";

const { deploymentEnvironmentName, kind, serviceName } = LOKI_LABEL;
const BY = `${deploymentEnvironmentName}, ${kind}, ${serviceName}`;

function record(
  rule: Pick<RecordRule, "id" | "metric" | "source" | "query" | "everyMillis">,
): RecordRule {
  return { ...rule, labels: {}, place: undefined };
}

/** Traffic by service, and the volume of log that retention and disks are sized by. */
export const PACK_RECORDS: readonly RecordRule[] = [
  record({
    id: "sightline-http-request-rate",
    metric: RECORDED.httpRequestRate,
    source: "prometheus",
    query: `sum by (${PROMETHEUS_LABEL.serviceName}, ${PROMETHEUS_LABEL.deploymentEnvironmentName}) (rate(${PROMETHEUS.httpServerRequestDurationCount}[5m]))`,
    everyMillis: 30 * SECOND,
  }),
  record({
    id: "sightline-log-bytes-rate",
    metric: RECORDED.logBytesRate,
    source: "loki",
    query: `sum by (${BY}) (bytes_rate({${kind}=~".+"}[5m]))`,
    everyMillis: MINUTE,
  }),
  record({
    id: "sightline-log-lines-rate",
    metric: RECORDED.logLinesRate,
    source: "loki",
    query: `sum by (${BY}) (rate({${kind}=~".+"}[5m]))`,
    everyMillis: MINUTE,
  }),
];

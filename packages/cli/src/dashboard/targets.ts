import { GRAFANA_UID } from "@sightline/core";
import type { DataSourceRef, Target } from "./dashboard-json.ts";

export const PROMETHEUS_SOURCE: DataSourceRef = {
  type: "prometheus",
  uid: GRAFANA_UID.prometheus,
};
export const LOKI_SOURCE: DataSourceRef = { type: "loki", uid: GRAFANA_UID.loki };

type TargetOf = (refId: string) => Target;

/** What every PromQL query has; the editor opens as code, because builders cannot show ours. */
function prometheusTarget(refId: string, expr: string): Target {
  return { refId, datasource: PROMETHEUS_SOURCE, editorMode: "code", expr };
}

/** A PromQL query drawn over time. Exemplars are the dots that lead from a latency to its trace. */
export function metricOverTime(
  expr: string,
  legendFormat: string,
  { exemplar = false }: { readonly exemplar?: boolean } = {},
): TargetOf {
  return (refId) => ({
    ...prometheusTarget(refId, expr),
    legendFormat,
    range: true,
    ...(exemplar && { exemplar }),
  });
}

/** A PromQL query asked once, for the end of the time range; one table row for each series. */
export function metricTable(expr: string): TargetOf {
  return (refId) => ({
    ...prometheusTarget(refId, expr),
    instant: true,
    range: false,
    format: "table",
  });
}

export function metricNow(expr: string, legendFormat = ""): TargetOf {
  return (refId) => ({
    ...prometheusTarget(refId, expr),
    legendFormat,
    instant: true,
    range: false,
  });
}

/** A LogQL query: lines, or a count over time. Of lines the newest, as many as the data source says. */
export function logsOverTime(
  expr: string,
  legendFormat = "",
  { maxLines }: { readonly maxLines?: number } = {},
): TargetOf {
  return (refId) => ({
    refId,
    datasource: LOKI_SOURCE,
    editorMode: "code",
    expr,
    legendFormat,
    queryType: "range",
    ...(maxLines !== undefined && { maxLines }),
  });
}

export function logsNow(expr: string): TargetOf {
  return (refId) => ({
    refId,
    datasource: LOKI_SOURCE,
    editorMode: "code",
    expr,
    queryType: "instant",
  });
}

/** A, B, C … in their order. */
export function lettered(targets: readonly TargetOf[]): Target[] {
  return targets.map((target, index) => target(String.fromCharCode(65 + index)));
}

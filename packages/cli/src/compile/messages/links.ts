import { ALERT_LABEL, GRAFANA_UID, LOKI_LABEL } from "@sightline/core";
import { VARIABLE } from "../../dashboard/service-queries.ts";
import type { MessagePart, ModelTarget, ModelUrls } from "../model.ts";

/** Labels of an alert that are known, or that it will have when it fires. */
export type LabelParts = Readonly<Record<string, readonly MessagePart[]>>;

const text = (value: string): MessagePart => ({ kind: "text", text: value });

/**
 * Explore with the exact lines, from the first to the newest. `panes` is read by Grafana 10 to 13
 * (public/app/features/explore/hooks/useStateSync/migrators/v1.ts).
 */
export function logsUrl(
  { grafana }: ModelUrls,
  target: ModelTarget,
  query: readonly MessagePart[],
  range: { readonly from: readonly MessagePart[]; readonly to: readonly MessagePart[] },
): MessagePart[] | undefined {
  if (grafana === undefined) return undefined;
  const uid = target.kind === "grafana" ? target.datasources.loki : GRAFANA_UID.loki;
  const source = JSON.stringify({ type: "loki", uid });
  const pane = `{"sl":{"datasource":${JSON.stringify(uid)},"queries":[{"refId":"A","datasource":${source},"editorMode":"code","queryType":"range","expr":`;
  const organisation = target.kind === "grafana" ? (target.orgId ?? 1) : 1;
  return [
    text(`${grafana}/explore?schemaVersion=1&orgId=${organisation}&panes=`),
    {
      kind: "url",
      parts: [
        text(pane),
        { kind: "quoted", parts: query },
        text(`}],"range":{"from":"`),
        ...range.from,
        text(`","to":"`),
        ...range.to,
        text(`"}}}`),
      ],
    },
  ];
}

/** The service's page. */
export function dashboardUrl(
  { grafana }: ModelUrls,
  labels: LabelParts,
): MessagePart[] | undefined {
  const service = labels[LOKI_LABEL.serviceName];
  if (grafana === undefined || service === undefined) return undefined;
  const environment = labels[LOKI_LABEL.deploymentEnvironmentName];
  return [
    text(`${grafana}/d/${GRAFANA_UID.serviceOverview}?`),
    ...(environment === undefined
      ? []
      : [text(`var-${VARIABLE.environment}=`), encoded(environment), text("&")]),
    text(`var-${VARIABLE.service}=`),
    encoded(service),
    text("&from=now-1h&to=now"),
  ];
}

/** A form for a silence with the alert's labels filled in: of who notifies, Grafana or Alertmanager. */
export function silenceUrl(
  urls: ModelUrls,
  target: ModelTarget,
  alertName: string,
  labels: LabelParts,
): MessagePart[] | undefined {
  const all: [string, readonly MessagePart[]][] = [
    [ALERT_LABEL.alertName, [text(alertName)]],
    ...Object.entries(labels),
  ];
  if (target.kind === "grafana") {
    if (urls.grafana === undefined) return undefined;
    return [
      text(`${urls.grafana}/alerting/silence/new?alertmanager=grafana`),
      ...all.flatMap(([name, value]) => [text("&matcher="), encoded([text(`${name}=`), ...value])]),
    ];
  }
  if (urls.alertmanager === undefined) return undefined;
  const matchers = all.flatMap(([name, value], index): MessagePart[] => [
    text(`${index === 0 ? "" : ", "}${name}=`),
    { kind: "quoted", parts: value },
  ]);
  return [
    text(`${urls.alertmanager}/#/silences/new?filter=`),
    encoded([text("{"), ...matchers, text("}")]),
  ];
}

function encoded(parts: readonly MessagePart[]): MessagePart {
  return { kind: "url", parts };
}

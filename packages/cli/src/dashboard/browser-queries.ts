import {
  ERROR_FIELD,
  type Kind,
  LOKI_LABEL,
  LOKI_METADATA,
  PAGE_METADATA,
  PROMETHEUS_LABEL,
  SESSION_FIELD,
} from "@sightline/core";

/** Names of the dashboard's variables. */
export const BROWSER_VARIABLE = {
  environment: "environment",
  app: "app",
  search: "search",
} as const;

const { environment, app, search } = BROWSER_VARIABLE;

/** What the gateway measures of the chosen app. */
export function ofApp(metric: string, matcher?: string): string {
  const matchers = [
    `${PROMETHEUS_LABEL.deploymentEnvironmentName}="$${environment}"`,
    `${PROMETHEUS_LABEL.serviceName}="$${app}"`,
    ...(matcher === undefined ? [] : [matcher]),
  ];
  return `${metric}{${matchers.join(", ")}}`;
}

function ofKind(kind: Kind): string {
  return [
    `${LOKI_LABEL.serviceName}="$${app}"`,
    `${LOKI_LABEL.deploymentEnvironmentName}="$${environment}"`,
    `${LOKI_LABEL.kind}="${kind}"`,
  ].join(", ");
}

export const PAGE_LINES: string = `{${ofKind("log")}}`;
/** Signs of visitors: who was here, and who met an error. */
export const PAGE_SESSIONS: string = `{${ofKind("session")}}`;
export const PAGE_ERRORS: string = `{${ofKind("error")}}`;

/** The text is taken as it is, upper and lower case alike; an empty one finds everything. */
export const FOUND_PAGE_LINES: string = `${PAGE_LINES} |~ \`(?i)\\Q\${${search}:raw}\\E\``;

/** How often errors came: a record may stand for many. */
export function errorTimes(window: string): string {
  return `sum_over_time(${PAGE_ERRORS} | unwrap ${ERROR_FIELD.n} | ${LOKI_METADATA.pipelineError}="" [${window}])`;
}

/** How many different ones; Loki counts as many as its `max_query_series` lets it. */
export function distinct(field: string, records: string, window: string): string {
  return `count(sum by (${field}) (count_over_time(${records} | ${field}!="" [${window}])))`;
}

export const ERRORED_SESSIONS: string = `${PAGE_SESSIONS} | ${SESSION_FIELD.state}="errored"`;

const { browserRoute, httpRequestMethod, urlFull, webVitalName, webVitalValue } = PAGE_METADATA;

/** Each load of a page has one of these. */
export const PAGE_LOADS: string = `${PAGE_LINES} | ${webVitalName}="TTFB"`;
export const LCP_LINES: string = `${PAGE_LINES} | ${webVitalName}="LCP" | unwrap ${webVitalValue} | ${LOKI_METADATA.pipelineError}=""`;

/** Requests of pages that failed, their addresses without numbers. */
export const ADDRESS = "address";
export const FAILED_REQUESTS: string = `${PAGE_LINES} | ${httpRequestMethod}!="" | ${urlFull}!="" | label_format ${ADDRESS}=\`{{ regexReplaceAll "([^/])/[0-9]+" .${urlFull} "$1/:id" }}\``;

export const ROUTE: string = browserRoute;

import { GRAFANA_UID, PROMETHEUS, PROMETHEUS_LABEL, STACK_SERVICE_NAME } from "@sightline/core";
import type { Dashboard, QueryVariable, TextVariable } from "./dashboard-json.ts";
import { placePanels } from "./layout.ts";
import { callPanels } from "./panels/calls.ts";
import { deliveryPanels } from "./panels/delivery.ts";
import { logLinesPanel, logVolumePanel } from "./panels/logs.ts";
import { processPanels } from "./panels/process.ts";
import { requestPanels } from "./panels/requests.ts";
import { summaryPanels } from "./panels/summary.ts";
import { VARIABLE } from "./service-queries.ts";
import { PROMETHEUS_SOURCE } from "./targets.ts";

/** Grafana migrates older versions when it loads them; 39 is that of Grafana 10.3. */
const SCHEMA_VERSION = 39;

/** One page about one service: is it well, where is it slow, what fails, what does it log. */
export function createServiceOverview(): Dashboard {
  return {
    uid: GRAFANA_UID.serviceOverview,
    title: "Service overview",
    description:
      "Is the service well? Requests, errors, latency, calls to others, the process, and its log lines.",
    tags: ["sightline"],
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: "30s",
    time: { from: "now-1h", to: "now" },
    timezone: "browser",
    annotations: { list: [] },
    links: [],
    templating: { list: variables() },
    panels: placePanels([
      { height: 4, lines: [summaryPanels()] },
      { title: "Requests", height: 10, lines: requestPanels() },
      { title: "Calls to other services", height: 7, lines: [callPanels()] },
      { title: "Process", height: 7, lines: processPanels() },
      { title: "Delivery to Sightline", height: 6, lines: [deliveryPanels()] },
      { title: "Logs", height: 6, lines: [[logVolumePanel()]] },
      { height: 14, lines: [[logLinesPanel()]] },
    ]),
  };
}

function variables(): (QueryVariable | TextVariable)[] {
  const { deploymentEnvironmentName, serviceName, serviceInstanceId } = PROMETHEUS_LABEL;
  // Services that take requests, and workers that take none.
  const anyService = `__name__=~"${PROMETHEUS.httpServerRequestDurationCount}|${PROMETHEUS.processCpuTime}", ${serviceName}!="${STACK_SERVICE_NAME}"`;
  const inEnvironment = `${deploymentEnvironmentName}="$${VARIABLE.environment}"`;
  const ofService = `${inEnvironment}, ${serviceName}="$${VARIABLE.service}"`;
  return [
    labelVariable(VARIABLE.environment, "Environment", deploymentEnvironmentName, anyService),
    labelVariable(VARIABLE.service, "Service", serviceName, `${anyService}, ${inEnvironment}`),
    {
      ...labelVariable(
        VARIABLE.instance,
        "Process",
        serviceInstanceId,
        `${anyService}, ${ofService}`,
      ),
      description: "One running process of the service, by its instance id.",
      includeAll: true,
      multi: true,
      allValue: ".*",
      current: { selected: true, text: ["All"], value: ["$__all"] },
    },
    {
      type: "textbox",
      name: VARIABLE.search,
      label: "Find in logs",
      description: "Only log lines that hold this text. Upper and lower case are alike.",
      query: "",
      current: { selected: true, text: "", value: "" },
      options: [{ selected: true, text: "", value: "" }],
      hide: 0,
    },
  ];
}

function labelVariable(
  name: string,
  label: string,
  promLabel: string,
  selector: string,
): QueryVariable {
  const query = `label_values({${selector}}, ${promLabel})`;
  return {
    type: "query",
    name,
    label,
    description: "",
    datasource: PROMETHEUS_SOURCE,
    definition: query,
    query: { query, refId: `${name}-values` },
    // On every change of the time range: services of last week are there, too.
    refresh: 2,
    sort: 1,
    multi: false,
    includeAll: false,
    current: {},
    hide: 0,
  };
}

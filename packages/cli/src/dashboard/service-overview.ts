import { GRAFANA_UID, PROMETHEUS, PROMETHEUS_LABEL, STACK_SERVICE_NAME } from "@sightline/core";
import { crashAnnotation, deployAnnotation } from "./annotations.ts";
import type { Dashboard, Variable } from "./dashboard-json.ts";
import { placePanels } from "./layout.ts";
import { linkTo } from "./link-to.ts";
import { callPanels } from "./panels/calls.ts";
import { deliveryPanels } from "./panels/delivery.ts";
import { logLinesPanel, logVolumePanel } from "./panels/logs.ts";
import { processPanels } from "./panels/process.ts";
import { requestPanels } from "./panels/requests.ts";
import { summaryPanels } from "./panels/summary.ts";
import { topProblemsPanel } from "./panels/top-problems.ts";
import { userPanels, usersPerHourPanel } from "./panels/users.ts";
import { SCHEMA_VERSION } from "./schema-version.ts";
import { CRASHES_OF_SERVICE, DEPLOYS_OF_SERVICE, VARIABLE } from "./service-queries.ts";
import { labelVariable, textVariable, withAll } from "./variables.ts";

/** One page about one service: is it well, where is it slow, what fails, what does it log. */
export function createServiceOverview(): Dashboard {
  return {
    uid: GRAFANA_UID.serviceOverview,
    title: "Service overview",
    description:
      "Is the service well? Users, problems, requests, errors, latency, calls to others, the process, and its log lines.",
    tags: ["sightline"],
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: "30s",
    time: { from: "now-1h", to: "now" },
    timezone: "browser",
    annotations: {
      list: [crashAnnotation(CRASHES_OF_SERVICE), deployAnnotation(DEPLOYS_OF_SERVICE)],
    },
    links: [
      linkTo({
        title: "Containers",
        uid: GRAFANA_UID.containers,
        tooltip: "The containers of this service: resources, crashes, deployments",
        includeVars: true,
      }),
    ],
    templating: { list: variables() },
    panels: placePanels([
      { height: 4, lines: [summaryPanels()] },
      { title: "Users and problems", height: 4, lines: [userPanels()] },
      { height: 9, lines: [[usersPerHourPanel(), topProblemsPanel()]] },
      { title: "Requests", height: 10, lines: requestPanels() },
      { title: "Calls to other services", height: 7, lines: [callPanels()] },
      { title: "Process", height: 7, lines: processPanels() },
      { title: "Delivery to Sightline", height: 6, lines: [deliveryPanels()] },
      { title: "Logs", height: 6, lines: [[logVolumePanel()]] },
      { height: 14, lines: [[logLinesPanel()]] },
    ]),
  };
}

function variables(): Variable[] {
  const { deploymentEnvironmentName, serviceName, serviceInstanceId } = PROMETHEUS_LABEL;
  // Services that take requests, workers that take none, and what runs in a container.
  const anyService = `__name__=~"${PROMETHEUS.httpServerRequestDurationCount}|${PROMETHEUS.processCpuTime}|${PROMETHEUS.containerUptime}", ${serviceName}!="${STACK_SERVICE_NAME}"`;
  const inEnvironment = `${deploymentEnvironmentName}="$${VARIABLE.environment}"`;
  const ofService = `${inEnvironment}, ${serviceName}="$${VARIABLE.service}"`;
  return [
    labelVariable(VARIABLE.environment, "Environment", deploymentEnvironmentName, anyService),
    labelVariable(VARIABLE.service, "Service", serviceName, `${anyService}, ${inEnvironment}`),
    withAll(
      labelVariable(
        VARIABLE.instance,
        "Process",
        serviceInstanceId,
        `${anyService}, ${ofService}`,
        "One running process of the service, by its instance id.",
      ),
    ),
    textVariable(
      VARIABLE.search,
      "Find in logs",
      "Only log lines that hold this text. Upper and lower case are alike.",
    ),
  ];
}

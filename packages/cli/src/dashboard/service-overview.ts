import { GRAFANA_UID, PROMETHEUS } from "@sightline/core";
import { crashAnnotation, deployAnnotation } from "./annotations.ts";
import { DASHBOARD_FRAME } from "./dashboard-frame.ts";
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
import { CRASHES_OF_SERVICE, DEPLOYS_OF_SERVICE, VARIABLE } from "./service-queries.ts";
import { serviceVariables } from "./service-variables.ts";
import { textVariable } from "./variables.ts";

/** One page about one service: is it well, where is it slow, what fails, what does it log. */
export function createServiceOverview(): Dashboard {
  return {
    uid: GRAFANA_UID.serviceOverview,
    title: "Service overview",
    description:
      "Is the service well? Users, problems, requests, errors, latency, calls to others, the process, and its log lines.",
    ...DASHBOARD_FRAME,
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
      linkTo({
        title: "Node runtime",
        uid: GRAFANA_UID.nodeRuntime,
        tooltip: "The processes of this service: event loop, processor, memory, what they wait for",
        includeVars: true,
      }),
      linkTo({
        title: "Browser",
        uid: GRAFANA_UID.browser,
        tooltip: "An app in its users' browsers: visitors, errors, web vitals, console lines",
        // A service is no app there.
        includeVars: false,
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
  // Services that take requests, workers that take none, and what runs in a container.
  const { httpServerRequestDurationCount, processCpuTime, containerUptime } = PROMETHEUS;
  return [
    ...serviceVariables([httpServerRequestDurationCount, processCpuTime, containerUptime]),
    textVariable(
      VARIABLE.search,
      "Find in logs",
      "Only log lines that hold this text. Upper and lower case are alike.",
    ),
  ];
}

import { GATEWAY_SERVICE_NAME, GRAFANA_UID, PROMETHEUS, PROMETHEUS_LABEL } from "@sightline/core";
import { BROWSER_VARIABLE, FOUND_PAGE_LINES } from "./browser-queries.ts";
import { DASHBOARD_FRAME } from "./dashboard-frame.ts";
import type { Dashboard, Variable } from "./dashboard-json.ts";
import { placePanels } from "./layout.ts";
import { linkTo } from "./link-to.ts";
import { browserDeliveryPanels } from "./panels/browser-delivery.ts";
import {
  browserSummaryPanels,
  errorsByReleasePanel,
  visitorsPerHourPanel,
} from "./panels/browser-summary.ts";
import {
  failedRequestsPanel,
  pageProblemsPanel,
  pageRoutesPanel,
} from "./panels/browser-tables.ts";
import { browserVitalPanels } from "./panels/browser-vitals.ts";
import { logLinesPanelOf, logVolumePanelOf } from "./panels/logs.ts";
import { labelVariable, textVariable } from "./variables.ts";

/** One page about one app in its users' browsers: who comes, what breaks there, how fast it is. */
export function createBrowser(): Dashboard {
  return {
    uid: GRAFANA_UID.browser,
    title: "Browser",
    description:
      "An app as its users have it: visitors, errors with their releases, web vitals, routes, failed requests, console lines. Empty? Pages send through the gateway: docs/browser.md says how.",
    ...DASHBOARD_FRAME,
    annotations: { list: [] },
    links: [
      linkTo({
        title: "Service overview",
        uid: GRAFANA_UID.serviceOverview,
        tooltip: "The servers behind the pages: requests, errors, latency, log lines",
        // An app is no service there.
        includeVars: false,
      }),
      linkTo({
        title: "Containers",
        uid: GRAFANA_UID.containers,
        tooltip: "Every container: resources, crashes, deployments",
        includeVars: false,
      }),
      linkTo({
        title: "Node runtime",
        uid: GRAFANA_UID.nodeRuntime,
        tooltip: "The processes of a Node service: event loop, processor, memory",
        includeVars: false,
      }),
    ],
    templating: { list: variables() },
    panels: placePanels([
      { height: 4, lines: [browserSummaryPanels()] },
      {
        title: "Visitors and problems",
        height: 8,
        lines: [[visitorsPerHourPanel(), errorsByReleasePanel()]],
      },
      { height: 9, lines: [[pageProblemsPanel()]] },
      { title: "How it feels", height: 8, lines: [browserVitalPanels()] },
      {
        title: "Pages and their requests",
        height: 9,
        lines: [[pageRoutesPanel(), failedRequestsPanel()]],
      },
      { title: "Delivery to Sightline", height: 7, lines: [browserDeliveryPanels()] },
      {
        title: "Console and other lines",
        height: 6,
        lines: [[logVolumePanelOf(FOUND_PAGE_LINES)]],
      },
      { height: 14, lines: [[logLinesPanelOf(FOUND_PAGE_LINES)]] },
    ]),
  };
}

function variables(): Variable[] {
  const { environment, app, search } = BROWSER_VARIABLE;
  const { deploymentEnvironmentName, serviceName } = PROMETHEUS_LABEL;
  const anyApp = `__name__="${PROMETHEUS.gatewayRequests}", ${serviceName}!="${GATEWAY_SERVICE_NAME}"`;
  return [
    labelVariable(environment, "Environment", deploymentEnvironmentName, anyApp),
    labelVariable(
      app,
      "App",
      serviceName,
      `${anyApp}, ${deploymentEnvironmentName}="$${environment}"`,
      "As apps in sightline.yaml call it.",
    ),
    textVariable(
      search,
      "Find in lines",
      "Only lines that hold this text. Upper and lower case are alike.",
    ),
  ];
}

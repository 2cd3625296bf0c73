import { GRAFANA_UID, PROMETHEUS, PROMETHEUS_LABEL } from "@sightline/core";
import { crashAnnotation, deployAnnotation } from "./annotations.ts";
import { CONTAINER_VARIABLE, CRASHES, DEPLOYS } from "./container-queries.ts";
import { DASHBOARD_FRAME } from "./dashboard-frame.ts";
import type { Dashboard, Variable } from "./dashboard-json.ts";
import { placePanels } from "./layout.ts";
import { linkTo } from "./link-to.ts";
import { crashListPanel, crashRecordPanel, crashVerdictPanel } from "./panels/container-crashes.ts";
import { containerDeliveryPanels } from "./panels/container-delivery.ts";
import { deployListPanel } from "./panels/container-deploys.ts";
import { containerResourcePanels } from "./panels/container-resources.ts";
import { containerSummaryPanels } from "./panels/container-summary.ts";
import { containerTablePanel } from "./panels/container-table.ts";
import { labelVariable, textVariable, withAll } from "./variables.ts";

/** One page about every container: does it run, why did it die, what does it use, is a line missing. */
export function createContainers(): Dashboard {
  return {
    uid: GRAFANA_UID.containers,
    title: "Containers",
    description:
      "Which containers run, which died and why, what they use, and whether every line arrived. Empty? The agent tells of containers: `sightline up` starts it beside the stack, docs/agent.md says how on other machines.",
    ...DASHBOARD_FRAME,
    annotations: { list: [crashAnnotation(CRASHES), deployAnnotation(DEPLOYS)] },
    links: [
      linkTo({
        title: "Service overview",
        uid: GRAFANA_UID.serviceOverview,
        tooltip: "One service: requests, errors, latency, log lines",
        // "All" is no service there.
        includeVars: false,
      }),
      linkTo({
        title: "Node runtime",
        uid: GRAFANA_UID.nodeRuntime,
        tooltip: "The processes of a Node service: event loop, processor, memory",
        includeVars: false,
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
      { height: 4, lines: [containerSummaryPanels()] },
      { height: 10, lines: [[containerTablePanel()]] },
      { title: "Crashes and deployments", height: 10, lines: [[crashListPanel()]] },
      { height: 8, lines: [[crashVerdictPanel(), deployListPanel()], [crashRecordPanel()]] },
      { title: "Resources", height: 8, lines: containerResourcePanels() },
      { title: "Delivery of lines", height: 8, lines: containerDeliveryPanels() },
    ]),
  };
}

function variables(): Variable[] {
  const { host, service, container, crash } = CONTAINER_VARIABLE;
  const { hostName, serviceName, containerName } = PROMETHEUS_LABEL;
  // Those that die before they are measured are only counted; services of files have no container.
  const seen = [PROMETHEUS.containerUptime, PROMETHEUS.containerRestarts];
  const names = (metrics: readonly string[]): string => `__name__=~"${metrics.join("|")}"`;
  const onHost = `${hostName}=~"$${host}"`;
  const withLines = names([...seen, PROMETHEUS.agentLines]);
  return [
    withAll(labelVariable(host, "Host", hostName, withLines)),
    withAll(labelVariable(service, "Service", serviceName, `${withLines}, ${onHost}`)),
    withAll(
      labelVariable(
        container,
        "Container",
        containerName,
        `${names(seen)}, ${onHost}, ${serviceName}=~"$${service}"`,
      ),
    ),
    textVariable(
      crash,
      "Crash id",
      "Shows this crash alone. The id is among the fields of a crash; its first characters are enough.",
    ),
  ];
}

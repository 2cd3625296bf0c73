import { GRAFANA_UID, PROMETHEUS } from "@sightline/core";
import { crashAnnotation, deployAnnotation } from "./annotations.ts";
import { DASHBOARD_FRAME } from "./dashboard-frame.ts";
import type { Dashboard } from "./dashboard-json.ts";
import { placePanels } from "./layout.ts";
import { linkTo } from "./link-to.ts";
import { callPanels } from "./panels/calls.ts";
import { databasePoolPanels } from "./panels/database-pools.ts";
import { deliveryPanels } from "./panels/delivery.ts";
import { cpuPanels, eventLoopPanels, filePanels, memoryPanels } from "./panels/node-runtime.ts";
import { CRASHES_OF_SERVICE, DEPLOYS_OF_SERVICE } from "./service-queries.ts";
import { serviceVariables } from "./service-variables.ts";

/** One page about the processes of a Node service: what holds them up, and how near a limit they are. */
export function createNodeRuntime(): Dashboard {
  return {
    uid: GRAFANA_UID.nodeRuntime,
    title: "Node runtime",
    description:
      "What holds a Node service up: its event loop, the processor, its limits, memory, others that it waits for. Empty? Only services with @sightline/node are here.",
    ...DASHBOARD_FRAME,
    annotations: {
      list: [crashAnnotation(CRASHES_OF_SERVICE), deployAnnotation(DEPLOYS_OF_SERVICE)],
    },
    links: [
      linkTo({
        title: "Service overview",
        uid: GRAFANA_UID.serviceOverview,
        tooltip: "This service: users, requests, errors, latency, log lines",
        includeVars: true,
      }),
      linkTo({
        title: "Containers",
        uid: GRAFANA_UID.containers,
        tooltip: "The containers of this service: resources, crashes, deployments",
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
    templating: { list: serviceVariables([PROMETHEUS.nodejsEventloopTime]) },
    panels: placePanels([
      { title: "Event loop", height: 7, lines: eventLoopPanels() },
      { title: "Processor", height: 7, lines: cpuPanels() },
      { title: "Memory", height: 7, lines: memoryPanels() },
      { title: "Files and sockets", height: 7, lines: filePanels() },
      { title: "Calls to other services", height: 7, lines: [callPanels()] },
      { title: "Database pools", height: 7, lines: [databasePoolPanels()] },
      { title: "Delivery to Sightline", height: 6, lines: [deliveryPanels()] },
    ]),
  };
}

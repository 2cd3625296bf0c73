import type { Check } from "./check.ts";
import { agentCheck } from "./checks/agent.ts";
import { contactsCheck, notificationsCheck, watchdogCheck } from "./checks/alertmanager.ts";
import { appsCheck } from "./checks/apps.ts";
import { collectorCheck } from "./checks/collector.ts";
import { diskCheck } from "./checks/disk.ts";
import { gatewayCheck } from "./checks/gateway.ts";
import { lossesCheck } from "./checks/losses.ts";
import { mapsCheck } from "./checks/maps.ts";
import { pagesCheck } from "./checks/pages.ts";
import { logsCheck, metricsCheck, tracesCheck } from "./checks/round-trips.ts";
import { lokiRulesCheck, prometheusRulesCheck } from "./checks/rules.ts";
import { serversCheck } from "./checks/servers.ts";

/**
 * The hops, in the order in which data passes them; the order is that of the report, and a check may
 * build only on those above it. To add one, copy `checks/disk.ts` and add its row.
 */
export const CHECKS: readonly Check[] = [
  serversCheck,
  diskCheck,
  agentCheck,
  gatewayCheck,
  appsCheck,
  mapsCheck,
  collectorCheck,
  logsCheck,
  metricsCheck,
  tracesCheck,
  pagesCheck,
  lossesCheck,
  prometheusRulesCheck,
  lokiRulesCheck,
  watchdogCheck,
  contactsCheck,
  notificationsCheck,
];

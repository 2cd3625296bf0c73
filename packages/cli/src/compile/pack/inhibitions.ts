import { ALERT_LABEL, PROMETHEUS_LABEL } from "@sightline/core";
import type { Inhibition } from "../model.ts";

const { hostName, serviceName } = PROMETHEUS_LABEL;

/** What keeps what quiet: the cause is told, its consequences are not. */
export const INHIBITIONS: readonly Inhibition[] = [
  {
    source: [{ label: ALERT_LABEL.severity, operator: "=", value: "critical" }],
    target: [{ label: ALERT_LABEL.severity, operator: "=~", value: "warning|info" }],
    equal: [ALERT_LABEL.alertName, serviceName, hostName],
  },
  {
    source: [{ label: ALERT_LABEL.alertName, operator: "=", value: "HostDown" }],
    target: [
      { label: ALERT_LABEL.alertName, operator: "!=", value: "HostDown" },
      { label: hostName, operator: "!=", value: "" },
    ],
    equal: [hostName],
  },
];

import { ALERT_LABEL, HOST_LABEL, PROMETHEUS_LABEL, SERVER_LABEL } from "@sightline/core";
import type { Inhibition, Matcher } from "../model.ts";
import { SLO_LABEL } from "../slos/slo-label.ts";
import { PACK } from "./pack.ts";

const { containerName, deploymentEnvironmentName, hostName, serviceName } = PROMETHEUS_LABEL;

/** What tells alerts of one name apart. */
const IDENTITY: readonly string[] = [
  ALERT_LABEL.alertName,
  containerName,
  deploymentEnvironmentName,
  hostName,
  SERVER_LABEL.instance,
  HOST_LABEL.mountpoint,
  serviceName,
  SLO_LABEL.slo,
];

/**
 * What keeps what quiet: the cause is told, its consequences are not. Labels in `equal` that both lack
 * count as equal, so that each source names a label that it surely has.
 */
export const INHIBITIONS: readonly Inhibition[] = [
  {
    source: [{ label: ALERT_LABEL.severity, operator: "=", value: "critical" }],
    target: [{ label: ALERT_LABEL.severity, operator: "=~", value: "warning|info" }],
    equal: IDENTITY,
  },
  silences(
    "host-silent",
    ["service-down", "host-cpu", "host-memory", "container-memory", "container-cpu", "log-gap"],
    [hostName],
  ),
  silences(
    "service-down",
    ["error-rate", "latency", "traffic-stopped", "source-quiet"],
    [deploymentEnvironmentName, serviceName],
  ),
  silences("service-down", ["crash"], [deploymentEnvironmentName, hostName, serviceName]),
  silences("restart-loop", ["crash"], [deploymentEnvironmentName, hostName, serviceName]),
  silences("disk-full", ["disk-forecast"], [hostName, HOST_LABEL.mountpoint]),
  silences("canary-missing", ["canary-lines-lost"], [hostName]),
  // A fast burn is seen in the longer windows, too.
  {
    source: [{ label: SLO_LABEL.window, operator: "=", value: "1h" }],
    target: [{ label: SLO_LABEL.window, operator: "=~", value: "6h|1d|3d" }],
    equal: [deploymentEnvironmentName, SLO_LABEL.slo],
  },
  {
    source: [{ label: SLO_LABEL.window, operator: "=", value: "6h" }],
    target: [{ label: SLO_LABEL.window, operator: "=~", value: "1d|3d" }],
    equal: [deploymentEnvironmentName, SLO_LABEL.slo],
  },
];

/** Ids of default alerts. */
function silences(
  source: string,
  targets: readonly string[],
  equal: readonly string[],
): Inhibition {
  return { source: [named([source])], target: [named(targets)], equal };
}

function named(ids: readonly string[]): Matcher {
  const names = ids.map((id) => {
    const row = PACK.find((each) => each.id === id);
    if (row === undefined) throw new Error(`no default alert "${id}"`);
    return row.name;
  });
  const [only = ""] = names;
  return names.length === 1
    ? { label: ALERT_LABEL.alertName, operator: "=", value: only }
    : { label: ALERT_LABEL.alertName, operator: "=~", value: names.join("|") };
}

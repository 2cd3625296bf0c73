import { PROMETHEUS, PROMETHEUS_LABEL } from "@sightline/core";
import {
  latest,
  ofHosts,
  ofServices,
  SERVICE_LEGEND,
  SERVICE_ON_HOST,
} from "../container-queries.ts";
import type { Panel } from "../dashboard-json.ts";
import { fixedColor, overrideField, overrideFields, shadesOf } from "../field-override.ts";
import { keptGainOf } from "../gains.ts";
import { tablePanel, timeseriesPanel } from "../panel.ts";
import { orNone, perMinute, sumOf } from "../service-queries.ts";
import { metricOverTime, metricTable, PROMETHEUS_SOURCE } from "../targets.ts";
import { LAG_STEPS, LOST_BY_AGENT, linesIn, WAITING_LINES, worstLag } from "./line-accounts.ts";
import { atLeast, colored, HIDDEN_COLUMN, mergedColumns, orWords, sized } from "./table-columns.ts";
import { warnFrom } from "./thresholds.ts";

const { serviceName, hostName, deploymentEnvironmentName, reason } = PROMETHEUS_LABEL;
const RANGE = "$__range";
/** One bar is one step, so that the bars together are exactly what was lost. */
const BAR = "1m";
const noValue = "no agent reports; docs/agent.md says how to start it";

/** Whether the lines on this page can be trusted: what became of each. */
export function containerDeliveryPanels(): Panel[][] {
  return [
    [accountsPanel(), lineRatePanel()],
    [lostLinesPanel(), lagPanel(), journalPanel()],
  ];
}

/** Columns in their order: the field that Grafana makes, and what it is called here. */
const COLUMNS: Readonly<Record<string, string>> = {
  [serviceName]: "Service",
  "Value #A": "Read",
  "Value #B": "Acknowledged",
  "Value #C": "Lost",
  "Value #D": "On their way",
  [hostName]: "Host",
  // Not shown, as a host has one.
  [deploymentEnvironmentName]: "Environment",
};

function accountsPanel(): Panel {
  const gained = (counter: string): string => sumOf(keptGainOf(counter, RANGE), SERVICE_ON_HOST);
  const read = gained(linesIn("read"));
  return tablePanel({
    title: "What became of the lines",
    description:
      "Lines that the agents read in the time range, those that the collector acknowledged, those that are lost, and those that are on their way now. Every line that was read is one of the three. Where a log was rotated away unread, a line of the agent says so in its place.",
    source: PROMETHEUS_SOURCE,
    targets: [
      metricTable(read),
      metricTable(gained(linesIn("acknowledged"))),
      metricTable(`${gained(LOST_BY_AGENT)} or 0 * ${read}`),
      metricTable(WAITING_LINES),
    ],
    noValue,
    unit: "locale",
    decimals: 0,
    transformations: [...mergedColumns(COLUMNS)],
    sortBy: "Lost",
    overrides: [
      overrideField("Service", atLeast(90)),
      overrideField("Read", { ...sized(85), ...orWords("–") }),
      overrideField("Acknowledged", { ...sized(120), ...orWords("–") }),
      overrideField("Lost", { ...colored(warnFrom(1, 1000), 80), ...orWords("–") }),
      overrideField("On their way", { ...sized(110), ...orWords("–") }),
      overrideField("Environment", HIDDEN_COLUMN),
    ],
  });
}

function lineRatePanel(): Panel {
  return timeseriesPanel({
    title: "Lines per minute, by service",
    description: "How much each service writes, as the agents read it from containers and files.",
    source: PROMETHEUS_SOURCE,
    targets: [metricOverTime(perMinute(linesIn("read"), SERVICE_ON_HOST), SERVICE_LEGEND)],
    unit: "short",
    min: 0,
    noValue,
    legend: { mode: "table", calcs: ["mean"], placement: "right", width: 300 },
  });
}

function lostLinesPanel(): Panel {
  const dropped = ofServices(PROMETHEUS.droppedRecords, `${PROMETHEUS_LABEL.signal}="logs"`);
  return timeseriesPanel({
    title: "Lines lost, by reason",
    description:
      "When and why lines were lost, by the agents and by services that send their own. “none”: an agent reports, and lost nothing. `sightline status` explains each reason.",
    source: PROMETHEUS_SOURCE,
    targets: [
      metricOverTime(
        orNone(
          `${sumOf(keptGainOf(dropped, "$__interval"), [serviceName, reason])} > 0`,
          reason,
          "none",
          sumOf(linesIn("read")),
        ),
        `{{${serviceName}}} {{${reason}}}`,
      ),
    ],
    interval: BAR,
    unit: "short",
    min: 0,
    noValue,
    drawStyle: "bars",
    stacked: true,
    softMax: 10,
    legend: { mode: "list", calcs: ["sum"] },
    overrides: [
      overrideFields("/./", { color: shadesOf("red") }),
      overrideFields("/none$/", { color: fixedColor("green") }),
    ],
  });
}

function lagPanel(): Panel {
  return timeseriesPanel({
    title: "Behind, by service",
    description:
      "How old lines were when the agent read them, the worst of each moment. It rises while the collector is away and falls when the agent has caught up.",
    source: PROMETHEUS_SOURCE,
    targets: [
      metricOverTime(
        `max by (${SERVICE_ON_HOST.join(", ")}) (${worstLag("$__rate_interval")})`,
        SERVICE_LEGEND,
      ),
    ],
    unit: "s",
    min: 0,
    noValue,
    steps: LAG_STEPS,
    showThresholds: true,
  });
}

function journalPanel(): Panel {
  return timeseriesPanel({
    title: "Waiting in the journals",
    description:
      "Bytes that wait on disk because the collector did not take them yet, for each agent. Near 0 is normal; a full journal (256 MiB, unless its settings say another) makes the agent read later from Docker.",
    source: PROMETHEUS_SOURCE,
    targets: [
      metricOverTime(
        sumOf(latest(ofHosts(PROMETHEUS.agentJournalSize)), [hostName]),
        `{{${hostName}}}`,
      ),
    ],
    unit: "bytes",
    min: 0,
    noValue,
  });
}

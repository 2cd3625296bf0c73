import { GRAFANA_UID, PROMETHEUS, PROMETHEUS_LABEL } from "@sightline/core";
import { CONTAINER, latest, ofContainers, SERVICE_ON_HOST } from "../container-queries.ts";
import type { FieldOverride, Panel } from "../dashboard-json.ts";
import { overrideField } from "../field-override.ts";
import { eventsOf } from "../gains.ts";
import { tablePanel } from "../panel.ts";
import { perMinute, rateOf, sumOf } from "../service-queries.ts";
import { metricTable, PROMETHEUS_SOURCE } from "../targets.ts";
import { linesIn } from "./line-accounts.ts";
import { atLeast, colored, HIDDEN_COLUMN, orWords, sized } from "./table-columns.ts";
import { MEMORY_SHARE_STEPS, warnFrom } from "./thresholds.ts";

const { serviceName, containerName, hostName, deploymentEnvironmentName, verdict } =
  PROMETHEUS_LABEL;
const RANGE = "$__range";

interface Column {
  readonly title: string;
  readonly query: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

const workingSet = byContainer("max", latest(ofContainers(PROMETHEUS.containerMemoryWorkingSet)));
const memoryLimit = byContainer("max", latest(ofContainers(PROMETHEUS.containerMemoryLimit)));
const uptime = latest(ofContainers(PROMETHEUS.containerUptime));

const NAMES: Readonly<Record<string, string>> = {
  [serviceName]: "Service",
  [containerName]: "Container",
};

/** Behind the numbers: on a phone those are the first to see. */
const PLACE_NAMES: Readonly<Record<string, string>> = {
  [hostName]: "Host",
  // Not shown, as a host has one; links need it.
  [deploymentEnvironmentName]: "Environment",
};

const COLUMNS: readonly Column[] = [
  {
    title: "Running for",
    query: byContainer("max", uptime),
    properties: { unit: "s", decimals: 1, ...sized(105), ...orWords("not running") },
  },
  {
    title: "CPU cores",
    query: byContainer("sum", rateOf(ofContainers(PROMETHEUS.containerCpuTime))),
    properties: { unit: "short", decimals: 2, ...sized(95) },
  },
  {
    title: "Memory",
    query: workingSet,
    properties: { unit: "bytes", decimals: 0, ...sized(85) },
  },
  {
    title: "of limit",
    query: `${workingSet} / ${memoryLimit}`,
    properties: { unit: "percentunit", decimals: 0, ...colored(MEMORY_SHARE_STEPS, 80) },
  },
  {
    title: "Restarts",
    query: eventsByContainer(PROMETHEUS.containerRestarts),
    properties: countColumn(95),
  },
  {
    title: "Exceptions",
    query: crashesByContainer("uncaught|rejection"),
    properties: countColumn(100),
  },
  {
    title: "Out of memory",
    query: crashesByContainer("oom_.*|heap_limit"),
    properties: countColumn(125),
  },
  {
    title: "By signal",
    query: crashesByContainer("killed|signal.*"),
    properties: countColumn(90),
  },
  {
    title: "Other crashes",
    query: crashesByContainer("unknown"),
    properties: countColumn(120),
  },
  {
    title: "Lines/min",
    // Lines are counted by service: each of its containers has the same number.
    query: `${byContainer("group", uptime)} * on (${SERVICE_ON_HOST.join(", ")}) group_left () (${perMinute(linesIn("read"), SERVICE_ON_HOST)})`,
    properties: { unit: "short", decimals: 0, ...sized(95) },
  },
];

const FIELDS: Readonly<Record<string, string>> = {
  ...NAMES,
  ...Object.fromEntries(COLUMNS.map(({ title }, index) => [`Value #${letter(index)}`, title])),
  ...PLACE_NAMES,
};

export function containerTablePanel(): Panel {
  return tablePanel({
    title: "Containers",
    description:
      "Every container of the time range. Restarts, and crashes by what ended the container, count for the whole range; the rest is now. 1 CPU core is one core fully used; memory near its limit ends in an OOM kill. Lines per minute are of the whole service. A click on a service opens its overview.",
    source: PROMETHEUS_SOURCE,
    targets: COLUMNS.map(({ query }) => metricTable(query)),
    noValue:
      "No container was seen. Start the agent on the machine: `sightline up` does it beside the stack, docs/agent.md has the other ways.",
    transformations: [
      { id: "merge", options: {} },
      {
        id: "organize",
        options: {
          excludeByName: { Time: true },
          renameByName: FIELDS,
          indexByName: Object.fromEntries(Object.keys(FIELDS).map((name, index) => [name, index])),
        },
      },
    ],
    sortBy: "Restarts",
    overrides: [
      overrideField("Service", {
        links: [{ title: "Overview of the service", url: OVERVIEW }],
        ...atLeast(90),
      }),
      overrideField("Container", atLeast(140)),
      overrideField("Environment", HIDDEN_COLUMN),
      ...COLUMNS.map(({ title, properties }) =>
        overrideField(title, { ...orWords("–"), ...properties }),
      ),
    ] satisfies FieldOverride[],
  });
}

/** Of the service in the row that is clicked. */
const OVERVIEW = `/d/${GRAFANA_UID.serviceOverview}?${[
  `var-environment=\${__data.fields.${deploymentEnvironmentName}}`,
  `var-service=\${__data.fields.${serviceName}}`,
  "${__url_time_range}",
].join("&")}`;

function letter(index: number): string {
  return String.fromCharCode(65 + index);
}

function byContainer(aggregation: "sum" | "max" | "group", vector: string): string {
  return `${aggregation} by (${CONTAINER.join(", ")}) (${vector})`;
}

function eventsByContainer(counter: string, matcher?: string): string {
  return sumOf(eventsOf(ofContainers(counter, matcher), RANGE), CONTAINER);
}

function crashesByContainer(verdicts: string): string {
  return eventsByContainer(PROMETHEUS.containerCrashes, `${verdict}=~"${verdicts}"`);
}

function countColumn(width: number): Record<string, unknown> {
  return { unit: "short", decimals: 0, ...colored(warnFrom(1), width) };
}

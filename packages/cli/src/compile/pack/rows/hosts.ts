import {
  GRAFANA_UID,
  HOST_LABEL,
  HOST_METRIC,
  PROMETHEUS,
  PROMETHEUS_LABEL,
} from "@sightline/core";
import { CONTAINER, HOST, scoped } from "../labels.ts";
import { HOUR, MINUTE, type PackRow, SECOND } from "../pack-row.ts";
import { maxBy, seriesOf, sumBy } from "../promql.ts";

const { hostName, serviceName } = PROMETHEUS_LABEL;
const DISK: readonly string[] = [hostName, HOST_LABEL.mountpoint];
const CONTAINERS = `/d/${GRAFANA_UID.containers}?var-service={u:${serviceName}}&var-host={u:${hostName}}`;

/** Machines, their disks, and the limits of containers. */
export const HOST_ROWS: readonly PackRow[] = [
  {
    id: "host-silent",
    name: "Host silent",
    watches: "A machine of which nothing arrives any more, while others do send",
    source: "prometheus",
    severity: "critical",
    comparison: "above",
    amount: "5m",
    unit: "duration",
    forMillis: MINUTE,
    keepFiringForMillis: MINUTE,
    everyMillis: 30 * SECOND,
    by: HOST,
    look: () => ({ query: `(time() - ${hostLastSeen()}) and on () (${SOME_HOST_SENDS})` }),
    format: "duration",
    summary: "{host_name} is silent",
    description:
      "Nothing has come from {host_name} for {value}: the machine is down, has no network, or its agent does not run.",
  },
  {
    id: "host-cpu",
    name: "Host CPU",
    watches: "A machine whose processor is busy all the time",
    source: "prometheus",
    severity: "warning",
    comparison: "above",
    amount: "90%",
    unit: "share",
    forMillis: 15 * MINUTE,
    keepFiringForMillis: 5 * MINUTE,
    everyMillis: MINUTE,
    by: HOST,
    look: () => ({ query: busyShare() }),
    format: "percent",
    summary: "{host_name}: processor {value} busy",
    description: "The processor of {host_name} is {value} busy, and has been for a while.",
  },
  {
    id: "host-memory",
    name: "Host memory",
    watches: "A machine with little memory left",
    source: "prometheus",
    severity: "warning",
    comparison: "above",
    amount: "90%",
    unit: "share",
    forMillis: 5 * MINUTE,
    keepFiringForMillis: 5 * MINUTE,
    everyMillis: MINUTE,
    by: HOST,
    look: () => ({
      query: `1 - ${maxBy(HOST, HOST_METRIC.memoryAvailable)} / ${maxBy(HOST, HOST_METRIC.memoryLimit)}`,
    }),
    format: "percent",
    summary: "{host_name}: {value} of memory in use",
    description:
      "{value} of the memory of {host_name} cannot be taken back. Soon the kernel will kill something.",
  },
  {
    id: "disk-forecast",
    name: "Disk fills up",
    watches: "A disk that will be full soon if it goes on filling like this",
    source: "prometheus",
    severity: "warning",
    comparison: "below",
    amount: "24h",
    unit: "duration",
    forMillis: 30 * MINUTE,
    keepFiringForMillis: HOUR,
    everyMillis: 5 * MINUTE,
    by: DISK,
    look: (_scope, amount) => ({
      query: secondsLeft("6h"),
      gates: [
        // It still fills: what was copied at noon says nothing in the evening.
        { query: secondsLeft("1h"), comparison: "below", amount },
        // A large download on an empty disk is no forecast.
        { query: usedShare(HOST_METRIC.filesystemUsage), comparison: "above", amount: "0.6" },
      ],
    }),
    format: "duration",
    summary: "{host_name}: {mountpoint} will be full in {value}",
    description:
      "If the disk at {mountpoint} of {host_name} goes on filling as in the last 6 hours, it is full in {value}.",
  },
  {
    id: "disk-full",
    name: "Disk full",
    watches: "A disk that is nearly full",
    source: "prometheus",
    severity: "critical",
    comparison: "above",
    amount: "95%",
    unit: "share",
    forMillis: 5 * MINUTE,
    keepFiringForMillis: 10 * MINUTE,
    everyMillis: MINUTE,
    by: DISK,
    look: () => ({ query: usedShare(HOST_METRIC.filesystemUsage) }),
    format: "percent",
    summary: "{host_name}: {mountpoint} is {value} full",
    description:
      "The disk at {mountpoint} of {host_name} is {value} full. At 95 % Loki stops writing its own log, and databases stop soon after.",
  },
  {
    id: "disk-inodes",
    name: "Inodes run out",
    watches: "A disk that can soon hold no more files, however much space there is",
    source: "prometheus",
    severity: "warning",
    comparison: "above",
    amount: "90%",
    unit: "share",
    forMillis: 10 * MINUTE,
    keepFiringForMillis: 10 * MINUTE,
    everyMillis: MINUTE,
    by: DISK,
    look: () => ({ query: usedShare(HOST_METRIC.filesystemInodes) }),
    format: "percent",
    summary: "{host_name}: {mountpoint} has used {value} of its inodes",
    description:
      "The disk at {mountpoint} of {host_name} holds nearly as many files as it can. Writing fails with “no space left” although there is space.",
  },
  {
    id: "container-memory",
    name: "Container near its memory limit",
    watches: "A container that will be killed if it takes a little more memory",
    source: "prometheus",
    severity: "warning",
    comparison: "above",
    amount: "90%",
    unit: "share",
    forMillis: 5 * MINUTE,
    keepFiringForMillis: 10 * MINUTE,
    everyMillis: MINUTE,
    by: CONTAINER,
    look: (scope) => ({
      query: `${maxBy(CONTAINER, seriesOf(PROMETHEUS.containerMemoryWorkingSet, scoped(scope)))} / (${maxBy(CONTAINER, seriesOf(PROMETHEUS.containerMemoryLimit, scoped(scope)))} > 0)`,
    }),
    format: "percent",
    summary: "{container_name} on {host_name} uses {value} of its memory",
    description:
      "{container_name} ({service_name}) uses {value} of the memory that it may have. At 100 % the kernel kills it.",
    dashboard: CONTAINERS,
  },
  {
    id: "container-cpu",
    name: "Container throttled",
    watches: "A container that waits a lot because of its CPU limit",
    source: "prometheus",
    severity: "warning",
    comparison: "above",
    amount: "25%",
    unit: "share",
    forMillis: 15 * MINUTE,
    keepFiringForMillis: 10 * MINUTE,
    everyMillis: MINUTE,
    by: CONTAINER,
    look: (scope) => ({
      // Time held back, of each core that it may use.
      query: `${sumBy(CONTAINER, `rate(${seriesOf(PROMETHEUS.containerCpuThrottledTime, scoped(scope))}[5m])`)} / (${maxBy(CONTAINER, seriesOf(PROMETHEUS.containerCpuLimit, scoped(scope)))} > 0)`,
    }),
    format: "percent",
    summary: "{container_name} on {host_name} is held back by its CPU limit",
    description:
      "{container_name} ({service_name}) wanted to run and was not allowed to for {value} of the time. Users feel it as slow answers.",
    dashboard: CONTAINERS,
  },
];

/** The collector's host metrics, or the agent of another machine. */
const SIGNS = [HOST_METRIC.cpuCount, PROMETHEUS.agentJournalSize];
const SOME_HOST_SENDS = SIGNS.map((metric) => `max(timestamp(${metric})) >= time() - 90`).join(
  " or ",
);

function hostLastSeen(): string {
  const seen = `max by (${HOST.join(", ")}) (${SIGNS.map((metric) => `timestamp(${metric})`).join(" or ")})`;
  return `(${seen} or max_over_time(${seen}[24h:5m]))`;
}

/** Waiting for a disk is not work. */
function busyShare(): string {
  const idle = seriesOf(HOST_METRIC.cpuTime, `${HOST_LABEL.state}=~"idle|wait"`);
  return `1 - ${sumBy(HOST, `rate(${idle}[5m])`)} / ${sumBy(HOST, `rate(${HOST_METRIC.cpuTime}[5m])`)}`;
}

function ofDisk(metric: string, state: string): string {
  return maxBy(DISK, seriesOf(metric, `${HOST_LABEL.mode}="rw"`, `${HOST_LABEL.state}="${state}"`));
}

/** As `df` counts: what only root may use is not there. Where a disk counts no inodes it is 0/0, which is no number. */
function usedShare(metric: string): string {
  const used = ofDisk(metric, "used");
  return `${used} / (${used} + ${ofDisk(metric, "free")})`;
}

/** Until nothing is free, at the pace of the window; only where the window is whole. A disk that gets emptier has none. */
function secondsLeft(window: string): string {
  const free = seriesOf(
    HOST_METRIC.filesystemUsage,
    `${HOST_LABEL.mode}="rw"`,
    `${HOST_LABEL.state}="free"`,
  );
  const pace = `deriv(${free}[${window}])`;
  const most = window === "6h" ? "5h" : "50m";
  return `min by (${DISK.join(", ")}) ((${free} and (${free} offset ${most})) / -(${pace} < 0))`;
}

import { HOST_LABEL, HOST_METRIC, PROMETHEUS, PROMETHEUS_LABEL } from "@sightline/core";
import type { ValueFormat } from "../model.ts";
import type { Measure } from "./amounts.ts";

/** What a signal is asked for. */
export interface SignalScope {
  /** `metric{service_name="api"}`; `more` are matchers of the signal's own. */
  readonly of: (metric: string, ...more: readonly string[]) => string;
  /** `5m` */
  readonly window: string;
  readonly windowSeconds: number;
  readonly by: readonly string[];
  /** Too little is what it is about: then nothing at all is too little. */
  readonly isDownward: boolean;
}

/** A figure that has a name. To add one: copy `rpm`; its name, words and PromQL are here and nowhere else. */
export interface Signal {
  /** In messages, before "of api": `p95 latency`. */
  readonly title: string;
  /** One sentence for the documentation and the editor. */
  readonly about: string;
  readonly measure: Measure;
  readonly format: ValueFormat;
  /** Who has it: decides which of service, host and route may be said, and what it is divided by. */
  readonly of: keyof typeof OWNERS;
  /** False where it looks at one moment, or at a window of its own. */
  readonly isWindowed: boolean;
  /** A bare number is this many base units: hours for `disk_hours_left`. */
  readonly bareUnit?: string;
  readonly query: (scope: SignalScope) => string;
}

const {
  serviceName,
  deploymentEnvironmentName,
  hostName,
  httpRoute,
  httpRequestMethod,
  httpResponseStatusCode,
  serviceInstanceId,
  serviceVersion,
  containerName,
  serverAddress,
  dbClientConnectionPoolName,
  dbClientConnectionState,
} = PROMETHEUS_LABEL;

const OF_PROCESS = [
  serviceName,
  deploymentEnvironmentName,
  hostName,
  serviceInstanceId,
  serviceVersion,
] as const;

/** What a series of each kind may be divided by, and is without a word. */
export const OWNERS = {
  requests: {
    labels: [...OF_PROCESS, httpRoute, httpRequestMethod, httpResponseStatusCode],
    usual: [serviceName, deploymentEnvironmentName],
  },
  calls: {
    labels: [...OF_PROCESS, serverAddress],
    usual: [serviceName, deploymentEnvironmentName],
  },
  databases: { labels: [...OF_PROCESS], usual: [serviceName, deploymentEnvironmentName] },
  pools: {
    labels: [...OF_PROCESS, dbClientConnectionPoolName],
    usual: [serviceName, deploymentEnvironmentName, dbClientConnectionPoolName],
  },
  processes: { labels: [...OF_PROCESS], usual: [serviceName, deploymentEnvironmentName] },
  containers: {
    labels: [serviceName, deploymentEnvironmentName, hostName, containerName],
    usual: [serviceName, deploymentEnvironmentName, hostName, containerName],
  },
  hosts: {
    labels: [hostName, deploymentEnvironmentName],
    usual: [hostName, deploymentEnvironmentName],
  },
  disks: {
    labels: [hostName, deploymentEnvironmentName, HOST_LABEL.mountpoint],
    usual: [hostName, deploymentEnvironmentName, HOST_LABEL.mountpoint],
  },
} as const;

const FAILED = `${httpResponseStatusCode}=~"5.."`;
/** Fewer requests in the window say nothing of a share: one failure of two would be 50 %. */
const LEAST_REQUESTS = 10;
/** How far back the forecast of a disk looks: a backup that fills it for an hour is no trend. */
const TREND = "6h";
const TREND_AT_LEAST = "5h";

const requests = PROMETHEUS.httpServerRequestDurationCount;

export const SIGNALS = {
  error_rate: {
    title: "error rate",
    about:
      "Share of requests that were answered 500 and above; from ten requests in the window on.",
    measure: "ratio",
    format: "percent",
    of: "requests",
    isWindowed: true,
    query: (scope) => failedShare(scope),
  },
  availability: {
    title: "availability",
    about:
      "Share of requests that were not answered 500 and above; from ten requests in the window on.",
    measure: "ratio",
    format: "percent",
    of: "requests",
    isWindowed: true,
    query: (scope) => `1 - ${failedShare(scope)}`,
  },
  p50: latency("p50", 0.5, "Half of the requests are answered faster."),
  p95: latency("p95", 0.95, "19 of 20 requests are answered faster."),
  p99: latency("p99", 0.99, "99 of 100 requests are answered faster."),
  rpm: {
    title: "requests per minute",
    about: "Requests that were answered in a minute.",
    measure: "per-minute",
    format: "per-minute",
    of: "requests",
    isWindowed: true,
    query: (scope) => `60 * ${rateOf(scope, requests)}${orNone(scope, requests)}`,
  },
  rps: {
    title: "requests per second",
    about: "Requests that were answered in a second.",
    measure: "number",
    format: "per-second",
    of: "requests",
    isWindowed: true,
    query: (scope) => `${rateOf(scope, requests)}${orNone(scope, requests)}`,
  },
  in_flight: {
    title: "requests in flight",
    about: "Requests that are being worked on.",
    measure: "number",
    format: "number",
    of: "requests",
    isWindowed: false,
    query: ({ of, by }) => grouped("sum", by, of(PROMETHEUS.httpServerActiveRequests)),
  },
  call_p95: {
    title: "p95 of outgoing calls",
    about: "19 of 20 calls to other services are answered faster.",
    measure: "duration",
    format: "duration",
    of: "calls",
    isWindowed: true,
    query: (scope) => quantile(scope, 0.95, PROMETHEUS.httpClientRequestDurationBucket),
  },
  db_p95: {
    title: "p95 of database queries",
    about: "19 of 20 operations of the database client are done faster.",
    measure: "duration",
    format: "duration",
    of: "databases",
    isWindowed: true,
    query: (scope) => quantile(scope, 0.95, PROMETHEUS.dbClientOperationDurationBucket),
  },
  db_pool: {
    title: "used share of the connection pool",
    about: "Connections in use, as a share of those that the pool may open.",
    measure: "ratio",
    format: "percent",
    of: "pools",
    isWindowed: false,
    query: ({ of, by }) =>
      `${grouped("sum", by, of(PROMETHEUS.dbClientConnectionCount, `${dbClientConnectionState}="used"`))} / (${grouped("sum", by, of(PROMETHEUS.dbClientConnectionMax))} > 0)`,
  },
  cpu: {
    title: "CPU use",
    about: "Busy share of all cores of a host.",
    measure: "ratio",
    format: "percent",
    of: "hosts",
    isWindowed: true,
    query: ({ of, window, by }) => {
      const idle = `rate(${of(HOST_METRIC.cpuTime, `${HOST_LABEL.state}=~"idle|wait"`)}[${window}])`;
      const all = `rate(${of(HOST_METRIC.cpuTime)}[${window}])`;
      return `1 - ${grouped("sum", by, idle)} / ${grouped("sum", by, all)}`;
    },
  },
  memory: {
    title: "memory use",
    about: "Share of a host's memory that is not available any more.",
    measure: "ratio",
    format: "percent",
    of: "hosts",
    isWindowed: false,
    query: ({ of, by }) =>
      `1 - ${grouped("sum", by, of(HOST_METRIC.memoryAvailable))} / ${grouped("sum", by, of(HOST_METRIC.memoryLimit))}`,
  },
  disk_used: {
    title: "disk use",
    about: "Used share of each file system of a host.",
    measure: "ratio",
    format: "percent",
    of: "disks",
    isWindowed: false,
    // As `df` counts: what only root may use is not there.
    query: ({ of, by }) => {
      const used = grouped("max", by, ofDisk(of, "used"));
      return `${used} / (${used} + ${grouped("max", by, ofDisk(of, "free"))})`;
    },
  },
  disk_hours_left: {
    title: "time until the disk is full",
    about:
      "When a file system is full if it goes on filling as in the last 6 hours; in hours where no unit is given.",
    measure: "duration",
    format: "duration",
    of: "disks",
    isWindowed: false,
    bareUnit: "h",
    // Only where the trend is whole: the first minutes of a disk are none.
    query: ({ of, by }) => {
      const free = ofDisk(of, "free");
      const known = `(${free} and ${free} offset ${TREND_AT_LEAST})`;
      return grouped("min", by, `${known} / -(deriv(${free}[${TREND}]) < 0)`);
    },
  },
  container_cpu: {
    title: "CPU use of the container",
    about:
      "Cores that a container keeps busy, as a share of its limit; without a limit of the host's cores.",
    measure: "ratio",
    format: "percent",
    of: "containers",
    isWindowed: true,
    query: ({ of, window, by }) => {
      const used = `rate(${of(PROMETHEUS.containerCpuTime)}[${window}])`;
      const cores = `0 * ${of(PROMETHEUS.containerUptime)} + on (${hostName}) group_left () max by (${hostName}) (${HOST_METRIC.cpuCount})`;
      const limit = grouped("sum", by, of(PROMETHEUS.containerCpuLimit));
      return `${grouped("sum", by, used)} / (${limit} or ${grouped("max", by, cores)})`;
    },
  },
  container_memory: {
    title: "memory of the container",
    about: "Memory of a container as a share of its limit; only containers that have one.",
    measure: "ratio",
    format: "percent",
    of: "containers",
    isWindowed: false,
    query: ({ of, by }) =>
      `${grouped("sum", by, of(PROMETHEUS.containerMemoryWorkingSet))} / (${grouped("sum", by, of(PROMETHEUS.containerMemoryLimit))} > 0)`,
  },
  container_restarts: {
    title: "restarts of the container",
    about: "How often a container was started again in the window.",
    measure: "number",
    format: "number",
    of: "containers",
    isWindowed: true,
    query: ({ of, window, by }) =>
      grouped("sum", by, `increase(${of(PROMETHEUS.containerRestarts)}[${window}])`),
  },
  event_loop_lag: {
    title: "event loop lag",
    about: "How late the event loop of a Node process comes (p99), worst process.",
    measure: "duration",
    format: "duration",
    of: "processes",
    isWindowed: false,
    query: ({ of, by }) => grouped("max", by, of(PROMETHEUS.nodejsEventloopDelayP99)),
  },
  event_loop_use: {
    title: "event loop use",
    about: "Share of the time in which the event loop of a Node process is busy, worst process.",
    measure: "ratio",
    format: "percent",
    of: "processes",
    isWindowed: false,
    query: ({ of, by }) => grouped("max", by, of(PROMETHEUS.nodejsEventloopUtilization)),
  },
  heap_used: {
    title: "heap use",
    about: "Used share of what V8 lets the heap of a Node process grow to, worst process.",
    measure: "ratio",
    format: "percent",
    of: "processes",
    isWindowed: false,
    query: ({ of, by }) => {
      const perProcess = [...new Set([...by, serviceInstanceId])];
      const used = grouped("sum", perProcess, of(PROMETHEUS.v8jsMemoryHeapUsed));
      const limit = grouped("max", perProcess, of(PROMETHEUS.v8jsMemoryHeapLimit));
      return grouped("max", by, `${used} / (${limit} > 0)`);
    },
  },
  process_cpu: {
    title: "cores in use",
    about: "Cores that the processes of a service keep busy.",
    measure: "cores",
    format: "number",
    of: "processes",
    isWindowed: true,
    query: (scope) => rateOf(scope, PROMETHEUS.processCpuTime),
  },
  process_memory: {
    title: "memory of the process",
    about: "Resident memory of a process, largest one.",
    measure: "bytes",
    format: "bytes",
    of: "processes",
    isWindowed: false,
    query: ({ of, by }) => grouped("max", by, of(PROMETHEUS.processMemoryUsage)),
  },
} as const satisfies Readonly<Record<string, Signal>>;

export type SignalName = keyof typeof SIGNALS;
export const SIGNAL_NAMES = Object.keys(SIGNALS) as SignalName[];

function latency(name: string, q: number, about: string): Signal {
  return {
    title: `${name} latency`,
    about,
    measure: "duration",
    format: "duration",
    of: "requests",
    isWindowed: true,
    query: (scope) => quantile(scope, q, PROMETHEUS.httpServerRequestDurationBucket),
  };
}

/** Where nothing was measured the quantile is NaN, which the comparison leaves out: a quiet service alarms nobody. */
function quantile({ of, window, by }: SignalScope, q: number, buckets: string): string {
  const rates = grouped("sum", ["le", ...by], `rate(${of(buckets)}[${window}])`);
  return `histogram_quantile(${q}, ${rates}) >= 0`;
}

/** 0 where requests came and none failed; nothing where too few came. */
function failedShare(scope: SignalScope): string {
  const all = rateOf(scope, requests);
  const { of, window, by, windowSeconds } = scope;
  const failed = grouped("sum", by, `rate(${of(requests, FAILED)}[${window}])`);
  return `(${failed} or 0 * ${all}) / (${all} >= ${LEAST_REQUESTS} / ${windowSeconds})`;
}

/**
 * A process that is gone has no rate of 0, it has none: those of the last day count as 0. Not those
 * that started within the window, which have no rate yet.
 */
function orNone({ of, by, window, isDownward }: SignalScope, metric: string): string {
  if (!isDownward) return "";
  const known = `last_over_time(${of(metric)}[1d] offset ${window})`;
  return ` or 0 * ${grouped("sum", by, known)}`;
}

/** A disk may be mounted several times, elsewhere read-only. */
function ofDisk(of: SignalScope["of"], state: string): string {
  const { filesystemUsage } = HOST_METRIC;
  return of(filesystemUsage, `${HOST_LABEL.mode}="rw"`, `${HOST_LABEL.state}="${state}"`);
}

function rateOf({ of, window, by }: SignalScope, metric: string): string {
  return grouped("sum", by, `rate(${of(metric)}[${window}])`);
}

function grouped(aggregation: string, by: readonly string[], vector: string): string {
  return by.length === 0
    ? `${aggregation}(${vector})`
    : `${aggregation} by (${by.join(", ")}) (${vector})`;
}

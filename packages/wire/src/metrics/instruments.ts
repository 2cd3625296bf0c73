import {
  CANARY_DELAY_BUCKETS_SECONDS,
  HTTP_DURATION_BUCKETS_SECONDS,
  LAYOUT_SHIFT_BUCKETS,
  METRIC,
  WEB_VITAL_BUCKETS_SECONDS,
} from "@sightline/core";

export type InstrumentKind = "counter" | "gauge" | "histogram";

export interface Instrument {
  readonly kind: InstrumentKind;
  /** UCUM, as the semantic conventions spell it; Prometheus makes the name's suffix of it. */
  readonly unit: string;
  readonly description: string;
  /** Upper bounds, for histograms. */
  readonly boundaries?: readonly number[];
}

type Metric = typeof METRIC;
type CounterName = Metric[
  | "containerCpuTime"
  | "containerCpuThrottledTime"
  | "containerNetworkIo"
  | "containerDiskIo"
  | "containerCrashes"
  | "containerRestarts"
  | "containerOomKills"
  | "agentGaps"
  | "agentLines"
  | "canaryLines"
  | "canaryFailedQueries"
  | "droppedRecords"
  | "gatewayRequests"
  | "gatewayStackFrames"
  | "acknowledgedRecords"];
type GaugeName = Metric[
  | "containerCpuLimit"
  | "containerMemoryUsage"
  | "containerMemoryWorkingSet"
  | "containerMemoryLimit"
  | "containerUptime"
  | "containerPids"
  | "containerPidsLimit"
  | "agentLag"
  | "agentJournalSize"
  | "canaryLastFound"
  | "queuedBytes"];
type HistogramName = Metric[
  | "httpServerRequestDuration"
  | "canaryDelay"
  | "gatewayRequestDuration"
  | "browserWebVitalDuration"
  | "browserLayoutShift"];
export type InstrumentName = CounterName | GaugeName | HistogramName;

/** The names of one kind, so that a gauge cannot be added to. */
export type NameOf<Kind extends InstrumentKind> = {
  readonly counter: CounterName;
  readonly gauge: GaugeName;
  readonly histogram: HistogramName;
}[Kind];

type OfKind<Kind extends InstrumentKind> = Instrument & { readonly kind: Kind };
type Instruments = Readonly<
  Record<CounterName, OfKind<"counter">> &
    Record<GaugeName, OfKind<"gauge">> &
    Record<HistogramName, OfKind<"histogram">>
>;

/** What agent and gateway measure. A name without a row does not compile; to add one, add a row. */
export const INSTRUMENTS: Instruments = {
  [METRIC.httpServerRequestDuration]: {
    kind: "histogram",
    unit: "s",
    description: "Duration of HTTP server requests.",
    boundaries: HTTP_DURATION_BUCKETS_SECONDS,
  },
  [METRIC.containerCpuTime]: {
    kind: "counter",
    unit: "s",
    description: "CPU time the container used.",
  },
  [METRIC.containerCpuLimit]: {
    kind: "gauge",
    unit: "{cpu}",
    description: "Cores the container may use at once.",
  },
  [METRIC.containerCpuThrottledTime]: {
    kind: "counter",
    unit: "s",
    description: "Time the container wanted to run and was held back by its CPU limit.",
  },
  [METRIC.containerMemoryUsage]: {
    kind: "gauge",
    unit: "By",
    description: "Memory of the container, with the files that are cached for it.",
  },
  [METRIC.containerMemoryWorkingSet]: {
    kind: "gauge",
    unit: "By",
    description: "Memory of the container that the kernel cannot simply take back.",
  },
  [METRIC.containerMemoryLimit]: {
    kind: "gauge",
    unit: "By",
    description: "Memory past which the container is killed.",
  },
  [METRIC.containerNetworkIo]: {
    kind: "counter",
    unit: "By",
    description: "Bytes the container sent and received.",
  },
  [METRIC.containerDiskIo]: {
    kind: "counter",
    unit: "By",
    description: "Bytes the container read from and wrote to block devices.",
  },
  [METRIC.containerUptime]: {
    kind: "gauge",
    unit: "s",
    description: "Time since the container was started.",
  },
  [METRIC.containerPids]: {
    kind: "gauge",
    unit: "{process}",
    description: "Processes and threads in the container.",
  },
  [METRIC.containerPidsLimit]: {
    kind: "gauge",
    unit: "{process}",
    description: "Processes and threads the container may have.",
  },
  [METRIC.containerCrashes]: {
    kind: "counter",
    unit: "{crash}",
    description: "Deaths that nobody planned.",
  },
  [METRIC.containerRestarts]: {
    kind: "counter",
    unit: "{restart}",
    description: "Starts after the first.",
  },
  [METRIC.containerOomKills]: {
    kind: "counter",
    unit: "{kill}",
    description: "Processes killed because memory ran out.",
  },
  [METRIC.agentLines]: {
    kind: "counter",
    unit: "{line}",
    description: "Lines the agent handled, by what became of them.",
  },
  [METRIC.agentGaps]: {
    kind: "counter",
    unit: "{gap}",
    description: "Stretches of lost lines of which nobody can know how many they were.",
  },
  [METRIC.agentLag]: {
    kind: "gauge",
    unit: "s",
    description: "How far behind its source the agent reads.",
  },
  [METRIC.agentJournalSize]: {
    kind: "gauge",
    unit: "By",
    description: "Bytes of records on disk that the collector has not acknowledged.",
  },
  [METRIC.canaryLines]: {
    kind: "counter",
    unit: "{line}",
    description: "Lines of the canary, by what became of them.",
  },
  [METRIC.canaryDelay]: {
    kind: "histogram",
    unit: "s",
    description: "From printing a line of the canary to when it was seen readable.",
    boundaries: CANARY_DELAY_BUCKETS_SECONDS,
  },
  [METRIC.canaryLastFound]: {
    kind: "gauge",
    unit: "s",
    description: "When the newest line of the canary that was found had been printed.",
  },
  [METRIC.canaryFailedQueries]: {
    kind: "counter",
    unit: "{query}",
    description: "Times that the canary could not ask Loki.",
  },
  [METRIC.droppedRecords]: {
    kind: "counter",
    unit: "{record}",
    description: "Records that could not be delivered.",
  },
  [METRIC.acknowledgedRecords]: {
    kind: "counter",
    unit: "{record}",
    description: "Records the collector acknowledged.",
  },
  [METRIC.queuedBytes]: {
    kind: "gauge",
    unit: "By",
    description: "Bytes waiting to be sent.",
  },
  [METRIC.gatewayRequests]: {
    kind: "counter",
    unit: "{request}",
    description: "Requests to the gateway, by what became of them.",
  },
  [METRIC.gatewayRequestDuration]: {
    kind: "histogram",
    unit: "s",
    description: "From a request's head to its answer.",
    boundaries: HTTP_DURATION_BUCKETS_SECONDS,
  },
  [METRIC.gatewayStackFrames]: {
    kind: "counter",
    unit: "{frame}",
    description: "Frames of browsers' stacks, resolved or why not.",
  },
  [METRIC.browserWebVitalDuration]: {
    kind: "histogram",
    unit: "s",
    description: "Web vitals of pages that are times.",
    boundaries: WEB_VITAL_BUCKETS_SECONDS,
  },
  [METRIC.browserLayoutShift]: {
    kind: "histogram",
    unit: "1",
    description: "Cumulative layout shift of pages.",
    boundaries: LAYOUT_SHIFT_BUCKETS,
  },
};

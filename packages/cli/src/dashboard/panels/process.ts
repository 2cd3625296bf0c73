import { PROMETHEUS, PROMETHEUS_LABEL } from "@sightline/core";
import type { Panel } from "../dashboard-json.ts";
import { overrideFields } from "../field-override.ts";
import { type TimeseriesInput, timeseriesPanel } from "../panel.ts";
import { byProcess, ofProcesses, PROCESS_LEGEND, rateOf, sumOf } from "../service-queries.ts";
import { metricOverTime, PROMETHEUS_SOURCE } from "../targets.ts";
import { warnFrom } from "./thresholds.ts";

/** One line for each process, which is what these labels tell apart. */
const PROCESS = [PROMETHEUS_LABEL.hostName, PROMETHEUS_LABEL.serviceInstanceId];

/** Of a service that is no Node program, or has no @sightline/node in it. */
const noValue = "no Node process reports; Containers has what any container uses";

export function processPanels(): Panel[][] {
  return [
    [eventLoopDelayPanel(), eventLoopUtilizationPanel(), cpuPanel()],
    [heapPanel(), memoryPanel(), uptimePanel()],
  ];
}

interface ProcessInput
  extends Pick<
    TimeseriesInput,
    "title" | "description" | "unit" | "max" | "steps" | "showThresholds"
  > {
  readonly series: string;
}

function processPanel({ series, ...input }: ProcessInput): Panel {
  return timeseriesPanel({
    ...input,
    source: PROMETHEUS_SOURCE,
    targets: [metricOverTime(byProcess(series), PROCESS_LEGEND)],
    min: 0,
    noValue,
  });
}

function eventLoopDelayPanel(): Panel {
  return processPanel({
    title: "Event loop delay (p99)",
    description:
      "How late Node gets to its next piece of work. Above 100 ms every request waits for some long calculation.",
    series: sumOf(ofProcesses(PROMETHEUS.nodejsEventloopDelayP99), PROCESS),
    unit: "s",
    steps: warnFrom(0.1, 0.5),
    showThresholds: true,
  });
}

function eventLoopUtilizationPanel(): Panel {
  return processPanel({
    title: "Event loop utilization",
    description:
      "How busy Node's one thread is. Above 80 % the process is full: latency rises with every further request.",
    series: sumOf(ofProcesses(PROMETHEUS.nodejsEventloopUtilization), PROCESS),
    unit: "percentunit",
    max: 1,
    steps: warnFrom(0.8, 0.95),
    showThresholds: true,
  });
}

function cpuPanel(): Panel {
  return processPanel({
    title: "CPU",
    description: "Processor time of each process; 100 % is one whole core.",
    series: sumOf(rateOf(ofProcesses(PROMETHEUS.processCpuTime)), PROCESS),
    unit: "percentunit",
  });
}

function heapPanel(): Panel {
  const used = sumOf(ofProcesses(PROMETHEUS.v8jsMemoryHeapUsed), PROCESS);
  const limit = sumOf(ofProcesses(PROMETHEUS.v8jsMemoryHeapLimit), PROCESS);
  return timeseriesPanel({
    title: "JavaScript heap, used and limit",
    description:
      "Memory that JavaScript objects take. At its limit the process dies. A line that climbs for hours and never falls is a leak.",
    source: PROMETHEUS_SOURCE,
    targets: [
      metricOverTime(byProcess(used), `used ${PROCESS_LEGEND}`),
      metricOverTime(byProcess(limit), `limit ${PROCESS_LEGEND}`),
    ],
    unit: "bytes",
    min: 0,
    noValue,
    legend: { mode: "list", calcs: ["lastNotNull"] },
    overrides: [
      // In the legend only: beside a limit of gigabytes the course of the heap would be a flat line.
      overrideFields("/^limit /", {
        "custom.hideFrom": { viz: true, legend: false, tooltip: false },
      }),
    ],
  });
}

function memoryPanel(): Panel {
  return processPanel({
    title: "Memory of the process",
    description:
      "What the whole process takes of the machine's memory (resident set): the heap, buffers, and Node itself. A container is killed when this reaches its limit.",
    series: sumOf(ofProcesses(PROMETHEUS.processMemoryUsage), PROCESS),
    unit: "bytes",
  });
}

function uptimePanel(): Panel {
  return processPanel({
    title: "Running for",
    description:
      "Age of each process. A new line that starts at 0 is a restart; a saw is a service that crashes again and again.",
    series: sumOf(ofProcesses(PROMETHEUS.processUptime), PROCESS),
    unit: "s",
  });
}

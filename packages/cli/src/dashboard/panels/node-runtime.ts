import { PROMETHEUS, PROMETHEUS_LABEL } from "@sightline/core";
import type { Panel } from "../dashboard-json.ts";
import { fixedColor, overrideFields } from "../field-override.ts";
import { type TimeseriesInput, timeseriesPanel } from "../panel.ts";
import { byProcess, ofProcesses, PROCESS_LEGEND, rateOf, sumOf } from "../service-queries.ts";
import { metricOverTime, PROMETHEUS_SOURCE } from "../targets.ts";
import { warnFrom } from "./thresholds.ts";

const { hostName, serviceInstanceId, nodejsEventloopState, v8jsHeapSpaceName } = PROMETHEUS_LABEL;
const { v8jsGcType, v8jsResourceType } = PROMETHEUS_LABEL;

/** One line for each process, which is what these labels tell apart. */
const PROCESS = [hostName, serviceInstanceId];
const LIMIT = "limit of";
const noValue = "no Node process with @sightline/node reports";

interface RuntimeInput
  extends Omit<TimeseriesInput, "source" | "targets" | "noValue" | "min" | "overrides"> {
  readonly noValue?: string;
  /** By legend. A line whose legend begins with "limit of" is dashed. */
  readonly series: Readonly<Record<string, string>>;
}

const EVENT_LOOP: readonly (readonly RuntimeInput[])[] = [
  [
    {
      title: "Event loop utilization",
      description:
        "Share of time that Node's one thread was busy. Above 80 % the process is full: latency rises with every further request. It also counts the time it was held back by others; compare it with the processor time of the thread below.",
      series: {
        [PROCESS_LEGEND]: byProcess(
          `${loopTime(`${nodejsEventloopState}="active"`)} / (${loopTime()} > 0)`,
        ),
      },
      unit: "percentunit",
      max: 1,
      steps: warnFrom(0.8, 0.95),
      showThresholds: true,
    },
    {
      title: "Event loop delay",
      description:
        "How late Node gets to its next piece of work: usually (p50), at its worst (p99), and the longest of each 15 seconds. Above 100 ms every request waits for some long calculation.",
      series: {
        [`p50 ${PROCESS_LEGEND}`]: ofProcess(PROMETHEUS.nodejsEventloopDelayP50),
        [`p99 ${PROCESS_LEGEND}`]: ofProcess(PROMETHEUS.nodejsEventloopDelayP99),
        [`longest ${PROCESS_LEGEND}`]: ofProcess(PROMETHEUS.nodejsEventloopDelayMax),
      },
      unit: "s",
      steps: warnFrom(0.1, 0.5),
      showThresholds: true,
    },
  ],
  [
    {
      title: "Requests in flight",
      description:
        "Requests that were begun and are not answered yet. When this grows while the event loop is idle, the service waits for something else: a database, or another service.",
      series: { [PROCESS_LEGEND]: ofProcess(PROMETHEUS.httpServerActiveRequests) },
      unit: "short",
      noValue: "no request since the start",
      softMax: 1,
    },
    {
      title: "Turns of the event loop per second",
      description:
        "A free process turns many times a second and finds little to do each time. One that gets slower while it is busy does long pieces of work.",
      series: { [PROCESS_LEGEND]: rateOfProcess(PROMETHEUS.appEventloopIterations) },
      unit: "short",
    },
  ],
];

const CPU: readonly (readonly RuntimeInput[])[] = [
  [
    {
      title: "Processor time, and limit",
      description:
        "Cores that are kept busy: by the main thread, where JavaScript runs, and by the whole process with garbage collection, zlib, crypto and files. The main thread can never use more than 1; the dashed line is what the process may use.",
      series: {
        [`main thread ${PROCESS_LEGEND}`]: rateOfProcess(PROMETHEUS.appThreadCpuTime),
        [`process ${PROCESS_LEGEND}`]: rateOfProcess(PROMETHEUS.processCpuTime),
        [`${LIMIT} ${PROCESS_LEGEND}`]: ofProcess(PROMETHEUS.appCapacityCores),
      },
      unit: "short",
      decimals: 2,
    },
    {
      title: "Waiting for a core",
      description:
        "Share of time that the main thread was ready to run and had no core. Above 3 % somebody else takes it: another process, another machine on the same host, or the CPU limit.",
      series: { [PROCESS_LEGEND]: rateOfProcess(PROMETHEUS.appThreadRunqueueWait) },
      unit: "percentunit",
      noValue: "not reported: no Linux, or a kernel that does not count it",
      softMax: 0.1,
      steps: warnFrom(0.03, 0.1),
      showThresholds: true,
    },
    {
      title: "Held back by the CPU limit, as the process sees it",
      description:
        "Seconds of each second in which the limit let threads wait that wanted to run; several threads add up. It looks like a busy event loop. Raise the limit, or do less.",
      series: { [PROCESS_LEGEND]: rateOfProcess(PROMETHEUS.appCgroupCpuThrottledTime) },
      unit: "percentunit",
      noValue: "not reported: no control group with a CPU limit",
      softMax: 0.1,
      steps: warnFrom(0.1, 0.5),
      showThresholds: true,
    },
  ],
];

const MEMORY: readonly (readonly RuntimeInput[])[] = [
  [
    {
      title: "JavaScript heap and its limit",
      description:
        "Memory that JavaScript objects take. At the dashed line V8 ends the process. A line that climbs for hours and never falls is a leak.",
      series: {
        [`used ${PROCESS_LEGEND}`]: ofProcess(PROMETHEUS.v8jsMemoryHeapUsed),
        [`${LIMIT} ${PROCESS_LEGEND}`]: ofProcess(PROMETHEUS.v8jsMemoryHeapLimit),
      },
      unit: "bytes",
    },
    {
      title: "Memory of the process and its limit",
      description:
        "What the whole process takes (resident set), and what the kernel counts for its control group, less what it can simply take back (working set). At the dashed line the kernel kills. Without a memory limit there is none.",
      series: {
        [`process ${PROCESS_LEGEND}`]: ofProcess(PROMETHEUS.processMemoryUsage),
        [`group ${PROCESS_LEGEND}`]: ofProcess(PROMETHEUS.appCgroupMemoryWorkingSet),
        [`${LIMIT} ${PROCESS_LEGEND}`]: ofProcess(PROMETHEUS.appCgroupMemoryLimit),
      },
      unit: "bytes",
    },
    {
      title: "Garbage collection, share of time",
      description:
        "How much of its time each process spends on freeing memory, by kind of collection. Above 10 % it makes more objects than it can get rid of, or is short of heap.",
      series: {
        [`{{${v8jsGcType}}} ${PROCESS_LEGEND}`]: byProcess(
          sumOf(rateOf(ofProcesses(PROMETHEUS.v8jsGcDurationSum)), [...PROCESS, v8jsGcType]),
        ),
      },
      unit: "percentunit",
      noValue: "no garbage collected",
      softMax: 0.05,
      steps: warnFrom(0.1, 0.3),
      showThresholds: true,
    },
  ],
  [
    {
      title: "JavaScript heap by space",
      description:
        "Where the heap is: old_space holds what stays, new_space what was just made, large_object_space what is larger than a page. All processes together.",
      series: {
        [`{{${v8jsHeapSpaceName}}}`]: sumOf(ofProcesses(PROMETHEUS.v8jsMemoryHeapUsed), [
          v8jsHeapSpaceName,
        ]),
      },
      unit: "bytes",
      stacked: true,
      fillOpacity: 25,
    },
    {
      title: "Memory outside the heap",
      description:
        "Memory that JavaScript objects hold beside the heap, such as buffers. It counts for the limit of the container and not for that of the heap: a leak of buffers ends in a kill without a word.",
      series: {
        [`all ${PROCESS_LEGEND}`]: ofProcess(PROMETHEUS.v8jsMemoryExternal),
        [`buffers ${PROCESS_LEGEND}`]: ofProcess(PROMETHEUS.v8jsMemoryArrayBuffers),
      },
      unit: "bytes",
    },
  ],
];

const FILES: readonly (readonly RuntimeInput[])[] = [
  [
    {
      title: "Open files and sockets, share of the limit",
      description:
        "How many of the file descriptors that the process may have are open. At 100 % it can neither open a file nor take a connection (EMFILE). A line that only climbs is a leak.",
      series: {
        [PROCESS_LEGEND]: `${ofProcess(PROMETHEUS.processOpenFileDescriptors)} / ${ofProcess(PROMETHEUS.processFileDescriptorLimit)}`,
      },
      unit: "percentunit",
      noValue: "not reported: no Linux",
      softMax: 1,
      steps: warnFrom(0.7, 0.9),
      showThresholds: true,
    },
    {
      title: "What keeps the process busy, by kind",
      description:
        "Sockets, timers, files and requests to the system that are open, of all processes together. What only climbs is never closed.",
      series: {
        [`{{${v8jsResourceType}}}`]: sumOf(ofProcesses(PROMETHEUS.v8jsResourceActive), [
          v8jsResourceType,
        ]),
      },
      unit: "short",
      legend: { mode: "table", calcs: ["lastNotNull"], placement: "right", width: 260 },
    },
  ],
];

export function eventLoopPanels(): Panel[][] {
  return toPanels(EVENT_LOOP);
}

export function cpuPanels(): Panel[][] {
  return toPanels(CPU);
}

export function memoryPanels(): Panel[][] {
  return toPanels(MEMORY);
}

export function filePanels(): Panel[][] {
  return toPanels(FILES);
}

function toPanels(lines: readonly (readonly RuntimeInput[])[]): Panel[][] {
  return lines.map((line) => line.map(runtimePanel));
}

function runtimePanel({ series, ...input }: RuntimeInput): Panel {
  return timeseriesPanel({
    ...input,
    source: PROMETHEUS_SOURCE,
    targets: Object.entries(series).map(([legend, query]) => metricOverTime(query, legend)),
    min: 0,
    noValue: input.noValue ?? noValue,
    overrides: [
      overrideFields(`/^${LIMIT} /`, {
        "custom.lineStyle": { fill: "dash", dash: [8, 8] },
        "custom.fillOpacity": 0,
        color: fixedColor("orange"),
      }),
    ],
  });
}

function loopTime(matcher?: string): string {
  return sumOf(rateOf(ofProcesses(PROMETHEUS.nodejsEventloopTime, matcher)), PROCESS);
}

function ofProcess(metric: string): string {
  return byProcess(sumOf(ofProcesses(metric), PROCESS));
}

function rateOfProcess(counter: string): string {
  return byProcess(sumOf(rateOf(ofProcesses(counter)), PROCESS));
}

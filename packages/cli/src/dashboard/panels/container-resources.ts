import { PROMETHEUS, PROMETHEUS_LABEL } from "@sightline/core";
import { CONTAINER, CONTAINER_LEGEND, latest, ofContainers } from "../container-queries.ts";
import type { Panel } from "../dashboard-json.ts";
import { fixedColor, overrideFields } from "../field-override.ts";
import { type TimeseriesInput, timeseriesPanel } from "../panel.ts";
import { rateOf, sumOf } from "../service-queries.ts";
import { metricOverTime, PROMETHEUS_SOURCE } from "../targets.ts";
import { MEMORY_SHARE_STEPS, warnFrom } from "./thresholds.ts";

const { networkIoDirection, diskIoDirection } = PROMETHEUS_LABEL;
/** Containers may be many: beside the graph there is room for some twelve. */
const LEGEND = { mode: "table", calcs: ["max"], placement: "right", width: 330 } as const;
const LIMIT = "limit of";

/** Below every graph: nothing measured is not nothing used. */
const noValue = "no container seen; docs/agent.md says how to start the agent";

interface ResourceInput
  extends Pick<
    TimeseriesInput,
    "title" | "description" | "unit" | "decimals" | "softMax" | "steps" | "showThresholds"
  > {
  /** Where it means something else that there is no line. */
  readonly noValue?: string;
  /** By legend. */
  readonly series: Readonly<Record<string, string>>;
}

const RESOURCES: readonly (readonly ResourceInput[])[] = [
  [
    {
      title: "CPU cores, used and limit",
      description:
        "How many cores each container keeps busy: 1 is one whole core. A dashed line is what it may use at most.",
      series: {
        [CONTAINER_LEGEND]: sumOf(rateOf(ofContainers(PROMETHEUS.containerCpuTime)), CONTAINER),
        [limitOf(CONTAINER_LEGEND)]: latestByContainer(PROMETHEUS.containerCpuLimit),
      },
      unit: "short",
      decimals: 2,
      softMax: 0.1,
    },
    {
      title: "Held back by the CPU limit",
      description:
        "Seconds of each second in which the container wanted to run and its limit let it wait; several threads add up. Above a tenth its requests get slow: raise the limit.",
      series: {
        [CONTAINER_LEGEND]: sumOf(
          rateOf(ofContainers(PROMETHEUS.containerCpuThrottledTime)),
          CONTAINER,
        ),
      },
      unit: "percentunit",
      softMax: 0.1,
      steps: warnFrom(0.1, 0.5),
      showThresholds: true,
    },
  ],
  [
    {
      title: "Memory, used and limit",
      description:
        "Memory that the kernel cannot simply take back (working set). At the dashed line the container is killed. A line that climbs for hours and never falls is a leak.",
      series: {
        [CONTAINER_LEGEND]: latestByContainer(PROMETHEUS.containerMemoryWorkingSet),
        [limitOf(CONTAINER_LEGEND)]: latestByContainer(PROMETHEUS.containerMemoryLimit),
      },
      unit: "bytes",
    },
    {
      title: "Memory, share of the limit",
      description:
        "How near each container is to being killed for its memory. Orange from 80 %, red from 95 %. Containers without a limit are not in it.",
      series: {
        [CONTAINER_LEGEND]: `${latestByContainer(PROMETHEUS.containerMemoryWorkingSet)} / ${latestByContainer(PROMETHEUS.containerMemoryLimit)}`,
      },
      unit: "percentunit",
      softMax: 1,
      steps: MEMORY_SHARE_STEPS,
      showThresholds: true,
    },
  ],
  [
    {
      title: "Network",
      description:
        "Bytes per second that each container receives and sends, over all its interfaces. Containers on the host's own network have no numbers of their own.",
      series: {
        [`${CONTAINER_LEGEND} {{${networkIoDirection}}}`]: sumOf(
          rateOf(ofContainers(PROMETHEUS.containerNetworkIo)),
          [...CONTAINER, networkIoDirection],
        ),
      },
      unit: "Bps",
      noValue: "nothing measured: no container, or none with a network of its own",
    },
    {
      title: "Disk",
      description:
        "Bytes per second that each container reads from and writes to disks. What the kernel has in its cache is not read.",
      series: {
        [`${CONTAINER_LEGEND} {{${diskIoDirection}}}`]: sumOf(
          rateOf(ofContainers(PROMETHEUS.containerDiskIo)),
          [...CONTAINER, diskIoDirection],
        ),
      },
      unit: "Bps",
      noValue:
        "nothing measured: no container, none that used a disk, or a kernel that does not tell",
    },
  ],
  [
    {
      title: "Processes and threads, and limit",
      description:
        "How many processes and threads each container has. One that only grows leaks them; at the dashed line it can start no more.",
      series: {
        [CONTAINER_LEGEND]: latestByContainer(PROMETHEUS.containerPids),
        [limitOf(CONTAINER_LEGEND)]: latestByContainer(PROMETHEUS.containerPidsLimit),
      },
      unit: "short",
    },
    {
      title: "Running for",
      description:
        "Time since each container was started. A new line that starts at 0 is a restart; a saw is a container that dies again and again.",
      series: { [CONTAINER_LEGEND]: latestByContainer(PROMETHEUS.containerUptime) },
      unit: "s",
    },
  ],
];

export function containerResourcePanels(): Panel[][] {
  return RESOURCES.map((line) => line.map(resourcePanel));
}

function resourcePanel({ series, ...input }: ResourceInput): Panel {
  return timeseriesPanel({
    ...input,
    source: PROMETHEUS_SOURCE,
    targets: Object.entries(series).map(([legend, query]) => metricOverTime(query, legend)),
    min: 0,
    noValue: input.noValue ?? noValue,
    // Many areas above each other are mud.
    fillOpacity: 0,
    legend: LEGEND,
    overrides: [
      overrideFields(`/^${LIMIT} /`, {
        "custom.lineStyle": { fill: "dash", dash: [8, 8] },
        color: fixedColor("orange"),
        // Its row would push out one of a container.
        "custom.hideFrom": { legend: true, tooltip: false, viz: false },
      }),
    ],
  });
}

function limitOf(legend: string): string {
  return `${LIMIT} ${legend}`;
}

function latestByContainer(metric: string): string {
  return `max by (${CONTAINER.join(", ")}) (${latest(ofContainers(metric))})`;
}

import { PROMETHEUS, PROMETHEUS_LABEL } from "@sightline/core";
import { CONTAINER, latest, ofContainers, ofServices } from "../container-queries.ts";
import type { Panel } from "../dashboard-json.ts";
import { eventsOf, keptGainOf } from "../gains.ts";
import { statPanel } from "../panel.ts";
import { sumOf } from "../service-queries.ts";
import { metricNow, metricOverTime, PROMETHEUS_SOURCE } from "../targets.ts";
import { LAG_STEPS, linesIn, worstLag } from "./line-accounts.ts";
import { warnFrom } from "./thresholds.ts";

const RANGE = "$__range";
/** Short, as it stands in large letters; the table below says what to do. */
const noValue = "none seen";

/** The first line: one glance says whether the containers are well. */
export function containerSummaryPanels(): Panel[] {
  return [
    statPanel({
      title: "Running",
      description:
        "Containers that run now, and how many there were. “none seen”: the agent does not run, or the machine has no container; `sightline status` tells which.",
      source: PROMETHEUS_SOURCE,
      targets: [metricOverTime(RUNNING, "")],
      decimals: 0,
      noValue,
    }),
    eventStat(
      "Crashes",
      "Deaths that nobody asked for, in the whole time range. `docker stop`, a redeploy and a good end are none. Below is each one with its proof.",
      PROMETHEUS.containerCrashes,
    ),
    eventStat(
      "Restarts",
      "Starts of a container after its first, in the whole time range, asked for or not. Many in a row are a restart loop.",
      PROMETHEUS.containerRestarts,
    ),
    eventStat(
      "OOM kills",
      "Processes that the kernel killed because their container had no memory left, in the whole time range. Raise the limit, or find what grows.",
      PROMETHEUS.containerOomKills,
    ),
    statPanel({
      title: "Lines lost",
      description:
        "Log lines that never arrived, in the whole time range: what the agent read and could not deliver, and what services dropped that send their own lines. The reasons are at the bottom of this page. Gaps are stretches of which nobody can know how many lines they held, for example what Docker rotated away before it was read; a line of the agent stands in their place.",
      source: PROMETHEUS_SOURCE,
      targets: [metricNow(LOST, "lines"), metricNow(GAPS, "gaps")],
      unit: "short",
      decimals: 0,
      noValue,
      steps: warnFrom(1, 1000),
      sparkline: false,
    }),
    statPanel({
      title: "Behind",
      description:
        "How old the oldest line was when its agent read it, in the last minute. Some seconds are normal, and much more right after a restart of the agent; a number that grows means that the collector is away, or that a container writes faster than it is read.",
      source: PROMETHEUS_SOURCE,
      targets: [metricOverTime(`max(${worstLag("1m")})`, "")],
      unit: "s",
      noValue,
      steps: LAG_STEPS,
    }),
  ];
}

const RUNNING = `count(group by (${CONTAINER.join(", ")}) (${latest(ofContainers(PROMETHEUS.containerUptime))}))`;

const LOGS = `${PROMETHEUS_LABEL.signal}="logs"`;
const lostLines = sumOf(keptGainOf(ofServices(PROMETHEUS.droppedRecords, LOGS), RANGE));
/** 0 only where an agent or a service reports. */
const witnesses = [linesIn("read"), ofServices(PROMETHEUS.acknowledgedRecords, LOGS)].map(
  (series) => `0 * ${sumOf(`last_over_time(${series}[${RANGE}])`)}`,
);
const LOST = [lostLines, ...witnesses].join(" or ");

const GAPS = sumOf(keptGainOf(ofServices(PROMETHEUS.agentGaps), RANGE));

/** 0 where containers are watched and nothing happened. */
function eventStat(title: string, description: string, counter: string): Panel {
  return statPanel({
    title,
    description,
    source: PROMETHEUS_SOURCE,
    targets: [metricNow(sumOf(eventsOf(ofContainers(counter), RANGE)))],
    unit: "short",
    decimals: 0,
    noValue,
    steps: warnFrom(1),
    sparkline: false,
  });
}

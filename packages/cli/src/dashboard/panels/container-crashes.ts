import {
  CRASH_FIELD,
  describeDeath,
  PROMETHEUS,
  PROMETHEUS_LABEL,
  type Verdict,
} from "@sightline/core";
import { CHOSEN_CRASHES, ofContainers } from "../container-queries.ts";
import type { Panel } from "../dashboard-json.ts";
import { fixedColor, overrideField, overrideFields, shadesOf } from "../field-override.ts";
import { eventsOf } from "../gains.ts";
import { logsPanel, timeseriesPanel } from "../panel.ts";
import { HEADLINE_FORMAT, withHeadline } from "../record-lines.ts";
import { orNone, sumOf } from "../service-queries.ts";
import { LOKI_SOURCE, logsOverTime, metricOverTime, PROMETHEUS_SOURCE } from "../targets.ts";

const { verdict } = PROMETHEUS_LABEL;
/** One bar is one step, so that the bars together are exactly what happened. */
const BAR = "1m";
const noValue = "no crash in this time range";

/** Verdicts with words of their own; those of signals say which by themselves. */
const NAMED: readonly Verdict[] = [
  "uncaught",
  "rejection",
  "heap_limit",
  "killed",
  "oom_proven",
  "oom_probable",
  "unknown",
];

export function crashListPanel(): Panel {
  const lastLine = `{{ if .${CRASH_FIELD.lastLine} }} · last line: {{.${CRASH_FIELD.lastLine}}}{{ end }}`;
  const format = `${HEADLINE_FORMAT} · {{.${CRASH_FIELD.evidence}}}${lastLine}`;
  return logsPanel({
    title: "Crashes",
    description:
      "Deaths that nobody asked for, the newest first: the service, the verdict, the proof, and the last line it printed. A click shows the fields of the record, among them the crash id; `sightline crashes show` and that id print everything.",
    source: LOKI_SOURCE,
    targets: [logsOverTime(`${withHeadline(CHOSEN_CRASHES)} | line_format \`${format}\``)],
    noValue,
  });
}

export function crashRecordPanel(): Panel {
  return logsPanel({
    title: "The newest crash, whole",
    description:
      "The record of one crash with its exception and the last lines before it. Another one is shown where its crash id stands at the top of this page.",
    source: LOKI_SOURCE,
    targets: [logsOverTime(CHOSEN_CRASHES, "", { maxLines: 1 })],
    noValue,
  });
}

export function crashVerdictPanel(): Panel {
  const crashes = ofContainers(PROMETHEUS.containerCrashes);
  const byVerdict = sumOf(eventsOf(crashes, "$__interval"), [verdict]);
  return timeseriesPanel({
    title: "Crashes, by verdict",
    description:
      "When containers died, and why. “none”: containers are watched, and none of them crashed.",
    source: PROMETHEUS_SOURCE,
    targets: [
      metricOverTime(orNone(`${byVerdict} > 0`, verdict, "none", sumOf(crashes)), `{{${verdict}}}`),
    ],
    interval: BAR,
    unit: "short",
    decimals: 0,
    min: 0,
    noValue: "no container seen",
    drawStyle: "bars",
    stacked: true,
    softMax: 3,
    legend: { mode: "list", calcs: ["sum"] },
    overrides: [
      overrideFields("/./", { color: shadesOf("red") }),
      overrideField("none", { color: fixedColor("green") }),
      ...NAMED.map((name) =>
        overrideField(name, { displayName: describeDeath({ verdict: name }) }),
      ),
    ],
  });
}

import { CRASH_FIELD, describeDeath, type Verdict } from "@sightline/core";
import { CHOSEN_CRASHES, CRASHES } from "../container-queries.ts";
import type { Panel } from "../dashboard-json.ts";
import { overrideField, overrideFields, shadesOf } from "../field-override.ts";
import { logsPanel, timeseriesPanel } from "../panel.ts";
import { HEADLINE_FORMAT, withHeadline } from "../record-lines.ts";
import { LOKI_SOURCE, logsOverTime } from "../targets.ts";

/** One bar is one step, so that the bars together are exactly what happened. */
const BAR = "1m";
/** More are too thin to read. */
const MAX_BARS = 120;
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
  return timeseriesPanel({
    title: "Crashes, by verdict",
    description:
      "When containers died, and why. A few bars at once are often one cause: a machine without memory, a database that was away. All of them are in the bars; the red marks in the graphs leave out a restart loop from its third death on.",
    source: LOKI_SOURCE,
    targets: [
      logsOverTime(
        `sum by (${CRASH_FIELD.verdict}) (count_over_time(${CRASHES} [$__interval]))`,
        `{{${CRASH_FIELD.verdict}}}`,
      ),
    ],
    interval: BAR,
    maxDataPoints: MAX_BARS,
    unit: "short",
    min: 0,
    noValue,
    drawStyle: "bars",
    stacked: true,
    softMax: 5,
    legend: { mode: "list", calcs: ["sum"] },
    overrides: [
      overrideFields("/./", { color: shadesOf("red") }),
      ...NAMED.map((name) =>
        overrideField(name, { displayName: describeDeath({ verdict: name }) }),
      ),
    ],
  });
}

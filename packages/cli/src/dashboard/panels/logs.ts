import { LOKI_METADATA } from "@sightline/core";
import type { Panel } from "../dashboard-json.ts";
import { fixedColor, overrideField } from "../field-override.ts";
import { logsPanel, timeseriesPanel } from "../panel.ts";
import { FOUND_LINES } from "../service-queries.ts";
import { LOKI_SOURCE, logsOverTime } from "../targets.ts";

const { detectedLevel } = LOKI_METADATA;
/** More bars than this are too thin to read. */
const MAX_BARS = 120;

/** Levels as Loki names them; the colours are those of Grafana's own log views. */
const LEVEL_COLOR: Readonly<Record<string, string>> = {
  fatal: "purple",
  critical: "purple",
  error: "red",
  warn: "orange",
  info: "green",
  debug: "blue",
  trace: "light-blue",
  unknown: "text",
};

export const logVolumePanel = (): Panel => logVolumePanelOf(FOUND_LINES);
export const logLinesPanel = (): Panel => logLinesPanelOf(FOUND_LINES);

export function logVolumePanelOf(lines: string): Panel {
  return timeseriesPanel({
    title: "Log lines by severity",
    description: "How many lines the service writes, and how bad they are.",
    source: LOKI_SOURCE,
    targets: [
      logsOverTime(
        `sum by (${detectedLevel}) (count_over_time(${lines} [$__interval]))`,
        `{{${detectedLevel}}}`,
      ),
    ],
    interval: "15s",
    maxDataPoints: MAX_BARS,
    unit: "short",
    min: 0,
    noValue: "no lines",
    drawStyle: "bars",
    stacked: true,
    legend: { mode: "list", calcs: ["sum"] },
    overrides: Object.entries(LEVEL_COLOR).map(([level, color]) =>
      overrideField(level, { color: fixedColor(color) }),
    ),
  });
}

export function logLinesPanelOf(lines: string): Panel {
  return logsPanel({
    title: "Log lines",
    description:
      "The newest lines first. A click on a line shows its fields; from the field trace_id a link leads to the trace of the request.",
    source: LOKI_SOURCE,
    targets: [logsOverTime(lines)],
    noValue: "no lines",
  });
}

import { PROMETHEUS, PROMETHEUS_LABEL } from "@sightline/core";
import { ofApp } from "../browser-queries.ts";
import type { Panel } from "../dashboard-json.ts";
import { fixedColor, overrideFields, shadesOf } from "../field-override.ts";
import { gainOf } from "../gains.ts";
import { timeseriesPanel } from "../panel.ts";
import { sumOf } from "../service-queries.ts";
import { metricOverTime, PROMETHEUS_SOURCE } from "../targets.ts";

const { outcome, reason, signal } = PROMETHEUS_LABEL;
/** One bar is one step, so that the bars together are exactly what came. */
const BAR = "1m";

const BARS = {
  source: PROMETHEUS_SOURCE,
  interval: BAR,
  unit: "short",
  min: 0,
  drawStyle: "bars",
  stacked: true,
  softMax: 5,
} as const;

/** Whether this page can be trusted: what came, what was refused, what stayed unreadable. */
export function browserDeliveryPanels(): Panel[] {
  return [
    timeseriesPanel({
      ...BARS,
      title: "Requests to the gateway",
      description:
        "What pages with this app's keys sent, by how it ended: accepted, or why it was refused. Requests with a key that nobody has are on nobody's page. docs/browser.md explains each end.",
      targets: [metricOverTime(gained(PROMETHEUS.gatewayRequests, [outcome]), `{{${outcome}}}`)],
      noValue: "nothing came",
      overrides: [
        overrideFields("/./", { color: shadesOf("red") }),
        overrideFields("/^(accepted|preflight|script|not_modified)$/", {
          color: fixedColor("green"),
        }),
        overrideFields("/^disabled$/", { color: fixedColor("text") }),
      ],
    }),
    timeseriesPanel({
      ...BARS,
      title: "Frames of stacks",
      description:
        "Frames of errors that source maps made readable, and the others by the reason why they stayed as they came. no_map: this build's maps are not with the gateway; `sightline build --sourcemaps` brings them.",
      targets: [metricOverTime(gained(PROMETHEUS.gatewayStackFrames, [outcome]), `{{${outcome}}}`)],
      noValue: "no error came",
      overrides: [
        overrideFields("/./", { color: shadesOf("orange") }),
        overrideFields("/^resolved$/", { color: fixedColor("green") }),
      ],
    }),
    timeseriesPanel({
      ...BARS,
      title: "Records lost, by reason",
      description:
        "What pages or the gateway could not keep, when and why: a queue that was full, a page that sent too much. Nothing here means that nothing was lost.",
      targets: [
        metricOverTime(
          gained(PROMETHEUS.droppedRecords, [signal, reason]),
          `{{${signal}}} {{${reason}}}`,
        ),
      ],
      noValue: "none lost",
      overrides: [overrideFields("/./", { color: shadesOf("red") })],
    }),
  ];
}

function gained(counter: string, by: readonly string[]): string {
  return sumOf(gainOf(ofApp(counter), "$__interval"), by);
}

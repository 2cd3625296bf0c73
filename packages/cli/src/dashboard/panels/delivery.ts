import { PROMETHEUS, PROMETHEUS_LABEL } from "@sightline/core";
import type { Panel } from "../dashboard-json.ts";
import { fixedColor, overrideField, overrideFields, shadesOf } from "../field-override.ts";
import { gainOf } from "../gains.ts";
import { statPanel, timeseriesPanel } from "../panel.ts";
import { ofProcesses, orNone, sumOf } from "../service-queries.ts";
import { metricNow, metricOverTime, PROMETHEUS_SOURCE } from "../targets.ts";
import { warnFrom } from "./thresholds.ts";

const { reason, signal } = PROMETHEUS_LABEL;
/** One bar is one step, so that the bars together are exactly what was lost. */
const BAR = "1m";

/** Whether this page can be trusted: what of the service's own signals got lost on the way. */
export function deliveryPanels(): Panel[] {
  const dropped = ofProcesses(PROMETHEUS.droppedRecords);
  const acknowledged = ofProcesses(PROMETHEUS.acknowledgedRecords);
  return [
    statPanel({
      title: "Records lost",
      description:
        "Log lines, spans and metrics of this service that never arrived, in the whole time range. 0 means: it reports, and lost nothing. Agent and collector count their own losses.",
      source: PROMETHEUS_SOURCE,
      targets: [
        metricNow(
          `${sumOf(gainOf(dropped, "$__range"))} or 0 * ${sumOf(`last_over_time(${acknowledged}[$__range])`)}`,
        ),
      ],
      unit: "short",
      decimals: 0,
      noValue: "not reported",
      steps: warnFrom(1, 1000),
      sparkline: false,
    }),
    timeseriesPanel({
      title: "Records lost, by reason",
      description:
        "When and why records were lost. “none” means: the service reports, and lost nothing. `sightline status` explains each reason.",
      source: PROMETHEUS_SOURCE,
      targets: [
        metricOverTime(
          orNone(
            sumOf(gainOf(dropped, "$__interval"), [signal, reason]),
            reason,
            "none",
            sumOf(acknowledged),
          ),
          `{{${signal}}} {{${reason}}}`,
        ),
      ],
      interval: BAR,
      unit: "short",
      min: 0,
      noValue: "not reported",
      drawStyle: "bars",
      stacked: true,
      softMax: 10,
      overrides: [
        overrideFields("/./", { color: shadesOf("red") }),
        overrideFields("/none$/", { color: fixedColor("green") }),
      ],
    }),
    timeseriesPanel({
      title: "Waiting to be sent",
      description:
        "Records that the service holds because Sightline did not take them yet, in memory and on disk. Near 0 is normal; growth means that the collector is away.",
      source: PROMETHEUS_SOURCE,
      targets: [metricOverTime(sumOf(ofProcesses(PROMETHEUS.queuedBytes)), "waiting")],
      unit: "bytes",
      min: 0,
      noValue: "not reported",
      overrides: [overrideField("waiting", { color: fixedColor("blue") })],
    }),
  ];
}

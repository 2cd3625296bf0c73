import { formatDuration } from "@sightline/core";
import { explainSlo } from "../compile/slos/explain-slo.ts";
import type { Slo } from "../compile/slos/read-slo.ts";
import { renderTable } from "./style.ts";

const HEAD = ["window", "burns", "above", "from", "total outage", "fires by", "severity", "tells"];

/** When each alert of an SLO fires, as a table. */
export function renderSlo(slo: Slo): string {
  const { name, target, periodMillis, indicator } = slo;
  const rows = explainSlo(slo).map((it) => [
    `${it.long} and ${it.short}`,
    `${it.factor}x`,
    it.threshold,
    `${it.minEvents} ${indicator.events}`,
    formatDuration(it.outageMillis),
    formatDuration(it.firesAfterMillis),
    it.severity,
    it.tells.join(", ") || "by the routes",
  ]);
  const days = periodMillis / 86_400_000;
  return `SLO ${name}: ${target} of ${indicator.events} over ${days} days\n${renderTable([HEAD, ...rows])}\n`;
}

import { PROMETHEUS, PROMETHEUS_LABEL } from "@sightline/core";
import { latest, ofServices, SERVICE_ON_HOST } from "../container-queries.ts";
import type { ThresholdStep } from "../dashboard-json.ts";
import { sumOf } from "../service-queries.ts";
import { warnFrom } from "./thresholds.ts";

/** What became of a line, as far as the agent knows. */
type LineState = "read" | "sent" | "acknowledged";

export function linesIn(state: LineState): string {
  return ofServices(PROMETHEUS.agentLines, `${PROMETHEUS_LABEL.lineState}="${state}"`);
}

/** Those that the agent could not deliver; a process that sends its own has an instance id. */
export const LOST_BY_AGENT: string = ofServices(
  PROMETHEUS.droppedRecords,
  `${PROMETHEUS_LABEL.signal}="logs", ${PROMETHEUS_LABEL.serviceInstanceId}=""`,
);

const read = sumOf(latest(linesIn("read")), SERVICE_ON_HOST);
const acknowledged = sumOf(latest(linesIn("acknowledged")), SERVICE_ON_HOST);
const lost = sumOf(latest(LOST_BY_AGENT), SERVICE_ON_HOST);

/** By service and host. Every line that was read is acknowledged, lost, or waits. */
export const WAITING_LINES: string = `${read} - ${acknowledged} - (${lost} or 0 * ${read})`;

/** Seconds. Each export has the worst since the one before, so that none must be left out. */
export function worstLag(window: string): string {
  return `max_over_time(${ofServices(PROMETHEUS.agentLag)}[${window}])`;
}

/** Seconds: past them a look at the newest lines shows the past. */
export const LAG_STEPS: ThresholdStep[] = warnFrom(10, 60);

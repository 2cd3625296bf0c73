import { PROMETHEUS, PROMETHEUS_LABEL } from "@sightline/core";
import { ofProcesses, rateOf, sumOf } from "../service-queries.ts";

const SERVER_ERROR = `${PROMETHEUS_LABEL.httpResponseStatusCode}=~"5.."`;

/** Requests per second. */
export function requestRate(by: readonly string[] = [], window?: string): string {
  return sumOf(rateOf(ofProcesses(PROMETHEUS.httpServerRequestDurationCount), window), by);
}

/** Requests per second that were answered with 500 and above. */
export function failedRate(by: readonly string[] = [], window?: string): string {
  const failed = ofProcesses(PROMETHEUS.httpServerRequestDurationCount, SERVER_ERROR);
  return sumOf(rateOf(failed, window), by);
}

import type { Slo } from "./read-slo.ts";
import { rangeOf } from "./slo-records.ts";
import { burnFactor, burnThreshold, millisToFire, trafficGate } from "./thresholds.ts";

/** What one alert of an SLO does, for people. */
export interface SloExplanation {
  /** `1h`. */
  readonly long: string;
  readonly short: string;
  /** Times faster than the period allows. */
  readonly factor: string;
  /** Error ratio, decimal and exact. */
  readonly threshold: string;
  /** Fewer events than this in the long window fire nothing. */
  readonly minEvents: string;
  /** From the beginning of a total outage, with steady traffic, until it is above the threshold. */
  readonly outageMillis: number;
  /** The same until it fires at the latest: with `for` and the time between two looks. */
  readonly firesAfterMillis: number;
  readonly severity: "critical" | "warning";
  readonly tells: readonly string[];
}

const LOOK_MILLIS = 60_000;

/** The alerts of an SLO, the fastest first; those that could never fire are not there. */
export function explainSlo(slo: Slo): readonly SloExplanation[] {
  return slo.windows.map((pair) => {
    const threshold = burnThreshold(pair, slo.periodMillis, slo.target);
    const outageMillis = millisToFire(threshold, pair);
    const isPage = pair.urgency === "page";
    return {
      long: rangeOf(pair.longMillis),
      short: rangeOf(pair.shortMillis),
      factor: burnFactor(pair, slo.periodMillis).round(2).toFixed(),
      threshold: threshold.toFixed(),
      minEvents: trafficGate(threshold).toFixed(),
      outageMillis,
      firesAfterMillis: outageMillis + pair.forMillis + LOOK_MILLIS,
      severity: isPage ? "critical" : "warning",
      tells: isPage ? slo.tell : slo.ticket,
    };
  });
}

import Big from "big.js";
import { ruleId } from "../alerts/rule-ids.ts";
import type { RecordRule } from "../model.ts";
import { maxBy, sumBy } from "../pack/promql.ts";
import { DAY } from "./burn-windows.ts";
import type { Slo } from "./read-slo.ts";
import { SLO_LABEL } from "./slo-label.ts";
import { SLO_METRIC } from "./slo-metric.ts";
import { budgetOf } from "./thresholds.ts";

const MINUTE = 60_000;
/** Reads the whole period; Prometheus shows a sample for five minutes. */
const PERIOD_EVERY = 2 * MINUTE;

export function recordsOf(slo: Slo): RecordRule[] {
  const { indicator, target, periodMillis } = slo;
  const budget = budgetOf(target);
  const period = rangeOf(periodMillis);
  const share = (window: string | undefined): string => shareOfBad(slo, window, true);
  return [
    rule(SLO_METRIC.errorRate, indicator.bad, indicator.source),
    rule(SLO_METRIC.totalRate, indicator.total, indicator.source),
    rule(SLO_METRIC.objective, `vector(${new Big(1).minus(budget).toFixed()})`),
    rule(SLO_METRIC.budget, `vector(${budget.toFixed()})`),
    rule(SLO_METRIC.periodDays, `vector(${new Big(periodMillis).div(DAY).toFixed()})`),
    rule(SLO_METRIC.currentBurnRate, `${share(undefined)} / ${budget.toFixed()}`),
    rule(
      SLO_METRIC.periodBurnRate,
      `${share(period)} / ${budget.toFixed()}`,
      "prometheus",
      PERIOD_EVERY,
    ),
    rule(
      SLO_METRIC.budgetRemaining,
      `1 - ${share(period)} / ${budget.toFixed()}`,
      "prometheus",
      PERIOD_EVERY,
    ),
  ];

  function rule(
    metric: string,
    query: string,
    source: RecordRule["source"] = "prometheus",
    everyMillis: number = MINUTE,
  ): RecordRule {
    return {
      id: ruleId(`slo ${slo.name} ${metric}`),
      metric,
      source,
      query,
      everyMillis,
      labels: { [SLO_LABEL.slo]: slo.id, [SLO_LABEL.name]: slo.name },
      place: slo.place,
    };
  }
}

/**
 * Bad events per event in the window; undefined: the last five minutes. A window without events has no
 * share, which is no number and fires nothing; `isSeen` leaves it out.
 */
export function shareOfBad(slo: Slo, window: string | undefined, isSeen = false): string {
  const total = summed(slo, SLO_METRIC.totalRate, window);
  return `${summed(slo, SLO_METRIC.errorRate, window)} / ${isSeen ? `(${total} > 0)` : total}`;
}

/** Events in the window: each sample is a rate, and stands for the minute between two. */
export function eventsIn(slo: Slo, window: string): string {
  return `${MINUTE / 1_000} * ${summed(slo, SLO_METRIC.totalRate, window)}`;
}

/** Minutes of the window of which something is known. */
export function minutesSeen({ id, indicator }: Slo, window: string): string {
  const counted = `count_over_time(${SLO_METRIC.totalRate}{${SLO_LABEL.slo}="${id}"}[${window}])`;
  return indicator.by.length === 0 ? `max(${counted})` : maxBy(indicator.by, counted);
}

function summed({ id, indicator }: Slo, metric: string, window: string | undefined): string {
  const series = `${metric}{${SLO_LABEL.slo}="${id}"}`;
  const inner = window === undefined ? series : `sum_over_time(${series}[${window}])`;
  return indicator.by.length === 0 ? `sum(${inner})` : sumBy(indicator.by, inner);
}

/** As PromQL writes it; whole minutes. */
export function rangeOf(millis: number): string {
  if (millis % DAY === 0) return `${millis / DAY}d`;
  if (millis % (60 * MINUTE) === 0) return `${millis / (60 * MINUTE)}h`;
  return `${millis / MINUTE}m`;
}

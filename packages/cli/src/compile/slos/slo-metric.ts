/**
 * What an SLO records. The two rates are what alerts read: errors and totals apart, because the mean
 * of ratios would weigh a quiet night like a busy day. The others are for pages; their names are those
 * of Sloth (https://sloth.dev), so that its dashboards work.
 */
export const SLO_METRIC = {
  errorRate: "slo:sli_errors:rate5m",
  totalRate: "slo:sli_total:rate5m",
  objective: "slo:objective:ratio",
  budget: "slo:error_budget:ratio",
  periodDays: "slo:time_period:days",
  currentBurnRate: "slo:current_burn_rate:ratio",
  periodBurnRate: "slo:period_burn_rate:ratio",
  budgetRemaining: "slo:period_error_budget_remaining:ratio",
} as const;

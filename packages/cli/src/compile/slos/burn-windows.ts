/**
 * A pair of windows of a burn-rate alert: it fires while the long one and the short one both burn
 * faster than `budgetPercent` of the budget in the long window. The long one says that it matters, the
 * short one that it is not over.
 * Source: Google SRE workbook, chapter 5, table 5-8; https://sre.google/workbook/alerting-on-slos/
 */
export interface BurnWindows {
  /** In names and labels: the long window. */
  readonly name: string;
  readonly longMillis: number;
  readonly shortMillis: number;
  /** Share of the whole budget that may burn within the long window; decimal. */
  readonly budgetPercent: string;
  readonly urgency: "page" | "ticket";
  readonly forMillis: number;
  readonly keepFiringForMillis: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const DAY: number = 24 * HOUR;

const SHAPES = [
  {
    name: "1h",
    longMillis: HOUR,
    shortMillis: 5 * MINUTE,
    urgency: "page",
    forMillis: 2 * MINUTE,
    keepFiringForMillis: 5 * MINUTE,
  },
  {
    name: "6h",
    longMillis: 6 * HOUR,
    shortMillis: 30 * MINUTE,
    urgency: "page",
    forMillis: 2 * MINUTE,
    keepFiringForMillis: 15 * MINUTE,
  },
  {
    name: "1d",
    longMillis: DAY,
    shortMillis: 2 * HOUR,
    urgency: "ticket",
    forMillis: 10 * MINUTE,
    keepFiringForMillis: 30 * MINUTE,
  },
  {
    name: "3d",
    longMillis: 3 * DAY,
    shortMillis: 6 * HOUR,
    urgency: "ticket",
    forMillis: 10 * MINUTE,
    keepFiringForMillis: 30 * MINUTE,
  },
] as const satisfies readonly Omit<BurnWindows, "budgetPercent">[];

/** The workbook's, for periods of about a month and longer. */
const MONTH = ["2", "5", "10", "10"] as const;
/**
 * With those a week's budget would burn at 0.7 times the pace that it allows before anybody is told.
 * These keep the paces of a month: 13.4, 3.5, 1.4 and 0.98 times for a week.
 */
const WEEK = ["8", "12.5", "20", "42"] as const;
const MONTH_FROM = 28 * DAY;

/** The four pairs of a period, the fastest first. */
export function burnWindowsOf(periodMillis: number): readonly BurnWindows[] {
  const percents = periodMillis >= MONTH_FROM ? MONTH : WEEK;
  return SHAPES.map((shape, index) => ({ ...shape, budgetPercent: percents[index] ?? "10" }));
}

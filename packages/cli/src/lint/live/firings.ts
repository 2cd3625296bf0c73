/** One series of a matrix: the times, in milliseconds, at which the condition held. */
export type HeldTimes = readonly number[];

export interface Firings {
  /** Times that it began to fire. */
  readonly count: number;
  readonly totalMillis: number;
  readonly lastMillis: number | undefined;
}

export interface FiringRule {
  readonly stepMillis: number;
  readonly forMillis: number;
  readonly keepFiringForMillis: number;
}

/**
 * When an alert would have fired, series by series: the condition must hold at each look for
 * `forMillis`, and it goes on for `keepFiringForMillis` after the last.
 * https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
 */
export function countFirings(series: readonly HeldTimes[], rule: FiringRule): Firings {
  const spans = series.flatMap((times) => firingSpans(times, rule));
  return {
    count: spans.length,
    totalMillis: spans.reduce((total, { from, to }) => total + (to - from), 0),
    lastMillis: spans.length === 0 ? undefined : Math.max(...spans.map(({ from }) => from)),
  };
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function firingSpans(times: HeldTimes, rule: FiringRule): readonly Span[] {
  const { stepMillis, forMillis, keepFiringForMillis } = rule;
  const spans: { from: number; to: number }[] = [];
  for (const { from, to } of heldSpans(times, stepMillis)) {
    const last = spans[spans.length - 1];
    // Held up by keep_firing_for, it is firing already and waits for nothing.
    if (last !== undefined && from <= last.to) {
      last.to = to + stepMillis + keepFiringForMillis;
    } else if (to - from >= forMillis) {
      spans.push({ from: from + forMillis, to: to + stepMillis + keepFiringForMillis });
    }
  }
  return spans;
}

/** Looks without a gap between them. */
function heldSpans(times: HeldTimes, stepMillis: number): readonly Span[] {
  const spans: { from: number; to: number }[] = [];
  for (const time of times) {
    const last = spans[spans.length - 1];
    if (last !== undefined && time - last.to <= stepMillis * 1.5) last.to = time;
    else spans.push({ from: time, to: time });
  }
  return spans;
}

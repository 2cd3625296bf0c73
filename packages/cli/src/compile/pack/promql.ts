/** `metric{a="b"}`; matchers that are undefined are left out. */
export function seriesOf(metric: string, ...matchers: (string | undefined)[]): string {
  const given = matchers.filter((matcher) => matcher !== undefined && matcher !== "");
  return given.length === 0 ? metric : `${metric}{${given.join(", ")}}`;
}

export function sumBy(by: readonly string[], vector: string): string {
  return `sum by (${by.join(", ")}) (${vector})`;
}

export function maxBy(by: readonly string[], vector: string): string {
  return `max by (${by.join(", ")}) (${vector})`;
}

/**
 * What a counter gained in the window. `increase()` alone sees nothing of a series that begins above
 * 0: the first 500 of a route, the first line that was refused. A series that was not there in
 * `before` counts whole; one that only paused (a laptop asleep, a collector away) does not.
 *
 * @param witness series that prove that somebody looked before the window: what a process had counted
 *   before Prometheus saw it for the first time is of the past.
 */
export function gained(series: string, window: string, witness: string, before = "1h"): string {
  const begun = `last_over_time(${series}[${window}]) unless last_over_time(${series}[${before}] offset ${window})`;
  return `(${begun} and on () group(${witness} offset ${window}) or increase(${series}[${window}]))`;
}

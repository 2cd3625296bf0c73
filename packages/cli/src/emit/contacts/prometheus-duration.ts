const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
] as const;

/** `1d12h`, `90s` as `1m30s`, `0s`: the form that Prometheus, Loki, Alertmanager and Grafana read. */
export function formatPrometheusDuration(millis: number): string {
  let rest = Math.max(0, Math.round(millis));
  if (rest === 0) return "0s";
  let text = "";
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text;
}

import type { Labels, Sample, TestSeries } from "../case.ts";
import { labelsKey } from "../grafana/values.ts";

/**
 * What a query gave at each evaluation, as series that give the same again: where it gave nothing the
 * series is stale, as Prometheus marks it.
 */
export function toSeries(
  name: string,
  vectors: readonly (readonly Sample[])[],
  everyMillis: number,
  extraLabels: Labels = {},
): TestSeries[] {
  const series = new Map<string, { labels: Labels; tokens: string[] }>();
  vectors.forEach((vector, tick) => {
    for (const sample of vector) {
      const { __name__: _, ...own } = sample.labels;
      const labels = { ...own, ...extraLabels };
      const key = labelsKey(labels);
      const entry = series.get(key) ?? {
        labels,
        tokens: new Array<string>(vectors.length).fill("_"),
      };
      entry.tokens[tick] = formatSample(sample.value);
      series.set(key, entry);
    }
  });
  return [...series.values()].map(({ labels, tokens }) => ({
    series: `${name}{${Object.entries(labels)
      .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
      .join(",")}}`,
    everyMillis,
    tokens: tokens.map((token, tick) =>
      token === "_" && tokens[tick - 1] !== undefined && tokens[tick - 1] !== "_" ? "stale" : token,
    ),
  }));
}

function formatSample(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (value === Number.POSITIVE_INFINITY) return "Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}

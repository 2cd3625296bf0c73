import { sendHttp } from "../../stack/http.ts";

/** A server's own metric: the sum of its samples; undefined where it has none. */
export async function readServerMetric(url: string, name: string): Promise<number | undefined> {
  const answer = await sendHttp({ url: `${url}/metrics`, timeoutMillis: 10_000 });
  if (answer.status !== "answered" || answer.code !== 200) return undefined;
  return parseMetric(answer.body, name);
}

/** https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format */
export function parseMetric(text: string, name: string): number | undefined {
  const values = text.split("\n").flatMap((line) => {
    if (!line.startsWith(name)) return [];
    const [, value] = /^(?:\{.*\})?\s+(\S+)/.exec(line.slice(name.length)) ?? [];
    return value === undefined ? [] : [Number(value)];
  });
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}

import { sendHttp } from "../../stack/http.ts";

/** One sample of a server's own /metrics, the first with this name; undefined where it has none. */
export async function readServerMetric(url: string, name: string): Promise<number | undefined> {
  const answer = await sendHttp({ url: `${url}/metrics`, timeoutMillis: 10_000 });
  if (answer.status !== "answered" || answer.code !== 200) return undefined;
  return parseMetric(answer.body, name);
}

/** https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format */
export function parseMetric(text: string, name: string): number | undefined {
  for (const line of text.split("\n")) {
    if (!line.startsWith(name)) continue;
    const [, value] = /^(?:\{[^}]*\})?\s+(\S+)/.exec(line.slice(name.length)) ?? [];
    if (value !== undefined) return Number(value);
  }
  return undefined;
}
